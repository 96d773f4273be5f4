/** Resiliency resources at work, through a whole sidecar in front of a provider that fails by a script. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chunk, readText, reset, type ScriptedAnswer, send, silence, textAnswer } from '../testing/index.ts'
import {
  ask,
  eventually,
  type Question,
  questions,
  readUntil,
  stallAfter,
  startConversation,
  streams,
} from './conversation.ts'

const timeout = 20_000
const all = Object.keys(questions) as Question[]

/** A resource that targets the component `gpt` with what its policies hold. */
function resource(policies: { timeout?: string; retry?: object; circuitBreaker?: object }): Record<string, string> {
  const outbound = Object.fromEntries(Object.keys(policies).map((kind) => [kind, 'mine']))
  const spec = {
    policies: {
      ...(policies.timeout && { timeouts: { mine: policies.timeout } }),
      ...(policies.retry && { retries: { mine: policies.retry } }),
      ...(policies.circuitBreaker && { circuitBreakers: { mine: policies.circuitBreaker } }),
    },
    targets: { components: { gpt: { outbound } } },
  }
  const document = { apiVersion: 'dapr.io/v1alpha1', kind: 'Resiliency', metadata: { name: 'of-the-test' }, spec }
  return { 'resiliency.yaml': JSON.stringify(document) }
}

const failed = (status: number, headers: Readonly<Record<string, string>> = {}): ScriptedAnswer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify({ error: { message: `the provider says ${status}` } }),
})
const good: ScriptedAnswer = { body: textAnswer('Hello', ' there') }
const quick = { policy: 'constant', duration: 1, maxRetries: 3 }

/** Answers in order; the last one holds for all further requests. */
const inOrder =
  (...answers: readonly ScriptedAnswer[]) =>
  ({ index }: { index: number }) =>
    answers[Math.min(index, answers.length - 1)] ?? good

for (const question of all) {
  test(`${question} comes after two failures of the provider`, { timeout }, async () => {
    await using conversation = await startConversation(
      inOrder(failed(500), failed(500), good),
      {},
      resource({ retry: quick }),
    )
    const response = await ask(conversation.http, question)
    assert.equal(response.statusCode, 200)
    const text = await readText(response)
    assert.match(text, /Hello/)
    assert.match(text, /there/)
    assert.equal(conversation.upstream.requests.length, 3)
  })
}

test('a provider that asks to wait is waited for', { timeout }, async () => {
  await using conversation = await startConversation(
    inOrder(failed(429, { 'retry-after-ms': '300' }), good),
    {},
    resource({ retry: quick }),
  )
  const { http, upstream } = conversation
  const response = ask(http, 'an answer of Dapr')
  await upstream.requestArrived(0)
  const first = performance.now()
  await upstream.requestArrived(1)
  // Both moments are those at which the test learns of them.
  assert.ok(performance.now() - first > 250, `${performance.now() - first} ms`)
  assert.match(await readText(await response), /Hello there/)
})

test('a refused key is not tried again, unless matching names the status', { timeout }, async () => {
  for (const [matching, requests] of [
    [undefined, 1],
    [{ httpStatusCodes: '401' }, 2],
  ] as const) {
    await using conversation = await startConversation(
      inOrder(failed(401), good),
      {},
      resource({ retry: { ...quick, ...(matching && { matching }) } }),
    )
    await readText(await ask(conversation.http, 'an answer of Dapr'))
    assert.equal(conversation.upstream.requests.length, requests)
  }
})

for (const question of streams) {
  test(`${question} that fails after its first token is neither tried again nor spliced`, { timeout }, async () => {
    await using conversation = await startConversation(
      inOrder({ body: [chunk({ role: 'assistant', content: '' }), chunk({ content: 'Hel' }), reset] }, good),
      {},
      resource({ retry: quick }),
    )
    const text = await readText(await ask(conversation.http, question))
    assert.match(text, /Hel/)
    assert.doesNotMatch(text, /there|\[DONE\]/)
    assert.match(text, /error/)
    assert.equal(conversation.upstream.requests.length, 1)
  })

  test(`${question} that fails before its first token begins once`, { timeout }, async () => {
    await using conversation = await startConversation(
      inOrder({ body: [chunk({ role: 'assistant', content: '' }), reset] }, good),
      {},
      resource({ retry: quick }),
    )
    const text = await readText(await ask(conversation.http, question))
    assert.match(text, /\[DONE\]/)
    assert.doesNotMatch(text, /"error"/)
    assert.equal(text.match(/"role": ?"assistant"/g)?.length, 1, text)
    assert.equal(conversation.upstream.requests.length, 2)
  })
}

