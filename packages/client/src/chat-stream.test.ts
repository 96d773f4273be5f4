import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { ConversationError, type ConversationEvent } from '@dapr-chat/protocol'
import { ChatCompletionStream } from 'openai/lib/ChatCompletionStream'
import { readAll } from '../testing/read-all.ts'
import { batches, type Script, scriptedTransport, stop, text } from '../testing/scripted-transport.ts'
import {
  AbortedError,
  type ChatCompletionChunk,
  type ChatStream,
  DaprChatClient,
  type GenerateOptions,
  InvalidRequestError,
  type StreamEvent,
  StreamInterruptedError,
  TimeoutError,
  UnsupportedFeatureError,
} from './index.ts'

const usage: ConversationEvent = {
  type: 'usage',
  usage: { promptTokens: 638, completionTokens: 238, totalTokens: 876 },
}

function streamOf(events: Script['events'] | Script, options: GenerateOptions = {}): ChatStream {
  const script = typeof events === 'function' ? { events } : events
  const client = new DaprChatClient({ component: 'echo', transport: scriptedTransport(script) })
  return client.generateStream('hi', options)
}

const deltasOf = (chunks: readonly ChatCompletionChunk[]) =>
  chunks.flatMap(({ choices }) => choices.map((c) => c.delta))

/** Says one piece, then waits for the signal of its call. */
async function* sayAndWait(signal: AbortSignal, words: readonly string[] = ['half']) {
  for (const word of words) yield [text(word)]
  await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
}

test('chunks come in order: the role first and once, one finish reason, then the token counts', async () => {
  const stream = streamOf(
    () =>
      batches(
        [{ type: 'message-start', id: 'a1', model: 'gpt' }, text('Hello '), text('streaming ')],
        [text('world!')],
        [stop, usage],
      ),
    { contextId: 'ctx' },
  )
  const chunks = await readAll(stream)
  assert.deepEqual(deltasOf(chunks), [
    { role: 'assistant', content: 'Hello ' },
    { content: 'streaming ' },
    { content: 'world!' },
    {},
  ])
  assert.deepEqual(
    chunks.map(({ choices }) => choices[0]?.finish_reason),
    [null, null, null, 'stop', undefined],
  )
  const last = chunks.at(-1)
  assert.deepEqual(last?.choices, [])
  assert.deepEqual(last?.usage, { prompt_tokens: 638, completion_tokens: 238, total_tokens: 876 })
  for (const chunk of chunks) {
    assert.deepEqual(
      [chunk.id, chunk.object, chunk.model, chunk.context_id],
      ['a1', 'chat.completion.chunk', 'gpt', 'ctx'],
    )
  }
  const result = await stream.result
  assert.equal(result.text, 'Hello streaming world!')
  assert.equal(result.contextId, 'ctx')
  assert.equal(result.metrics.chunks, 3)
  assert.equal(result.metrics.streaming, 'native')
})

test('the accumulator of the openai package makes the same message of the chunks', async () => {
  const call = { choice: 0, index: 0 }
  const stream = streamOf(() =>
    batches([
      { type: 'message-start', id: 'a1', model: 'gpt' },
      text('Su'),
      text('re'),
      { type: 'tool-call-start', ...call, id: 'c1', name: 'f' },
      { type: 'tool-call-delta', ...call, arguments: '{"q":' },
      { type: 'tool-call-delta', ...call, arguments: '1}' },
      { type: 'tool-call-end', ...call },
      { type: 'finish', choice: 0, reason: 'tool_calls' },
      usage,
    ]),
  )
  const lines = (await readAll(stream)).map((chunk) => `${JSON.stringify(chunk)}\n`)
  const body = new Response(lines.join('')).body ?? assert.fail('a response with text has a body')
  const completion = await ChatCompletionStream.fromReadableStream(body).finalChatCompletion()
  const result = await stream.result
  const [choice] = completion.choices
  assert.equal(choice?.message.content, result.text)
  assert.equal(choice?.finish_reason, result.finishReason)
  const [made] = choice?.message.tool_calls ?? []
  assert.ok(made?.type === 'function')
  assert.deepEqual([made.id, made.function.name, made.function.arguments], ['c1', 'f', '{"q":1}'])
  assert.deepEqual(completion.usage, result.usage)
})

