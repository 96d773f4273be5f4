import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { commandTable } from '../src/commands/table.ts'
import { echoYaml, folder, run } from './command.ts'

/** Nobody answers there, so that nothing depends on what else runs on this machine. */
const nowhere = { DAPR_HTTP_ENDPOINT: 'http://127.0.0.1:1' }
const anyPorts = ['--port=0', '--grpc-port=0', '--metrics-port=0']

/** What every command keeps to, whoever it is written to: what it prints, where, and with which code it ends. */
interface Case {
  readonly words: readonly string[]
  readonly code: number
  /** `json`: all of standard output is one JSON value. */
  readonly stdout: 'empty' | 'json' | 'text'
  readonly stderr: RegExp
  readonly env?: Readonly<Record<string, string>>
}

const none = /^$/

const cases: readonly Case[] = [
  ...Object.keys(commandTable).map(
    (name): Case => ({ words: [name, '--help'], code: 0, stdout: 'text', stderr: none }),
  ),
  ...['serve', 'dev', 'chat', 'doctor', 'components'].map(
    (name): Case => ({
      words: [name, '--no-such-flag'],
      code: 2,
      stdout: 'empty',
      stderr: /^dapr-chat: Unknown flag --no-such-flag: .*\n$/,
    }),
  ),
  { words: ['components', 'list'], code: 0, stdout: 'text', stderr: none },
  { words: ['components', 'list', '--json'], code: 0, stdout: 'json', stderr: none },
  { words: ['components', 'explain', 'openai', '--json'], code: 0, stdout: 'json', stderr: none },
  { words: ['components', 'explain', 'opnai'], code: 2, stdout: 'empty', stderr: /did you mean openai\?/ },
  { words: ['config', 'check'], code: 0, stdout: 'text', stderr: none },
  { words: ['config', 'check', '--json'], code: 0, stdout: 'json', stderr: none },
  { words: ['config', 'check', 'broken', '--json'], code: 2, stdout: 'json', stderr: none },
  { words: ['config'], code: 2, stdout: 'empty', stderr: /what follows must be check/ },
  { words: ['doctor', '--json'], code: 1, stdout: 'json', stderr: none, env: nowhere },
  { words: ['doctor'], code: 1, stdout: 'text', stderr: none, env: nowhere },
  { words: ['top', '--json'], code: 3, stdout: 'empty', stderr: /none does/, env: nowhere },
  { words: ['top', '--once'], code: 3, stdout: 'empty', stderr: /none does/, env: nowhere },
  { words: ['top', 'now'], code: 2, stdout: 'empty', stderr: /it takes flags only/ },
  { words: ['ask', 'hello'], code: 3, stdout: 'empty', stderr: /Cannot reach a sidecar/, env: nowhere },
  { words: ['chat'], code: 3, stdout: 'empty', stderr: /Cannot reach a sidecar/, env: nowhere },
  { words: ['init'], code: 2, stdout: 'empty', stderr: /one type must be named/ },
  { words: ['init', 'openai', '--name=echo'], code: 2, stdout: 'empty', stderr: /--force replaces it/ },
  { words: ['init', 'openai', '--name=../x'], code: 2, stdout: 'empty', stderr: /it must be letters, digits/ },
  { words: ['dev', ...anyPorts, '--dry-run'], code: 0, stdout: 'text', stderr: none },
  { words: ['dev', ...anyPorts, '--dry-run', '--json'], code: 0, stdout: 'json', stderr: /Nothing was started/ },
  { words: ['run'], code: 2, stdout: 'empty', stderr: /the app's command must follow --/ },
  { words: ['run', 'node', 'app.js'], code: 2, stdout: 'empty', stderr: /it takes flags only/ },
  { words: ['replay'], code: 2, stdout: 'empty', stderr: /one file must be named/ },
  { words: ['completion', 'bash'], code: 0, stdout: 'text', stderr: none },
  { words: ['completion'], code: 2, stdout: 'empty', stderr: /one of bash, zsh, fish/ },
  { words: ['--version'], code: 0, stdout: 'text', stderr: none },
  { words: ['no-such-command'], code: 2, stdout: 'empty', stderr: /Unknown command "no-such-command"/ },
]

describe('every command', () => {
  let place: Awaited<ReturnType<typeof folder>>
  before(async () => {
    place = await folder({ 'components/echo.yaml': echoYaml('echo'), 'broken/x.yaml': 'kind: [' })
  })
  after(() => place[Symbol.asyncDispose]())

  for (const { words, code, stdout, stderr, env = {} } of cases) {
    it(`${words.join(' ')}: ends with ${code}, and writes ${stdout} to stdout, without a colour or a stack`, async () => {
      const ended = await run(words, { cwd: place.path, env })
      assert.match(ended.stderr, stderr)
      assert.equal(ended.code, code)
      if (stdout === 'empty') assert.equal(ended.stdout, '')
      else assert.ok(ended.stdout.endsWith('\n') && ended.stdout.trim() !== '')
      if (stdout === 'json') assert.doesNotThrow(() => JSON.parse(ended.stdout))
      const written = ended.stdout + ended.stderr
      assert.equal(written, stripVTControlCharacters(written))
      assert.doesNotMatch(ended.stderr, /^ +at /m)
    })
  }

  for (const [variables, isColoured] of [
    [{ FORCE_COLOR: '1' }, true],
    [{ CLICOLOR_FORCE: '1' }, true],
    [{ NO_COLOR: '1', CLICOLOR_FORCE: '1' }, false],
  ] as const) {
    it(`is ${isColoured ? '' : 'not '}coloured with ${Object.keys(variables).join(' and ')}`, async () => {
      const { stdout } = await run(['config', 'check', 'broken'], { cwd: place.path, env: variables })
      assert.equal(stdout !== stripVTControlCharacters(stdout), isColoured)
    })
  }
})
