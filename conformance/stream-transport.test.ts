/** What carries a stream: headers that keep boxes in the middle from holding or packing it, and connections of its own. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  chunk,
  done,
  eventsOf,
  finish,
  open,
  post,
  type RunningSidecar,
  readText,
  reset,
  type Script,
  type ScriptedProvider,
  scriptedProvider,
  startSidecar,
  textAnswer,
  upstreamComponent,
} from '@dapr-chat/sidecar/testing'

let upstream: ScriptedProvider
let running: RunningSidecar
/** What the provider does next. */
let script: Script

before(async () => {
  upstream = await scriptedProvider((request) => (typeof script === 'function' ? script(request) : script))
  running = await startSidecar([upstreamComponent(upstream.url)])
})

after(async () => {
  await running[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

const question = (text: string) => ({ model: 'gpt', stream: true, messages: [{ role: 'user', content: text }] })
const dapr = { inputs: [{ messages: [{ ofUser: { content: [{ text: 'Hello?' }] } }] }] }

const streams: readonly [name: string, path: string, body: object][] = [
  ['of Dapr', '/v1.0-alpha2/conversation/gpt/converse', dapr],
  ['of OpenAI', '/v1/chat/completions', question('Hello?')],
]

for (const [name, path, body] of streams) {
  test(`an event stream ${name} is neither kept, changed, held back nor packed, and has no header of the provider's`, async () => {
    script = {
      headers: { 'x-of-the-provider': 'x', 'cache-control': 'max-age=60' },
      body: textAnswer('Hello'),
    }
    const headers = { accept: 'text/event-stream', 'accept-encoding': 'gzip, br' }
    const answer = await post(running.http, path, body, headers)
    assert.match(answer.headers['content-type'] ?? '', /^text\/event-stream/)
    assert.equal(answer.headers['cache-control'], 'no-cache, no-transform')
    assert.equal(answer.headers['x-accel-buffering'], 'no')
    for (const header of ['content-encoding', 'content-length', 'x-of-the-provider']) {
      assert.equal(answer.headers[header], undefined, header)
    }
    assert.equal(eventsOf(answer.text).at(-1)?.data, '[DONE]')
  })
}

test('a provider is not asked for a packed answer, whatever the caller accepts', async () => {
  script = { body: textAnswer('Hello') }
  await post(running.http, '/v1/chat/completions', question('Hello?'), { 'accept-encoding': 'gzip' })
  const asked = upstream.requests.at(-1)?.headers['accept-encoding'] ?? 'identity'
  assert.equal(asked, 'identity')
})

test('a connection that the provider resets takes no other stream along', async () => {
  const broken = Promise.withResolvers<void>()
  script = ({ body }) => ({
    body: (async function* () {
      yield chunk({ content: 'Hello' })
      if (JSON.stringify(body).includes('break')) {
        yield reset
        return
      }
      await broken.promise
      yield chunk({ content: ' world' })
      yield finish('stop')
      yield done
    })(),
  })
  const ask = (text: string) =>
    open(running.http, '/v1/chat/completions', {
      body: JSON.stringify(question(text)),
      headers: { 'content-type': 'application/json' },
    })
  const neighbours = await Promise.all([ask('one'), ask('two'), ask('three')])
  const lost = await readText(await ask('break'))
  assert.match(lost, /stream_interrupted/)
  broken.resolve()
  for (const neighbour of neighbours) {
    const events = eventsOf(await readText(neighbour))
    assert.equal(events.at(-1)?.data, '[DONE]')
    assert.ok(events.some(({ data }) => data.includes(' world')))
  }
})
