/**
 * What `docs/troubleshooting.md` shows to beginners is what they see: each of its situations is brought about with the real
 * command or a real request, and the words of the page are looked for in what is printed.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { type ScriptedProvider, scriptedProvider, send, silence } from '@dapr-chat/sidecar/testing'
import { echoYaml, folder, run, startSidecar } from 'dapr-chat/test/command.ts'
import { type SituationName, situations } from '../tools/docs/situations.ts'
import { at } from './harness.ts'

const answers: Readonly<Record<string, readonly [status: number, error: object]>> = {
  keyRefused: [401, { message: 'Incorrect API key provided: sk-wrong.', code: 'invalid_api_key' }],
  modelNotFound: [
    404,
    { message: 'The model `gpt-4.1-nanno` does not exist or you do not have access to it.', code: 'model_not_found' },
  ],
  breakerOpen: [500, { message: 'The server had an error' }],
}

const openaiYaml = (name: string, metadata: Readonly<Record<string, string>>) =>
  echoYaml(name).replace('conversation.echo', 'conversation.openai') +
  `  metadata: ${JSON.stringify(Object.entries(metadata).map(([entry, value]) => ({ name: entry, value })))}\n`

/** Opens at the first failure, for longer than our client waits. */
const breaker = JSON.stringify({
  apiVersion: 'dapr.io/v1alpha1',
  kind: 'Resiliency',
  metadata: { name: 'models' },
  spec: {
    policies: { circuitBreakers: { once: { trip: 'consecutiveFailures >= 1', timeout: '90s' } } },
    targets: { components: { broken: { outbound: { circuitBreaker: 'once' } } } },
  },
})

const anyPorts = ['--dapr-http-port=0', '--dapr-grpc-port=0', '--metrics-port=0']

let upstream: ScriptedProvider
let place: Awaited<ReturnType<typeof folder>>
let sidecar: Awaited<ReturnType<typeof startSidecar>>
const ended = new AsyncDisposableStack()

before(async () => {
  upstream = ended.use(
    await scriptedProvider(({ body }) => {
      const [status, error] = answers[String(at(body, 'messages', 0, 'content'))] ?? []
      if (status === undefined) return silence
      return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error }) }
    }),
  )
  const asking = { key: 'sk-wrong', model: 'gpt-4.1-nanno', endpoint: upstream.url, firstTokenTimeout: '200ms' }
  place = ended.use(
    await folder({
      'echo.yaml': echoYaml('echo'),
      'gpt.yaml': openaiYaml('gpt', asking),
      'broken.yaml': openaiYaml('broken', asking),
      'openai.yaml': openaiYaml('openai', { key: '$' + '{OPENAI_API_KEY}' }),
      'redis.yaml': echoYaml('statestore').replace('conversation.echo', 'state.redis'),
      'breaker.yaml': breaker,
    }),
  )
  sidecar = ended.use(await startSidecar(['--resources-path', place.path]))
})

after(() => ended.disposeAsync())

/** What was printed, and how it ended. */
type Outcome = Awaited<ReturnType<typeof run>>

const ask = (component: string, question: string): Promise<Outcome> =>
  run(['ask', '--component', component, question], { env: { DAPR_HTTP_ENDPOINT: sidecar.addresses.http } })

const printedAtStart = (): Outcome => ({ code: 0, stdout: '', stderr: logMessages(sidecar.command.stderr) })

/** The messages of a log in JSON, one a line. */
function logMessages(log: string): string {
  return log
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => `${JSON.parse(line).msg}\n`)
    .join('')
}

const happen: Readonly<Record<SituationName, () => Promise<Outcome>>> = {
  async portInUse() {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const outcome = await run(['serve', ...anyPorts.slice(1), `--dapr-http-port=${port}`])
    other.close()
    return outcome
  },
  missingKey: async () => printedAtStart(),
  keyRefused: () => ask('gpt', 'keyRefused'),
  modelNotFound: () => ask('gpt', 'modelNotFound'),
  componentNotFound: () => ask('gtp', 'Hello'),
  wrongPath: () => run(['serve', '--resources-path', './nowhere']),
  async unsupportedKind() {
    await using unknown = await folder({ 'x.yaml': echoYaml('x').replace('conversation.echo', 'conversation.opnai') })
    const outcome = await run(['serve', ...anyPorts, '--resources-path', unknown.path])
    return { ...outcome, stderr: printedAtStart().stderr + outcome.stderr }
  },
  providerTimeout: () => ask('gpt', 'silence'),
  async breakerOpen() {
    const body = JSON.stringify({ inputs: [{ messages: [{ ofUser: { content: [{ text: 'breakerOpen' }] } }] }] })
    await send(sidecar.addresses.http, '/v1.0-alpha2/conversation/broken/converse', { body })
    return ask('broken', 'breakerOpen')
  },
  async malformedInputs() {
    const path = '/v1.0-alpha2/conversation/echo/converse'
    const answer = await send(sidecar.addresses.http, path, { body: '{"inputs":"hello"}' })
    // The library puts a space that does not break behind its name in half of its builds.
    return { code: answer.status, stdout: answer.text.replaceAll('\u00a0', ' '), stderr: '' }
  },
}

for (const [name, { title, seen, ends }] of Object.entries(situations)) {
  test(`${title.toLowerCase()}: what the page shows is what is printed`, { timeout: 60_000 }, async () => {
    const { code, stdout, stderr } = await happen[name as SituationName]()
    for (const line of seen) assert.match(stdout + stderr, patternOf(line))
    const [stated] = /\d+/.exec(ends) ?? ['0']
    assert.equal(code, Number(stated), stderr)
    assert.ok(!(stdout + stderr).includes('sk-wrong'))
  })
}

/** The line of the page; `…` stands for what varies. */
function patternOf(line: string): RegExp {
  return new RegExp(
    line
      .split('…')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*'),
  )
}