test('a model that nobody named is absent', async () => {
  const [chunk] = await readAll(streamOf(() => batches([text('a'), stop])))
  assert.ok(chunk && !('model' in chunk))
})

test('text and a tool call that come together are both delivered, with one finish reason', async () => {
  const call = { choice: 0, index: 0 }
  const stream = streamOf(() =>
    batches([
      text('Sure'),
      { type: 'tool-call-start', ...call, id: 'c1', name: 'f' },
      { type: 'tool-call-delta', ...call, arguments: '{"q":' },
      { type: 'tool-call-delta', ...call, arguments: '1}' },
      { type: 'tool-call-end', ...call },
      { type: 'finish', choice: 0, reason: 'tool_calls' },
    ]),
  )
  const chunks = await readAll(stream)
  assert.deepEqual(deltasOf(chunks), [
    { role: 'assistant', content: 'Sure' },
    { tool_calls: [{ index: 0, id: 'c1', type: 'function', function: { name: 'f', arguments: '' } }] },
    { tool_calls: [{ index: 0, function: { arguments: '{"q":' } }] },
    { tool_calls: [{ index: 0, function: { arguments: '1}' } }] },
    {},
  ])
  const reasons = chunks.flatMap(({ choices }) => choices.map((choice) => choice.finish_reason)).filter(Boolean)
  assert.deepEqual(reasons, ['tool_calls'])
  const result = await stream.result
  const expected = [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{"q":1}' } }]
  assert.deepEqual(result.toolCalls, expected)
  assert.deepEqual(result.messages, [{ role: 'assistant', content: 'Sure', tool_calls: expected }])
})

test('an answer that neither speaks nor calls has no tool_calls', async () => {
  const result = await streamOf(() => batches([stop])).result
  assert.equal('tool_calls' in result.choices[0].message, false)
  assert.deepEqual(result.toolCalls, [])
})

test('a refusal is joined', async () => {
  const refusal = (text: string): ConversationEvent => ({ type: 'refusal-delta', choice: 0, text })
  const result = await streamOf(() => batches([refusal('I ')], [refusal('cannot'), stop])).result
  assert.equal(result.choices[0].message.refusal, 'I cannot')
})

test('textStream is the text alone', async () => {
  assert.deepEqual(await readAll(streamOf(() => batches([text('a'), text('b')], [text('c'), stop])).textStream), [
    'a',
    'b',
    'c',
  ])
})

test('events say how the answer comes, what comes, each whole call, and how it ended', async () => {
  const call = { choice: 0, index: 0 }
  const stream = streamOf(() =>
    batches([
      { type: 'reasoning-delta', choice: 0, text: 'hm' },
      text('a'),
      { type: 'tool-call-start', ...call, id: 'c1', name: 'f' },
      { type: 'tool-call-delta', ...call, arguments: '{}' },
      { type: 'tool-call-end', ...call },
      { type: 'finish', choice: 0, reason: 'tool_calls' },
      usage,
    ]),
  )
  const counts = { prompt_tokens: 638, completion_tokens: 238, total_tokens: 876 }
  const events = await readAll<StreamEvent>(stream.events)
  const last = events.pop()
  assert.deepEqual(events, [
    { type: 'start', mode: 'native', component: 'echo' },
    { type: 'reasoning-delta', text: 'hm' },
    { type: 'text-delta', text: 'a' },
    { type: 'tool-call-delta', index: 0, id: 'c1', name: 'f', argumentsDelta: '' },
    { type: 'tool-call-delta', index: 0, argumentsDelta: '{}' },
    { type: 'tool-call', call: { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } } },
    { type: 'usage', usage: counts, estimated: false },
    { type: 'step-finish', step: (await stream.result).steps[0] },
  ])
  assert.ok(last?.type === 'finish')
  assert.equal(last.finishReason, 'tool_calls')
  assert.deepEqual(last.usage, counts)
})

