import assert from 'node:assert/strict'
import { test } from 'node:test'
import { APICallError, type LanguageModelV4CallOptions, NoSuchModelError } from '@ai-sdk/provider'
import { ConversationError, type ConversationEvent, type ErrorCode } from '@dapr-chat/protocol'
import { readAll } from '../../testing/read-all.ts'
import { batches, type Script, scriptedTransport, stop, text } from '../../testing/scripted-transport.ts'
import { toolCall, toolsCalled } from '../../testing/tool-calls.ts'
import { InvalidRequestError } from '../errors.ts'
import { createDapr, type DaprProviderOptions } from './provider.ts'

const call: LanguageModelV4CallOptions = { prompt: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }] }

function modelOf(events: Script['events'] | readonly ConversationEvent[], options: DaprProviderOptions = {}) {
  const script = typeof events === 'function' ? events : () => batches(events)
  return createDapr({ transport: scriptedTransport({ events: script }), ...options })('echo')
}

/** The parts of a stream, without the head that every stream has. */
async function partsOf(...events: Parameters<typeof modelOf>) {
  const { stream } = await modelOf(...events).doStream(call)
  const [, , ...parts] = await readAll(stream)
  return parts
}

const thought = (text: string, signature?: string): ConversationEvent => ({
  type: 'reasoning-delta',
  choice: 0,
  text,
  ...(signature !== undefined && { signature }),
})

const unknownUsage = {
  inputTokens: { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: undefined, text: undefined, reasoning: undefined },
}

test('a stream begins with its warnings and what is known of the answer', async () => {
  const start: ConversationEvent = { type: 'message-start', id: 'a1', model: 'm1' }
  const { stream } = await modelOf([start, text('Hi'), stop]).doStream(call)
  const [first, second] = await readAll(stream)
  assert.deepEqual(first, { type: 'stream-start', warnings: [] })
  assert.ok(second?.type === 'response-metadata')
  assert.deepEqual([second.id, second.modelId], ['a1', 'm1'])
})

test('thinking, text and a refusal are blocks of their own, one after the other', async () => {
  const refusal: ConversationEvent = { type: 'refusal-delta', choice: 0, text: 'No.' }
  const parts = await partsOf([thought('Hm', 's'), text('A'), text('B'), thought('So'), refusal, stop])
  const refused = { providerMetadata: { dapr: { refusal: true } } }
  assert.deepEqual(parts, [
    { type: 'reasoning-start', id: '0' },
    { type: 'reasoning-delta', id: '0', delta: 'Hm' },
    { type: 'reasoning-end', id: '0', providerMetadata: { dapr: { signature: 's' } } },
    { type: 'text-start', id: '1' },
    { type: 'text-delta', id: '1', delta: 'A' },
    { type: 'text-delta', id: '1', delta: 'B' },
    { type: 'text-end', id: '1' },
    { type: 'reasoning-start', id: '2' },
    { type: 'reasoning-delta', id: '2', delta: 'So' },
    { type: 'reasoning-end', id: '2' },
    { type: 'text-start', id: '3', ...refused },
    { type: 'text-delta', id: '3', delta: 'No.' },
    { type: 'text-end', id: '3', ...refused },
    { type: 'finish', finishReason: { unified: 'stop', raw: 'stop' }, usage: unknownUsage },
  ])
})

test('a signature without thinking is a block without text', async () => {
  const [start, end] = await partsOf([thought('', 's'), text('A'), stop])
  assert.deepEqual(start, { type: 'reasoning-start', id: '0' })
  assert.deepEqual(end, { type: 'reasoning-end', id: '0', providerMetadata: { dapr: { signature: 's' } } })
})

test('a reason that has no common name is "other", with the word of the provider', async () => {
  const events: ConversationEvent[] = [text('A'), { type: 'finish', choice: 0, reason: 'unknown', raw: 'eos' }]
  const last = (await partsOf(events)).at(-1)
  assert.ok(last?.type === 'finish')
  assert.deepEqual(last.finishReason, { unified: 'other', raw: 'eos' })
})

test('other choices than the first are left out', async () => {
  const second: ConversationEvent[] = [
    { type: 'text-delta', choice: 1, text: 'B' },
    { type: 'finish', choice: 1, reason: 'length' },
  ]
  const parts = await partsOf([text('A'), ...second, stop])
  assert.deepEqual(
    parts.flatMap((part) => ('delta' in part ? part.delta : [])),
    ['A'],
  )
  assert.deepEqual(parts.at(-1), {
    type: 'finish',
    finishReason: { unified: 'stop', raw: 'stop' },
    usage: unknownUsage,
  })
})

test('the chunks themselves are shown where they are asked for', async () => {
  const { stream } = await modelOf([text('A'), stop]).doStream({ ...call, includeRawChunks: true })
  const raw = (await readAll(stream)).filter(({ type }) => type === 'raw')
  assert.equal(raw.length, 2)
})

