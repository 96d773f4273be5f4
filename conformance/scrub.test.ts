/**
 * Personal data where the answer streams, which daprd does not do: for what daprd's own tests have, the stream says the same
 * as the whole answers of the suite.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  eventsOf,
  type PlainEvent,
  post,
  type RunningSidecar,
  startSidecar,
  testedScrubbing,
} from '@dapr-chat/sidecar/testing'
import { at, DaprClient, type Message } from './harness.ts'

let running: RunningSidecar
let grpc: DaprClient

before(async () => {
  running = await startSidecar()
  grpc = new DaprClient(running.grpc)
})

after(async () => {
  grpc[Symbol.dispose]()
  await running[Symbol.asyncDispose]()
})

const alpha1 = '/v1.0-alpha1/conversation/echo/converse'
const alpha2 = '/v1.0-alpha2/conversation/echo/converse'
const said = (text: string) => ({ content: [{ text }] })

/** The frames of a stream that ended well. */
async function frames(path: string, body: unknown): Promise<unknown[]> {
  const { text } = await post(running.http, path, body, { accept: 'text/event-stream' })
  const data = eventsOf(text).map(({ data }: PlainEvent) => data)
  assert.equal(data.pop(), '[DONE]', text)
  return data.map((each) => JSON.parse(each))
}

function contentOf(streamed: readonly unknown[]): string {
  return streamed.map((frame) => at(frame, 'choices', 0, 'delta', 'content') ?? '').join('')
}

for (const [text, scrubbed] of testedScrubbing) {
  test(`${scrubbed}: the question, streamed`, async () => {
    const inputs = [{ messages: [{ ofUser: said(text) }], scrubPii: true }]
    assert.equal(contentOf(await frames(alpha2, { inputs })), scrubbed)
  })

  test(`${scrubbed}: the answer, streamed`, async () => {
    const body = { inputs: [{ messages: [{ ofUser: said(text) }] }], scrubPii: true }
    assert.equal(contentOf(await frames(alpha2, body)), scrubbed)
    const streamed = await frames(alpha1, { inputs: [{ content: text }], scrubPII: true })
    const chunks = streamed.map((frame) => at(frame, 'chunk', 'parts', 0, 'text', 'text') ?? '')
    assert.equal(chunks.join(''), scrubbed)
    assert.equal(at(streamed.at(-1), 'complete', 'outputs', 0, 'result'), scrubbed)
  })

  test(`${scrubbed}: over the OpenAI-compatible API, whole and streamed`, async () => {
    const body = { model: 'echo', messages: [{ role: 'user', content: text }] }
    for (const scrub_pii of [true, { input: true }, { output: true }]) {
      const whole = JSON.parse((await post(running.http, '/v1/chat/completions', { ...body, scrub_pii })).text)
      assert.equal(at(whole, 'choices', 0, 'message', 'content'), scrubbed)
      const streamed = await post(running.http, '/v1/chat/completions', { ...body, scrub_pii, stream: true })
      const chunks = eventsOf(streamed.text).map(({ data }: PlainEvent) => data)
      assert.equal(chunks.pop(), '[DONE]')
      assert.equal(contentOf(chunks.map((each) => JSON.parse(each))), scrubbed)
    }
  })

  test(`${scrubbed}: streamed over gRPC`, async () => {
    const input = { messages: [{ of_user: said(text) }] }
    const requests: Message[] = [
      { name: 'echo', inputs: [{ ...input, scrub_pii: true }] },
      { name: 'echo', inputs: [input], scrub_pii: true },
    ]
    for (const request of requests) {
      const streamed: Message[] = await grpc.stream('ConverseStreamAlpha2', request).toArray()
      assert.equal(contentOf(streamed), scrubbed)
    }
  })
}

const calls = [{ id: 'c1', function: { name: 'send', arguments: '{"to":"test@test.com","phone":4155550123}' } }]
const scrubbedArguments = { to: '<EMAIL_ADDRESS>', phone: '<ISBN>' }

for (const flag of ['input', 'output'] as const) {
  test(`the arguments of a call are scrubbed by the flag of the ${flag}, and stay JSON`, async () => {
    const input = { messages: [{ ofAssistant: { toolCalls: calls } }], scrubPii: flag === 'input' }
    const body = { inputs: [input], scrubPii: flag === 'output' }
    const pieces = (await frames(alpha2, body)).map(
      (frame) => at(frame, 'choices', 0, 'delta', 'toolCalls', 0, 'arguments') ?? '',
    )
    assert.deepEqual(JSON.parse(pieces.join('')), scrubbedArguments)
  })
}