test('tokens are estimated while the answer arrives, and exact at its end', async () => {
  const stream = streamOf(async function* () {
    for (let piece = 0; piece < 5; piece++) {
      yield [text('eight ch')]
      await delay(110)
    }
    yield [usage, stop]
  })
  const usages = (await readAll<StreamEvent>(stream.events)).flatMap((event) => (event.type === 'usage' ? [event] : []))
  assert.equal(usages.pop()?.estimated, false)
  assert.ok(usages.length >= 2, `${usages.length} estimates`)
  const estimates = usages.map(({ usage: { completion_tokens }, estimated }) => estimated && completion_tokens)
  assert.deepEqual(
    estimates,
    estimates.toSorted((a, b) => Number(a) - Number(b)),
  )
  assert.ok(usages.every(({ usage: { prompt_tokens } }) => prompt_tokens > 0))
})

test('the messages of a result bring back the thinking and every signature', async () => {
  const script = () =>
    batches([
      { type: 'reasoning-delta', choice: 0, text: 'hm' },
      { type: 'reasoning-delta', choice: 0, text: '', signature: 's1' },
      { type: 'tool-call-start', choice: 0, index: 0, id: 'c1', name: 'f', signature: 's2' },
      { type: 'tool-call-delta', choice: 0, index: 0, arguments: '{}' },
      { type: 'tool-call-end', choice: 0, index: 0 },
      { type: 'finish', choice: 0, reason: 'tool_calls' },
    ])
  const transport = scriptedTransport({ events: script })
  const client = new DaprChatClient({ component: 'echo', transport })
  const stream = client.generateStream('hi')
  const events = await readAll<StreamEvent>(stream.events)
  // The delta that is nothing but a signature is none of the program's business.
  assert.equal(events.filter(({ type }) => type === 'reasoning-delta').length, 1)
  const { messages } = await stream.result
  await client.generate(messages)
  assert.deepEqual(transport.calls.at(-1)?.request.messages, [
    {
      role: 'assistant',
      content: [],
      toolCalls: [{ id: 'c1', name: 'f', arguments: '{}', signature: 's2' }],
      reasoning: 'hm',
      reasoningSignature: 's1',
    },
  ])
})

test('nothing is asked until the stream is read, and result reads it where nobody else does', async () => {
  const transport = scriptedTransport({ events: () => batches([text('a'), stop]) })
  const stream = new DaprChatClient({ component: 'echo', transport }).generateStream('hi')
  await delay(1)
  assert.equal(transport.calls.length, 0)
  assert.equal((await stream.result).text, 'a')
  assert.equal(transport.calls.length, 1)
  assert.equal((await stream.result).text, 'a')
})

test('a loop that begins after result was asked for is the reader', async () => {
  const stream = streamOf(() => batches([text('a'), stop]))
  const result = stream.result
  assert.equal((await readAll(stream)).length, 2)
  assert.equal((await result).text, 'a')
})

test('mode makes the call, and the stream can still be read', async () => {
  const stream = streamOf(() => batches([text('a'), stop]))
  assert.equal(await stream.mode, 'native')
  assert.deepEqual(await readAll(stream.textStream), ['a'])
})

test('reading twice is refused', async () => {
  const stream = streamOf(() => batches([text('a'), stop]))
  await readAll(stream)
  await assert.rejects(readAll(stream), InvalidRequestError)
  await assert.rejects(readAll(stream.textStream), InvalidRequestError)
})

test('a call that failed before anybody read it fails for its reader in the same way', async () => {
  const stream = streamOf(() => {
    throw new ConversationError('auth', 'wrong key')
  })
  await assert.rejects(stream.mode, { code: 'provider_error' })
  await assert.rejects(readAll(stream), { code: 'provider_error' })
  await assert.rejects(stream.result, { code: 'provider_error' })
})

test('break ends quietly, frees the source, and keeps what had arrived', async () => {
  let freed = false
  const stream = streamOf(async function* ({ signal }) {
    try {
      yield* sayAndWait(signal)
    } finally {
      freed = true
    }
  })
  for await (const _ of stream) break
  await delay(5)
  assert.equal(freed, true)
  assert.equal(stream.partial.text, 'half')
  await assert.rejects(stream.result, AbortedError)
})

test('break after the finish reason still gives a result', async () => {
  const stream = streamOf(() => batches([text('a'), stop], [usage]))
  for await (const chunk of stream) if (chunk.choices[0]?.finish_reason) break
  assert.equal((await stream.result).text, 'a')
})

