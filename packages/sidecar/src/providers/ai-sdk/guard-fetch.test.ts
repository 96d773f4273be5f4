import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '@dapr-chat/protocol'
import { type Script, scriptedProvider } from '@dapr-chat/sidecar/testing'
import { GeminiDialect } from '../googleai/dialect.ts'
import { Connections } from '../upstream/connections.ts'
import { EventStreamScreen } from './event-stream-screen.ts'
import { GuardedFetch } from './guard-fetch.ts'

const limits = { connectMs: 0, firstTokenMs: 0, idleMs: 0, totalMs: 0 }
const answer = 'data: {"candidates":[{"finishReason":"STOP"}]}\n\n'

async function guarded(script: Script, body: JsonObject = {}) {
  await using stack = new AsyncDisposableStack()
  const upstream = stack.use(await scriptedProvider(script))
  const connections = new Connections(new URL(upstream.url).origin)
  stack.defer(() => connections.close())
  const { signal } = new AbortController()
  const screen = () => new EventStreamScreen(new GeminiDialect())
  const guard = new GuardedFetch({ connections, limits, signal, answered: () => {}, screen, body, headers: {} })
  const owned = stack.move()
  return { upstream, guard, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

test('the guard merges further members into the body, objects within objects too', async () => {
  await using subject = await guarded({ body: answer }, { config: { b: 2, list: [2] }, extra: null })
  const body = JSON.stringify({ config: { a: 1, b: 1, list: [1] }, model: 'm' })
  await subject.guard.fetch(`${subject.upstream.url}/x?alt=sse`, { method: 'POST', headers: { 'X-One': '1' }, body })
  const request = await subject.upstream.requestArrived()
  assert.deepEqual(request.body, { config: { a: 1, b: 2, list: [2] }, model: 'm', extra: null })
  assert.deepEqual([request.path, request.headers['x-one']], ['/v1/x?alt=sse', '1'])
})

test('the guard answers with a clean stream, and says why it ended early', async () => {
  await using subject = await guarded({ body: [`${answer}data: {"error":{"message":"No","code":429}}\n\n`, answer] })
  const response = await subject.guard.fetch(subject.upstream.url, { body: '{}' })
  assert.equal(await response.text(), answer)
  assert.equal(subject.guard.failure?.code, 'rate_limit')
})

test('the guard throws where there is no answer, and remembers it', async () => {
  await using subject = await guarded({ status: 401, body: '{"error":{"message":"No"}}' })
  const { guard, upstream } = subject
  assert.equal(guard.asked, false)
  await assert.rejects(guard.fetch(upstream.url, { body: '{}' }), (error) => error === guard.failure)
  assert.deepEqual([guard.asked, guard.failure?.code], [true, 'auth'])
})

test('the guard can be asked twice, as for an answer that is continued', async () => {
  await using subject = await guarded({ body: answer })
  for (let turn = 0; turn < 2; turn++) {
    const response = await subject.guard.fetch(subject.upstream.url, { body: '{}' })
    assert.equal(await response.text(), answer)
  }
  assert.equal(subject.upstream.requests.length, 2)
})
