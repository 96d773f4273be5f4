/** The console's figures, its log of calls and its components, from real calls over every surface. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { create, toBinary } from '@bufbuild/protobuf'
import type { CallDetail, CallList, ComponentList, ConsoleSession, Overview } from '@dapr-chat/protocol/console'
import { ConversationRequestAlpha2Schema } from '@dapr-chat/protocol/dapr'
import {
  callGrpc,
  chunk,
  done,
  finish,
  open,
  post,
  readText,
  scriptedProvider,
  send,
  startSidecar,
  textAnswer,
  upstreamComponent,
  usage,
} from '../testing/index.ts'
import { chat, readConsole as read, readUntilItIs } from './console.ts'

const timeout = 20_000

const converse = { inputs: [{ messages: [{ ofUser: { content: [{ text: 'Hello?' }] } }] }] }

test('the overview counts what was called, by component, model and caller', { timeout }, async () => {
  await using upstream = await scriptedProvider(({ index }) =>
    index === 2 ? { status: 401, body: '{"error":{"message":"no"}}' } : { body: textAnswer('Hello', ' there') },
  )
  await using running = await startSidecar([upstreamComponent(upstream.url)])
  const { http } = running
  await post(http, '/v1/chat/completions', chat('gpt', { stream: true }), { 'dapr-caller-app-id': 'shop' })
  await post(http, '/v1.0-alpha2/conversation/gpt/converse', converse)
  assert.equal((await post(http, '/v1/chat/completions', chat('gpt'))).status, 401)

  const overview = await read<Overview>(http, 'overview?window=5m')
  const { totals } = overview
  assert.deepEqual(
    [overview.open, totals.calls, totals.failed, totals.cancelled, totals.inputTokens, totals.outputTokens],
    [0, 3, 1, 0, 6, 4],
  )
  const names = (groups: Overview['components']) => groups.map(({ name, calls }) => [name, calls])
  assert.deepEqual(names(overview.components), [['gpt', 3]])
  assert.deepEqual(names(overview.callers), [
    ['anonymous', 2],
    ['shop', 1],
  ])
  assert.deepEqual(overview.errors, [{ code: 'auth', calls: 1 }])
  assert.ok((totals.latency.p99 ?? 0) > 0)
})

test('the log has the newest calls first, page by page, and finds them by what they have', { timeout }, async () => {
  await using running = await startSidecar()
  const { http } = running
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    await post(http, '/v1/chat/completions', chat('echo', { stream: name > 'c' }), { 'dapr-caller-app-id': name })
  }
  const callers = (list: CallList) => list.calls.map(({ caller }) => caller).join('')
  const first = await read<CallList>(http, 'calls?limit=2')
  assert.deepEqual([callers(first), first.more], ['ed', true])
  const second = await read<CallList>(http, `calls?limit=2&before=${first.calls[1]?.id}`)
  assert.deepEqual([callers(second), second.more], ['cb', true])
  const last = await read<CallList>(http, `calls?limit=2&before=${second.calls[1]?.id}`)
  assert.deepEqual([callers(last), last.more], ['a', false])

  assert.equal(callers(await read(http, 'calls?caller=c')), 'c')
  assert.equal(callers(await read(http, 'calls?component=echo&state=succeeded')), 'edcba')
  assert.equal(callers(await read(http, 'calls?component=other')), '')
  assert.equal(callers(await read(http, 'calls?state=failed')), '')
  assert.equal(callers(await read(http, `calls?q=${first.calls[0]?.id.slice(3, 20).toUpperCase()}`)), 'e')
  assert.equal(callers(await read(http, 'calls?q=&component=')), 'edcba', 'an empty field filters nothing')
  const [newest] = first.calls
  assert.deepEqual(
    [newest?.surface, newest?.streamed, newest?.state, newest?.type],
    ['openai', true, 'succeeded', 'conversation.echo'],
  )
})

for (const query of ['limit=0', 'limit=501', 'limit=x', 'limit=1&limit=2', `q=${'x'.repeat(1_001)}`, 'q=a&q=b']) {
  test(`the log refuses ${query.slice(0, 20)}, and says what must hold`, async () => {
    await using running = await startSidecar()
    const answer = await send(running.http, `/api/console/calls?${query}`)
    assert.equal(answer.status, 400)
    assert.match(JSON.parse(answer.text).message, /^Cannot list the calls: (limit|q) must be .*: current value is /)
  })
}

test('the overview refuses a window that there is none of', async () => {
  await using running = await startSidecar()
  const answer = await send(running.http, '/api/console/overview?window=2h')
  assert.equal(answer.status, 400)
  assert.match(JSON.parse(answer.text).message, /window must be 5m, 1h or 24h: current value is "2h"/)
})

test('a call is first in the log while it runs, and stays there with its tokens and times', { timeout }, async () => {
  const { promise: goOn, resolve: release } = Promise.withResolvers<void>()
  await using upstream = await scriptedProvider(({ index }) => ({
    body: (async function* () {
      yield chunk({ content: 'Hello' })
      if (index > 0) await goOn
      yield chunk({ content: ' there' }) + finish('stop') + usage(7, 2) + done
    })(),
  }))
  await using running = await startSidecar([upstreamComponent(upstream.url)])
  const { http } = running
  await post(http, '/v1/chat/completions', chat('gpt'))
  const headers = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }
  const path = '/v1.0-alpha2/conversation/gpt/converse'
  const stream = await open(http, path, {
    headers: { ...headers, accept: 'text/event-stream' },
    body: JSON.stringify({ ...converse, contextId: 'talk' }),
  })
  const list = await readUntilItIs<CallList>(http, 'calls', ({ calls }) => calls[0]?.chunks === 1)
  const [call, other] = list.calls
  assert.ok(call && other)
  assert.deepEqual([call.state, call.contextId, call.durationMs], ['running', 'talk', undefined])
  assert.equal(other.state, 'succeeded')
  assert.equal((await read<Overview>(http, 'overview')).open, 1)
  for (const query of ['state=running', 'q=TALK', 'q=0af7651916cd43dd', 'contextId=talk', 'limit=1', 'component=gpt']) {
    assert.equal((await read<CallList>(http, `calls?${query}`)).calls[0]?.id, call.id, query)
  }
  for (const query of ['state=failed', 'code=auth', 'contextId=other', 'caller=x', 'model=x', `before=${call.id}`]) {
    const found = (await read<CallList>(http, `calls?${query}`)).calls
    assert.ok(!found.some(({ id }) => id === call.id), query)
  }
  assert.deepEqual(
    (await read<CallList>(http, `calls?before=${call.id}`)).calls.map(({ id }) => id),
    [other.id],
  )
  const atWork = await read<CallDetail>(http, `calls/${call.id}`)
  assert.deepEqual([atWork.state, atWork.phases.at(-1)?.name], ['running', 'stream'])

  release()
  await readText(stream)
  const ended = await readUntilItIs<CallDetail>(http, `calls/${call.id}`, ({ state }) => state === 'succeeded')
  assert.deepEqual(
    [ended.tokens.input, ended.tokens.output, ended.finishReason, ended.surface],
    [7, 2, 'stop', 'dapr-http'],
  )
  assert.equal(ended.traceId, '0af7651916cd43dd8448eb211c80319c')
  assert.equal(ended.content, undefined)
  assert.ok((ended.timeToFirstTokenMs ?? 0) > 0 && (ended.durationMs ?? 0) >= (ended.timeToFirstTokenMs ?? 0))
  const after = await read<CallList>(http, 'calls')
  assert.deepEqual(
    after.calls.map(({ id }) => id),
    [call.id, other.id],
  )
  assert.equal((await read<Overview>(http, 'overview')).open, 0)
})

test('a call that nobody knows is not found', async () => {
  await using running = await startSidecar()
  const answer = await send(running.http, '/api/console/calls/nothing')
  assert.equal(answer.status, 404)
  assert.equal(JSON.parse(answer.text).errorCode, 'ERR_CONSOLE_CALL_NOT_FOUND')
})

test('what is said is shown where the operator asked for it, while it is said and after', { timeout }, async () => {
  const { promise: goOn, resolve: release } = Promise.withResolvers<void>()
  await using upstream = await scriptedProvider({
    body: (async function* () {
      yield chunk({ content: 'Hello' })
      await goOn
      yield chunk({ content: ' there' }) + finish('stop') + done
    })(),
  })
  await using running = await startSidecar([upstreamComponent(upstream.url)], { captureContent: true })
  const { http } = running
  const asked = post(http, '/v1/chat/completions', chat('gpt', { stream: true, temperature: 0.5 }))
  const { calls } = await readUntilItIs<CallList>(http, 'calls', (list) => list.calls[0]?.chunks === 1)
  const path = `calls/${calls[0]?.id}`
  assert.equal((await read<CallDetail>(http, path)).content?.answer, 'Hello')
  release()
  await asked
  const { content } = await readUntilItIs<CallDetail>(http, path, ({ state }) => state === 'succeeded')
  assert.equal(content?.answer, 'Hello there')
  assert.equal(content?.request.model, 'gpt')
  assert.equal(content?.request.temperature, 0.5)
  assert.match(JSON.stringify(content?.request.messages), /Hello\?/)
  assert.equal((await read<ConsoleSession>(http, 'session')).captureContent, true)
})

test('a component shows its model, its settings, its breaker and what failed last', { timeout }, async () => {
  await using upstream = await scriptedProvider({ status: 500, body: '{"error":{"message":"broken"}}' })
  const resiliency = `
apiVersion: dapr.io/v1alpha1
kind: Resiliency
metadata: {name: careful}
spec:
  policies: {circuitBreakers: {quick: {maxRequests: 1, timeout: 60s, trip: consecutiveFailures > 1}}}
  targets: {components: {gpt: {outbound: {circuitBreaker: quick}}}}
`
  const component = upstreamComponent(upstream.url, { idleTimeout: '90s' })
  await using running = await startSidecar(
    [component, { name: 'echo', type: 'conversation.echo' }],
    {},
    {
      'resiliency.yaml': resiliency,
    },
  )
  const { http } = running
  for (let i = 0; i < 3; i++) await post(http, '/v1/chat/completions', chat('gpt'))
  const { components } = await read<ComponentList>(http, 'components')
  const [echo, gpt] = [...components].sort((a, b) => a.name.localeCompare(b.name))
  assert.deepEqual([gpt?.state, gpt?.model, gpt?.breaker], ['ready', 'scripted', 'open'])
  const setting = (name: string) => gpt?.settings.find((each) => each.name === name)
  assert.deepEqual(setting('key'), { name: 'key', secret: true })
  assert.deepEqual(setting('endpoint'), { name: 'endpoint', value: upstream.url, secret: false })
  assert.deepEqual(setting('idleTimeout'), { name: 'idleTimeout', value: '90s', secret: false })
  assert.ok(gpt?.lastError && Date.now() - gpt.lastError.at < 10_000)
  assert.equal(echo?.lastError, undefined)
  assert.equal(echo?.breaker, undefined)
})

test('the session says who the page talks to', async () => {
  await using running = await startSidecar(undefined, { appId: 'shop' })
  const session = await read<ConsoleSession>(running.http, 'session')
  assert.deepEqual([session.appId, session.captureContent, session.stored], ['shop', false, false])
})

test('calls over gRPC are in the log too', { timeout }, async () => {
  await using running = await startSidecar()
  const request = create(ConversationRequestAlpha2Schema, {
    name: 'echo',
    inputs: [{ messages: [{ messageTypes: { case: 'ofUser', value: { content: [{ text: 'Hello?' }] } } }] }],
  })
  const { code } = await callGrpc(running.grpc, 'ConverseAlpha2', toBinary(ConversationRequestAlpha2Schema, request), {
    'dapr-caller-app-id': 'shop',
  })
  assert.equal(code, 0)
  const { calls } = await read<CallList>(running.http, 'calls')
  assert.deepEqual(
    calls.map(({ surface, streamed, caller, state }) => [surface, streamed, caller, state]),
    [['dapr-grpc', false, 'shop', 'succeeded']],
  )
})

test('without the console there is nothing of it, and conversations go on', async () => {
  await using running = await startSidecar(undefined, { consoleEnabled: false })
  for (const path of ['/console', '/console/app.js', '/api/console/session', '/api/console/events']) {
    assert.equal((await send(running.http, path)).status, 404, path)
  }
  assert.equal((await post(running.http, '/v1/chat/completions', chat('echo'))).status, 200)
})