for (const name of ['cancel()', 'the signal'] as const) {
  test(`${name} makes the iterator throw AbortedError with the reason, even of a source that does not listen`, async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const stream = streamOf(
      async function* () {
        yield [text('half')]
        await new Promise(() => {})
      },
      { signal: controller.signal },
    )
    const seen: ChatCompletionChunk[] = []
    await assert.rejects(
      async () => {
        for await (const chunk of stream) {
          seen.push(chunk)
          if (name === 'cancel()') stream.cancel(reason)
          else controller.abort(reason)
        }
      },
      (error) => error instanceof AbortedError && error.cause === reason,
    )
    assert.equal(seen.length, 1)
    assert.equal(stream.partial.text, 'half')
    await assert.rejects(stream.result, AbortedError)
  })
}

test('a stream that was cancelled before it is read asks nothing', async () => {
  const transport = scriptedTransport({ events: () => batches([text('a'), stop]) })
  const stream = new DaprChatClient({ component: 'echo', transport }).generateStream('hi')
  stream.cancel()
  await assert.rejects(readAll(stream), AbortedError)
  await assert.rejects(stream.mode, AbortedError)
  assert.equal(transport.calls.length, 0)
})

test('await using ends a call that nobody read to its end', async () => {
  let signal: AbortSignal | undefined
  {
    await using stream = streamOf((call) => {
      signal = call.signal
      return sayAndWait(call.signal)
    })
    assert.equal(await stream.mode, 'native')
    assert.equal(signal?.aborted, false)
  }
  assert.equal(signal?.aborted, true)
})

test('a source that fails after output interrupts: iterator, result and partial agree', async () => {
  const stream = streamOf(async function* () {
    yield [text('one ')]
    yield [text('two')]
    throw new ConversationError('unavailable', 'gone')
  })
  const failure = await readAll(stream).catch((error: unknown) => error)
  assert.ok(failure instanceof StreamInterruptedError)
  assert.equal(failure.partial.text, 'one two')
  assert.equal(failure.component, 'echo')
  await assert.rejects(stream.result, (error) => error === failure)
})

test('an end without a finish reason is an interruption', async () => {
  await assert.rejects(readAll(streamOf(() => batches([text('a')]))), StreamInterruptedError)
  await assert.rejects(readAll(streamOf(() => batches())), StreamInterruptedError)
})

test('a connection that breaks after the finish reason has cost nothing', async () => {
  const stream = streamOf(async function* () {
    yield [text('a'), stop]
    throw new ConversationError('interrupted', 'reset')
  })
  assert.equal((await readAll(stream)).length, 2)
  assert.equal((await stream.result).text, 'a')
})

test('timeoutMs is the deadline of the whole call, also between two pieces', async () => {
  const stream = streamOf(({ signal }) => sayAndWait(signal), { timeoutMs: 30 })
  await assert.rejects(readAll(stream), TimeoutError)
  assert.equal(stream.partial.text, 'half')
})

test('a whole answer is shown as a stream, says so, and can be refused', async () => {
  const script = { streamed: false, events: () => batches([text('a'), stop]) }
  const stream = streamOf(script)
  assert.deepEqual(await readAll(stream.textStream), ['a'])
  assert.equal(await stream.mode, 'simulated')
  const result = await stream.result
  assert.equal(result.metrics.streaming, 'simulated')
  assert.deepEqual(
    result.warnings.map(({ code }) => code),
    ['simulated_stream'],
  )
  await assert.rejects(readAll(streamOf(script, { streaming: 'require' })), UnsupportedFeatureError)
})

test('streaming "off" asks for a whole answer and warns of nothing', async () => {
  const stream = streamOf(() => batches([text('a'), stop]), { streaming: 'off' })
  const result = await stream.result
  assert.equal(result.metrics.streaming, 'simulated')
  assert.deepEqual(result.warnings, [])
})

test('a slow reader is waited for: nothing is pulled ahead', async () => {
  let pulled = 0
  const stream = streamOf(async function* () {
    for (; pulled < 100; pulled++) yield [text('x')]
    yield [stop]
  })
  let read = 0
  for await (const _ of stream.textStream) {
    read++
    await delay(1)
    assert.ok(pulled <= read, `${pulled} pulled, ${read} read`)
    if (read === 10) break
  }
})
