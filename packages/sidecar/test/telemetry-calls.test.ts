/** What the record of a call tells beyond the plain answer: tools, clocks that ran out, and calls that were refused. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { create, toBinary } from '@bufbuild/protobuf'
import type { CallDetail, CallList, ComponentList, Overview } from '@dapr-chat/protocol/console'
import { ConversationRequestAlpha2Schema } from '@dapr-chat/protocol/dapr'
import {
  callGrpc,
  chunk,
  done,
  echoComponent,
  finish,
  open,
  post,
  readText,
  type Script,
  scriptedProvider,
  send,
  silence,
  startSidecar,
  textAnswer,
  toolDelta,
  upstreamComponent,
  usage,
} from '../testing/index.ts'
import { chat, readConsole as read, readUntilItIs } from './console.ts'
import { eventually, questions, readUntil } from './conversation.ts'
import { readSamples, total } from './figures.ts'

const timeout = 20_000

/** A sidecar in front of a scripted provider, with both of its components. */
async function started(script: Script, metadata: Record<string, string> = {}, files: Record<string, string> = {}) {
  await using stack = new AsyncDisposableStack()
  const upstream = stack.use(await scriptedProvider(script))
  const components = [upstreamComponent(upstream.url, metadata), echoComponent]
  const running = stack.use(await startSidecar(components, {}, files))
  const owned = stack.move()
  return { upstream, ...running, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** The last call of the log, in full. */
async function lastCall(http: string): Promise<CallDetail> {
  const { calls } = await read<CallList>(http, 'calls')
  return read<CallDetail>(http, `calls/${calls[0]?.id}`)
}

test('the waterfall has a stretch of its own from the first tool call to the end of the last', {
  timeout,
}, async () => {
  const tool = (index: number) =>
    toolDelta({ index, id: `call_${index}`, name: `tool${index}`, arguments: '{"city":"Oslo"}' })
  const pieces = [chunk({ content: 'Let me see.' }), tool(0), tool(1), finish('tool_calls') + usage(3, 2) + done]
  const released = pieces.map(() => Promise.withResolvers<void>())
  await using subject = await started(() => ({
    body: (async function* () {
      for (const [index, piece] of pieces.entries()) {
        await released[index]?.promise
        yield piece
      }
    })(),
  }))
  const { path, body, headers } = questions['a stream of Dapr']
  released[0]?.resolve()
  const response = await open(subject.http, path, { body, headers })
  for (const [index, seen] of ['Let me see.', 'tool0', 'tool1'].entries()) {
    await readUntil(response, seen)
    await delay(20)
    released[index + 1]?.resolve()
  }
  await readText(response)
  const { phases, toolCalls, durationMs = 0 } = await lastCall(subject.http)
  assert.equal(toolCalls, 2)
  assert.deepEqual(
    phases.map(({ name }) => name),
    ['queue', 'connect', 'first-token', 'stream', 'tools'],
  )
  const [stream, tools] = phases.slice(-2)
  assert.ok(stream && tools)
  // Timers may fire a moment early.
  assert.ok(tools.startMs >= stream.startMs + 15, 'the tools begin after the words')
  assert.ok(tools.durationMs >= 30 && tools.startMs + tools.durationMs <= durationMs, 'and last until their end')
})

test('a tool call that is cut off lasts as far as it came, and words alone have no such stretch', {
  timeout,
}, async () => {
  const cutOff = toolDelta({ index: 0, id: 'call_0', name: 'weather', arguments: '{"ci' })
  await using subject = await started(({ index }) => ({ body: index === 0 ? cutOff : textAnswer('Hello') }))
  await post(subject.http, '/v1/chat/completions', chat('gpt'))
  const cut = await lastCall(subject.http)
  assert.equal(cut.state, 'interrupted')
  assert.equal(cut.phases.at(-1)?.name, 'tools')
  await post(subject.http, '/v1/chat/completions', chat('gpt'))
  assert.equal((await lastCall(subject.http)).phases.at(-1)?.name, 'stream')
})

test('the components show their clocks, and how often each ran out', { timeout }, async () => {
  const resiliency = `
apiVersion: dapr.io/v1alpha1
kind: Resiliency
metadata: {name: patient}
spec:
  policies:
    timeouts: {whole: 30s}
    retries: {once: {policy: constant, duration: 1ms, maxRetries: 1}}
  targets: {components: {gpt: {outbound: {timeout: whole, retry: once}}}}
`
  const script: Script = async ({ index }) => {
    if (index < 2) await silence
    return {
      body: (async function* () {
        yield chunk({ content: 'Hello' })
        await silence
      })(),
    }
  }
  const limits = { connectTimeout: '5s', firstTokenTimeout: '200ms', idleTimeout: '100ms', totalTimeout: '0' }
  await using subject = await started(script, limits, { 'resiliency.yaml': resiliency })
  const clocks = async (component: string) => {
    const { components } = await read<ComponentList>(subject.http, 'components')
    return components.find(({ name }) => name === component)?.clocks
  }
  assert.equal(await clocks('echo'), undefined)
  const shown = (firstToken: number, idle: number) => [
    { name: 'connect', limitMs: 5_000, ranOut: 0 },
    { name: 'first-token', limitMs: 200, ranOut: firstToken },
    { name: 'idle', limitMs: 100, ranOut: idle },
    // Of the policy: the component's own is off.
    { name: 'total', limitMs: 30_000, ranOut: 0 },
  ]
  assert.deepEqual(await clocks('gpt'), shown(0, 0))
  // Two attempts without a token, the second of them the last.
  assert.equal((await post(subject.http, '/v1/chat/completions', chat('gpt'))).status, 504)
  // An answer that falls silent.
  await post(subject.http, '/v1/chat/completions', chat('gpt'))
  assert.deepEqual(await clocks('gpt'), shown(2, 1))
  const samples = await readSamples(subject.metrics)
  const ranOut = (clock: string) => total(samples, 'dapr_chat_clock_ran_out_total', { component: 'gpt', clock })
  assert.deepEqual(['connect', 'first-token', 'idle', 'total'].map(ranOut), [0, 2, 1, 0])
})

test('calls that reach no component are in the log and counted, and nobody can make up series', {
  timeout,
}, async () => {
  await using subject = await started(() => ({ body: textAnswer('Hello') }))
  const { http } = subject
  const caller = { 'dapr-caller-app-id': 'shop' }
  const refused: readonly (readonly [status: number, answer: Promise<{ status: number }>, row: unknown[]])[] = [
    [
      400,
      post(http, '/v1.0-alpha2/conversation/nobody-1/converse', {}, caller),
      ['dapr-http', '', '', 'shop', 'component_not_found'],
    ],
    [
      400,
      post(http, '/v1.0-alpha2/conversation/gpt/converse', {}),
      ['dapr-http', 'gpt', 'conversation.openai', 'anonymous', 'missing_inputs'],
    ],
    [
      400,
      send(http, '/v1.0-alpha1/conversation/echo/converse', { method: 'POST', body: '{' }),
      ['dapr-http', 'echo', 'conversation.echo', 'anonymous', 'malformed_request'],
    ],
    [404, post(http, '/v1/chat/completions', chat('nobody-2')), ['openai', '', '', 'anonymous', 'component_not_found']],
    [
      400,
      post(http, '/v1/chat/completions', { model: 'gpt/other', messages: 'none' }),
      ['openai', 'gpt', 'conversation.openai', 'anonymous', 'malformed_request'],
    ],
    [
      400,
      send(http, '/v1/chat/completions', { method: 'POST', body: 'no JSON' }),
      ['openai', '', '', 'anonymous', 'malformed_request'],
    ],
  ]
  const expected: unknown[][] = []
  for (const [status, answer, row] of refused) {
    assert.equal((await answer).status, status, String(row))
    expected.push(row)
  }
  const request = create(ConversationRequestAlpha2Schema, { name: 'nobody-3' })
  for (const method of ['ConverseAlpha2', 'ConverseStreamAlpha2']) {
    const { code } = await callGrpc(subject.grpc, method, toBinary(ConversationRequestAlpha2Schema, request), caller)
    assert.equal(code, 3)
    expected.push(['dapr-grpc', '', '', 'shop', 'component_not_found'])
  }
  const { calls } = await read<CallList>(http, 'calls')
  assert.deepEqual(
    calls
      .map(({ surface, component, type, caller, error, ...more }) => {
        assert.deepEqual([more.state, more.attempts, more.durationMs, more.chunks], ['failed', 0, undefined, 0])
        return [surface, component, type, caller, error?.code]
      })
      .sort(),
    expected.sort(),
  )
  const first = calls.find(({ error }) => error?.message.includes('nobody-1'))
  assert.ok(first, 'the message says which name it was')
  assert.deepEqual((await read<CallDetail>(http, `calls/${first.id}`)).phases, [])

  const overview = await read<Overview>(http, 'overview?window=5m')
  assert.deepEqual([overview.totals.calls, overview.totals.failed], [8, 8])
  assert.equal(overview.totals.latency.p50, undefined, 'nothing was timed')
  assert.deepEqual(
    overview.components.map(({ name, calls: count }) => [name, count]),
    [
      ['gpt', 2],
      ['echo', 1],
    ],
  )
  const samples = await readSamples(subject.metrics)
  const counted = samples.filter(({ name }) => name === 'dapr_chat_refused_total')
  assert.equal(total(counted, 'dapr_chat_refused_total'), 8)
  assert.equal(total(counted, 'dapr_chat_refused_total', { code: 'component_not_found' }), 4)
  assert.deepEqual([...new Set(counted.map(({ labels }) => labels.component))].sort(), ['echo', 'gpt', undefined])
  assert.equal(total(samples, 'dapr_component_conversation_count'), 0)
  assert.equal(total(samples, 'dapr_error_code_total'), 8)
})

test('a refusal of the framework has its row, and its message is cut', { timeout }, async () => {
  await using running = await startSidecar([echoComponent], { maxBodyBytes: 20_000 })
  const { http } = running
  const path = '/v1.0-alpha2/conversation/echo/converse'
  await post(http, path, { inputs: ['x'.repeat(30_000)] })
  await post(http, path, {}, { baggage: 'not baggage' })
  await post(http, '/v1/chat/completions', chat('n'.repeat(10_000)))
  const { calls } = await read<CallList>(http, 'calls')
  assert.deepEqual(calls.map(({ component, error }) => [component, error?.code]).sort(), [
    ['', 'component_not_found'],
    ['echo', 'body_too_large'],
    ['echo', 'malformed_request'],
  ])
  assert.ok(calls.every(({ error }) => (error?.message.length ?? 0) <= 2_001 && error?.message !== ''))
})

test('who may not call leaves no rows, because they would push out those of others', { timeout }, async () => {
  await using running = await startSidecar([echoComponent], { apiToken: 'secret' })
  const { http, grpc, metrics } = running
  assert.equal((await post(http, '/v1.0-alpha2/conversation/echo/converse', {})).status, 401)
  const request = create(ConversationRequestAlpha2Schema, { name: 'echo' })
  assert.equal((await callGrpc(grpc, 'ConverseAlpha2', toBinary(ConversationRequestAlpha2Schema, request))).code, 16)
  await eventually(async () => total(await readSamples(metrics), 'dapr_error_code_total') === 2)
  assert.equal(total(await readSamples(metrics), 'dapr_chat_refused_total'), 0)
  const { text } = await send(http, '/api/console/calls', { headers: { 'dapr-api-token': 'secret' } })
  assert.deepEqual((JSON.parse(text) as CallList).calls, [])
})

test('an open page is told of a call that is refused', { timeout }, async () => {
  await using running = await startSidecar()
  const { http } = running
  const events = await fetch(`${http}/api/console/events`)
  const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader()
  await post(http, '/v1/chat/completions', chat('nobody'))
  let text = ''
  while (!text.includes('component_not_found')) text += (await reader?.read())?.value ?? ''
  await reader?.cancel()
  assert.match(text, /"state":"failed"/)
  await readUntilItIs<CallList>(http, 'calls', ({ calls }) => calls.length === 1)
})