test('a caller who leaves during the pause between tries ends the call at once', { timeout }, async () => {
  for (const question of all) {
    await using conversation = await startConversation(
      inOrder(failed(500)),
      {},
      resource({ retry: { ...quick, duration: '1h' } }),
    )
    const { http, sidecar, upstream } = conversation
    const caller = new AbortController()
    const response = ask(http, question, { signal: caller.signal })
    response.catch(() => {})
    await upstream.requestArrived()
    caller.abort()
    await eventually(() => sidecar.openCalls === 0)
    assert.equal(upstream.requests.length, 1)
  }
})

test('an attempt that takes too long is stopped, and the next one answers', { timeout }, async () => {
  await using conversation = await startConversation(
    ({ index }) => (index === 0 ? { body: stallAfter(chunk({ role: 'assistant', content: '' })) } : good),
    {},
    resource({ timeout: '200ms', retry: quick }),
  )
  const { http, upstream } = conversation
  assert.match(await readText(await ask(http, 'a stream of Dapr')), /Hello/)
  assert.equal(upstream.requests.length, 2)
  await upstream.connectionClosed(0)
})

test('a timeout that nothing follows is told in the words of daprd', { timeout }, async () => {
  await using conversation = await startConversation(() => silence, {}, resource({ timeout: '50' }))
  const response = await ask(conversation.http, 'an answer of Dapr')
  assert.equal(response.statusCode, 500)
  const text = await readText(response)
  assert.match(text, /"ERR_CONVERSATION_INVOKE"/)
  assert.match(text, /context deadline exceeded/)
})

test('a breaker opens after streams that broke off, is visible, and closes again', { timeout }, async () => {
  let well = false
  await using conversation = await startConversation(
    () => (well ? good : { body: [chunk({ content: 'Hel' }), reset] }),
    {},
    resource({ circuitBreaker: { trip: 'consecutiveFailures >= 3', timeout: '300ms' } }),
  )
  const { http, metrics, upstream } = conversation
  const state = async () => JSON.parse((await send(http, '/v1.0/metadata')).text).extended['circuitBreaker.gpt']
  assert.equal(await state(), 'closed')
  for (let calls = 0; calls < 3; calls++) await readText(await ask(http, 'a stream of Dapr'))
  const refused = await ask(http, 'an answer of Dapr')
  assert.equal(refused.statusCode, 500)
  assert.match(await readText(refused), /circuit breaker is open/)
  assert.equal(upstream.requests.length, 3)
  assert.match((await send(metrics, '/metrics')).text, /dapr_resiliency_activations_total\{[^}]*status="open"\} 1/)
  well = true
  await eventually(async () => (await state()) === 'half-open')
  assert.match(await readText(await ask(http, 'a stream of Dapr')), /\[DONE\]/)
  assert.equal(await state(), 'closed')
})

test('callers who leave in the middle of a stream do not open the breaker', { timeout }, async () => {
  await using conversation = await startConversation(
    () => ({ body: stallAfter(chunk({ content: 'Hello' })) }),
    {},
    resource({ circuitBreaker: { trip: 'totalFailures > 0' } }),
  )
  const { http, sidecar } = conversation
  for (let calls = 0; calls < 3; calls++) {
    const response = await ask(http, 'a stream of Dapr')
    await readUntil(response, 'Hello')
    response.destroy()
    await eventually(() => sidecar.openCalls === 0)
  }
  const { extended, resiliencies } = JSON.parse((await send(http, '/v1.0/metadata')).text)
  assert.equal(extended['circuitBreaker.gpt'], 'closed')
  assert.deepEqual(resiliencies, [{ name: 'of-the-test' }])
})
