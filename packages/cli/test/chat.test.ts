import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { echoYaml, folder, run, startSidecar } from './command.ts'

describe('dapr-chat chat, from a pipe', () => {
  let place: Awaited<ReturnType<typeof folder>>
  let sidecar: Awaited<ReturnType<typeof startSidecar>>
  let env: Readonly<Record<string, string>>
  before(async () => {
    place = await folder({ 'echo.yaml': echoYaml('echo'), 'two.yaml': echoYaml('two') })
    sidecar = await startSidecar(['--resources-path', place.path])
    env = { DAPR_HTTP_ENDPOINT: sidecar.addresses.http }
  })
  after(async () => {
    await sidecar[Symbol.asyncDispose]()
    await place[Symbol.asyncDispose]()
  })

  it('takes every line as a turn, sends all earlier ones, and obeys its commands', async () => {
    const lines = ['one', '', 'two', '/clear', 'three', '/component two', '/componen', 'four', '/bye', 'never']
    const { code, stdout, stderr } = await run(['chat', '-m', 'echo', '-s', 'Be brief.'], {
      env,
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
    assert.deepEqual(await run(['chat', '-m', 'echo'], { env }), { code: 0, stdout: '', stderr: '' })
  })

  it('refuses a component that does not exist', async () => {
    const { code, stderr } = await run(['chat', '-m', 'ecko'], { env })
    assert.equal(code, 2)
    assert.match(stderr, /Unknown component "ecko": did you mean echo\?/)
  })
})