test('an answer that breaks off ends its blocks, makes no half call, and says why', async () => {
  const [start, delta] = toolCall(0, 'f', '{"a":1}')
  assert.ok(start && delta)
  const parts = await partsOf(async function* () {
    yield [text('A')]
    yield [start, delta]
    throw new ConversationError('interrupted', 'connection lost')
  })
  assert.deepEqual(
    parts.map(({ type }) => type),
    ['text-start', 'text-delta', 'text-end', 'tool-input-start', 'tool-input-delta', 'error', 'finish'],
  )
  const [error, finish] = parts.slice(-2)
  assert.ok(error?.type === 'error' && APICallError.isInstance(error.error))
  assert.ok(finish?.type === 'finish')
  assert.equal(finish.finishReason.unified, 'error')
})

test('whoever leaves a stream ends the call', async () => {
  let left = false
  const model = modelOf(async function* () {
    try {
      while (true) yield [text('A')]
    } finally {
      left = true
    }
  })
  const { stream } = await model.doStream(call)
  for await (const part of stream) if (part.type === 'text-delta') break
  assert.ok(left)
})

test('a whole answer has the same pieces', async () => {
  const start: ConversationEvent = { type: 'message-start', id: 'a1', model: 'm1' }
  const events = [start, thought('Hm', 's'), text('A'), ...toolCall(0, 'f', '{"a":1}'), toolsCalled]
  const { content, finishReason, response } = await modelOf(events).doGenerate(call)
  assert.deepEqual(content, [
    { type: 'reasoning', text: 'Hm', providerMetadata: { dapr: { signature: 's' } } },
    { type: 'text', text: 'A' },
    { type: 'tool-call', toolCallId: 'call_0', toolName: 'f', input: '{"a":1}' },
  ])
  assert.deepEqual(finishReason, { unified: 'tool-calls', raw: 'tool_calls' })
  assert.deepEqual([response.id, response.modelId], ['a1', 'm1'])
})

test('a whole answer that is shown as a stream has a warning that says so', async () => {
  const transport = scriptedTransport({ events: () => batches([text('A'), stop]), streamed: false })
  const { stream } = await createDapr({ transport })('echo').doStream(call)
  const [first] = await readAll(stream)
  assert.ok(first?.type === 'stream-start')
  assert.match(JSON.stringify(first.warnings), /shown as a stream/)
})

const failures: readonly [code: ErrorCode, statusCode: number | undefined, isRetryable: boolean][] = [
  ['component_not_found', 404, false],
  ['invalid_params', 400, false],
  ['rate_limit', 429, true],
  ['auth', 429, false],
  ['shutting_down', 503, true],
  ['timeout', 504, true],
  ['internal', 500, false],
]

for (const [code, statusCode, isRetryable] of failures) {
  test(`a failure of kind ${code} has a status, and says whether to ask again`, async () => {
    const details = { status: 429, retryAfterMs: 1_500 }
    // biome-ignore lint/correctness/useYield: it fails before it says anything
    const model = modelOf(async function* () {
      throw new ConversationError(code, 'no', details)
    })
    for (const ask of [model.doGenerate(call), model.doStream(call)]) {
      await assert.rejects(ask, (error) => {
        assert.ok(APICallError.isInstance(error))
        assert.deepEqual([error.statusCode, error.isRetryable], [statusCode, isRetryable])
        const wait = code === 'rate_limit' || code === 'auth' ? '1500' : undefined
        assert.equal(error.responseHeaders?.['retry-after-ms'], wait)
        return true
      })
    }
  })
}

test('an abort fails with the reason of the signal', async () => {
  const model = modelOf([text('A'), stop])
  const abortSignal = AbortSignal.abort()
  await assert.rejects(model.doGenerate({ ...call, abortSignal }), { name: 'AbortError' })
  await assert.rejects(model.doStream({ ...call, abortSignal }), { name: 'AbortError' })
})

test('the provider has language models of both specifications and no others', () => {
  const dapr = createDapr()
  const { specificationVersion, provider, modelId } = dapr.languageModel('gpt')
  assert.deepEqual([specificationVersion, provider, modelId], ['v4', 'dapr', 'gpt'])
  assert.equal(dapr.v3('gpt').specificationVersion, 'v3')
  for (const each of [dapr, dapr.v3]) {
    assert.throws(() => each.embeddingModel('gpt'), NoSuchModelError)
    assert.throws(() => each.imageModel('gpt'), NoSuchModelError)
  }
})

test('options that a provider does not have are refused when it is made', () => {
  const make = createDapr as (options: object) => unknown
  for (const name of ['retry', 'component', 'defaults']) assert.throws(() => make({ [name]: {} }), InvalidRequestError)
  assert.throws(() => make({ colour: 'red' }), /"colour"/)
  const model = createDapr() as (component: string, settings: object) => unknown
  assert.throws(() => model('gpt', { maxSteps: 3 }), /"maxSteps"/)
})
