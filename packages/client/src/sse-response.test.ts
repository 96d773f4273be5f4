import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { ConversationError } from '@dapr-chat/protocol'
import { batches, type Script, scriptedTransport, stop, text } from '../testing/scripted-transport.ts'
import { type ChatCompletionChunk, DaprChatClient } from './index.ts'

function streamOf(events: Script['events']) {
  return new DaprChatClient({ component: 'echo', transport: scriptedTransport({ events }) }).generateStream('hi')
}

/** The `data:` of each event. */
const dataOf = (body: string) =>
  body
    .split('\n\n')
    .filter(Boolean)
    .map((event) => event.replace('data: ', ''))

test('chunks are server-sent events, with [DONE] after a clean end', async () => {
  const response = streamOf(() => batches([text('a'), text('b')], [stop])).toSSEResponse({
    status: 201,
    headers: { 'x-request-id': '7', 'cache-control': 'no-store' },
  })
  assert.equal(response.status, 201)
  assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/)
  assert.equal(response.headers.get('x-request-id'), '7')
  assert.equal(response.headers.get('cache-control'), 'no-store')
  const data = dataOf(await response.text())
  assert.equal(data.pop(), '[DONE]')
  const chunks = data.map((each) => JSON.parse(each) as ChatCompletionChunk)
  assert.equal(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join(''), 'ab')
  assert.equal(chunks.at(-1)?.choices[0]?.finish_reason, 'stop')
})

test('a failure is an event with an error, after what arrived and without [DONE]', async () => {
  const response = streamOf(async function* () {
    yield [text('half')]
    throw new ConversationError('unavailable', 'gone')
  }).toSSEResponse()
  const data = dataOf(await response.text())
  assert.equal(data.length, 2)
  assert.deepEqual(JSON.parse(data[1] ?? ''), {
    error: { message: 'gone', type: 'server_error', param: null, code: 'provider_unavailable' },
  })
})

test('a receiver who leaves ends the call, also while the model is silent', async () => {
  const left = Promise.withResolvers<void>()
  const stream = streamOf(async function* ({ signal }) {
    yield [text('half')]
    await new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        left.resolve()
        reject(signal.reason)
      })
    })
  })
  const reader = stream.toSSEResponse().body?.getReader()
  await reader?.read()
  const waiting = reader?.read()
  await delay(5)
  await reader?.cancel()
  await waiting
  await left.promise
})

test('nothing is read ahead of the receiver', async () => {
  let pulled = 0
  const response = streamOf(async function* () {
    for (; pulled < 100; pulled++) yield [text('x')]
    yield [stop]
  }).toSSEResponse()
  const reader = response.body?.getReader()
  await delay(5)
  assert.equal(pulled, 0)
  await reader?.read()
  await delay(5)
  assert.ok(pulled <= 2, `${pulled} pulled`)
  await reader?.cancel()
})
