import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import type { Flags } from '../src/arguments/flag.ts'
import { settingRows } from '../src/chatting/question-options.ts'
import { slashCommands } from '../src/chatting/slash-commands.ts'
import { askFlags, chatFlags } from '../src/commands/talk-flags.ts'
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

  it('does not guess between two components', async () => {
    const { code, stdout, stderr } = await run(['chat'], { env, input: 'hello\n' })
    assert.deepEqual([code, stdout], [2, ''])
    assert.match(stderr, /must name one of echo, two\nFor example: DAPR_HTTP_ENDPOINT=.* npx dapr-chat chat -m echo\n$/)
  })

  it('refuses a component that does not exist', async () => {
    const { code, stderr } = await run(['chat', '-m', 'ecko'], { env })
    assert.equal(code, 2)
    assert.match(stderr, /Unknown component "ecko": did you mean echo\?/)
  })
})

describe('the page about ask and chat', () => {
  it('names every flag, every command and every option', async () => {
    const page = await readFile(new URL('../../../docs/chat.md', import.meta.url), 'utf8')
    const flags: Flags = { ...askFlags, ...chatFlags }
    for (const [name, { short }] of Object.entries(flags)) {
      if (name === 'help') continue
      assert.ok(page.includes(short === undefined ? `\`--${name}` : `\`-${short}\`, \`--${name}`), name)
    }
    for (const { name } of slashCommands) assert.match(page, new RegExp(`^\\| \`${name}[ \`]`, 'm'))
    for (const [name] of settingRows) assert.ok(page.includes(name.replace('NAME', '')), name)
  })
})
