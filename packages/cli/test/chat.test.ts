import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { echoYaml, folder, run } from './command.ts'

describe('dapr-chat chat, from a pipe', () => {
  it('takes every line as a turn, sends all earlier ones, and obeys its commands', async () => {
    await using place = await folder({
      'components/echo.yaml': echoYaml('echo'),
      'components/two.yaml': echoYaml('two'),
    })
    const lines = ['one', '', 'two', '/clear', 'three', '/component two', '/componen', 'four', '/bye', 'never']
    const { code, stdout, stderr } = await run(['chat', '-m', 'echo', '-s', 'Be brief.'], {
      cwd: place.path,
      input: lines.join('\n'),
    })
    assert.equal(code, 0)
    // Echo answers with all that it was sent, its own earlier answers among it.
    const first = 'Be brief.\none'
    const second = `${first}\n${first}\ntwo`
    const third = 'Be brief.\nthree'
    const fourth = `${third}\n${third}\nfour`
    assert.equal(stdout, `${[first, second, third, fourth].join('\n')}\n`)
    assert.match(
      stderr,
      /The conversation is forgotten\.\nTalking to two\.\nUnknown command \/componen: did you mean \/component\?\n/,
    )
  })

  it('ends with 0 at the end of the pipe, also without a turn', async () => {
    await using place = await folder()
    assert.deepEqual(await run(['chat'], { cwd: place.path }), { code: 0, stdout: '', stderr: '' })
  })

  it('refuses a component that does not exist', async () => {
    await using place = await folder()
    const { code, stderr } = await run(['chat', '-m', 'ecko'], { cwd: place.path })
    assert.equal(code, 2)
    assert.match(stderr, /Unknown component "ecko": did you mean echo\?/)
  })
})
