import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { chunk, cuts, readAnswer, sse, toolChunk } from '../../testing/chat-answer.ts'
import type { ConversationEvent } from '../conversation/event.ts'
import { ResultFold } from '../conversation/result.ts'
import { ChatChunkWriter } from './chat-chunk.ts'

const stop = chunk({}, 'stop')
const choiceOf = (...chunks: readonly object[]) => readAnswer(sse(...chunks, '[DONE]')).result.choices[0]

test('ChatChunkReader skips chunks without choices, deltas or content', () => {
  const verdict = { id: '', model: '', choices: [], prompt_filter_results: [{ prompt_index: 0 }] }
  const annotation = { id: 'i', choices: [{ index: 0, finish_reason: null, content_filter_results: {} }] }
  const { events } = readAnswer(
    sse(
      verdict,
      { id: 'x' },
      chunk({ content: null }),
      chunk({ content: 'a' }),
      annotation,
      stop,
      annotation,
      '[DONE]',
    ),
  )
  assert.deepEqual(events, [
    { type: 'message-start', id: 'x' },
    { type: 'text-delta', choice: 0, text: 'a' },
    { type: 'finish', choice: 0, reason: 'stop' },
  ])
})

test('ChatChunkReader reads odd types as absent', () => {
  const odd = {
    id: 7,
    model: null,
    choices: [{ index: '0', delta: { content: 5, tool_calls: 'x', refusal: {} } }, 3, null],
  }
  const { result, failure } = readAnswer(sse(odd, chunk({ content: 'a' }), stop))
  assert.equal(failure, undefined)
  assert.equal(result.choices[0]?.text, 'a')
})

const thoughts: readonly [name: string, delta: object][] = [
  ['reasoning_content', { reasoning_content: 'hm', content: null }],
  ['reasoning', { reasoning: 'hm', content: '' }],
  ['reasoning_details', { reasoning_details: [{ type: 'reasoning.text', text: 'h' }, { text: 'm' }, { data: 'x' }] }],
  ['two names at once', { reasoning: 'hm', reasoning_content: 'hm', reasoning_details: [{ text: 'hm' }] }],
  ['parts, as Mistral sends it', { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }] }],
]

for (const [name, delta] of thoughts) {
  test(`ChatChunkReader reads thinking in ${name}`, () => {
    const choice = choiceOf(chunk(delta), chunk({ content: [{ type: 'text', text: 'so' }] }), stop)
    assert.deepEqual([choice?.reasoning, choice?.text], ['hm', 'so'])
  })
}

test('ChatChunkReader reads a refusal', () => {
  const choice = choiceOf(chunk({ refusal: 'I ' }), chunk({ refusal: 'cannot.' }), stop)
  assert.deepEqual([choice?.refusal, choice?.text, choice?.finishReason], ['I cannot.', '', 'stop'])
})

test('ChatChunkReader lets the first finish reason win', () => {
  const { events } = readAnswer(sse(chunk({ content: 'a' }), stop, chunk({}, 'length'), '[DONE]'))
  assert.deepEqual(
    events.filter(({ type }) => type === 'finish'),
    [{ type: 'finish', choice: 0, reason: 'stop' }],
  )
})

test('ChatChunkReader fits the finish reason to the content and keeps the raw one', () => {
  const call = { index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }
  const called = choiceOf(toolChunk(call), stop)
  assert.deepEqual([called?.finishReason, called?.rawFinishReason], ['tool_calls', 'stop'])
  const silent = choiceOf(chunk({ content: 'a' }), chunk({}, 'tool_calls'))
  assert.deepEqual([silent?.finishReason, silent?.rawFinishReason], ['stop', 'tool_calls'])
})

test('ChatChunkReader keeps interleaved choices apart and ends when all have finished', () => {
  const body = sse(
    chunk({ content: 'a' }, null, 1),
    chunk({ content: 'b' }),
    chunk({}, 'stop', 1),
    chunk({ content: 'c' }),
  )
  assert.equal(readAnswer(body).failure?.code, 'interrupted')
  const { result, failure } = readAnswer(body + sse(chunk({}, 'length')))
  assert.equal(failure, undefined)
  assert.deepEqual(
    result.choices.map(({ index, text, finishReason }) => [index, text, finishReason]),
    [
      [0, 'bc', 'length'],
      [1, 'a', 'stop'],
    ],
  )
})

test('ChatChunkReader keeps choices apart by their place where their index is missing or none', () => {
  const said = (content: string) => ({ message: { content }, finish_reason: 'stop' })
  for (const indexes of [
    [undefined, undefined],
    [null, '1'],
    [0, 1.5],
    [0, -1],
    [0, 2 ** 31],
  ]) {
    const choices = indexes.map((index, at) => ({ ...said(`${at}`), ...(index !== undefined && { index }) }))
    const { result } = readAnswer(JSON.stringify({ choices }), { choices: 2 })
    assert.deepEqual(
      result.choices.map(({ index, text }) => [index, text]),
      [
        [0, '0'],
        [1, '1'],
      ],
    )
  }
})

test('ChatChunkReader takes the last usage, wherever it stands', () => {
  const counts = (completion: number) => ({ prompt_tokens: 5, completion_tokens: completion })
  const { result } = readAnswer(
    sse(
      { ...chunk({ content: 'a' }), usage: counts(1) },
      { ...stop, usage: counts(2) },
      {
        choices: [],
        usage: { ...counts(3), completion_tokens_details: { reasoning_tokens: 1 }, prompt_tokens_details: null },
      },
      { choices: [], usage: null },
      '[DONE]',
    ),
  )
  assert.deepEqual(result.usage, { promptTokens: 5, completionTokens: 3, totalTokens: 8, reasoningTokens: 1 })
})

test('ChatChunkReader takes a count that counts no tokens for one that was not reported', () => {
  const usageOf = (usage: object) => readAnswer(sse(chunk({ content: 'a' }), { ...stop, usage }, '[DONE]')).result.usage
  for (const odd of [-1, 2.5, '7', 1e300, true, {}, null]) {
    assert.deepEqual(
      usageOf({
        prompt_tokens: 5,
        completion_tokens: odd,
        total_tokens: odd,
        prompt_tokens_details: { cached_tokens: odd },
      }),
      { promptTokens: 5, completionTokens: 0, totalTokens: 5 },
    )
    assert.equal(usageOf({ prompt_tokens: odd, completion_tokens: odd, total_tokens: 9 }), undefined)
  }
})

test('ChatChunkReader joins characters that deltas cut in half, in text, thinking, refusals and arguments', () => {
  const arguments0 = (args: string) => toolChunk({ index: 0, id: 'a', function: { name: 'f', arguments: args } })
  const { events, result } = readAnswer(
    sse(
      ...['x\ud83d', '\ude00'].map((half) => chunk({ content: half, reasoning: half, refusal: half })),
      arguments0('"\ud83d'),
      arguments0('\ude00"'),
      chunk({ content: 'end\ud83d' }),
      stop,
    ),
  )
  const choice = result.choices[0]
  assert.deepEqual([choice?.text, choice?.reasoning, choice?.refusal], ['x😀end\ufffd', 'x😀', 'x😀'])
  assert.equal(choice?.toolCalls[0]?.arguments, '"😀"')
  assert.equal(events.at(-1)?.type, 'finish')
})

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
const brokenText = fc.string({ unit: fc.constantFrom('x', '\n', 'é', '☕', '🎉', '\ud83d', '\ude00'), maxLength: 6 })

test('every delta of an answer arrives well-formed, once, and the same however the body is cut', () => {
  const delta = fc.record({ content: brokenText, reasoning: brokenText, refusal: brokenText }, { requiredKeys: [] })
  fc.assert(
    fc.property(fc.array(delta, { minLength: 1, maxLength: 4 }), (deltas) => {
      const body = sse(...deltas.map((each) => chunk(each)), stop, '[DONE]')
      const { events, result } = readAnswer(body)
      for (const event of events) if ('text' in event) assert.ok(event.text !== '' && event.text.isWellFormed())
      const choice = result.choices[0]
      for (const [member, read] of [
        ['content', choice?.text],
        ['reasoning', choice?.reasoning],
        ['refusal', choice?.refusal],
      ] as const) {
        assert.equal(
          read,
          deltas
            .map((each) => each[member] ?? '')
            .join('')
            .toWellFormed(),
        )
      }
      for (const pieces of cuts(body, 5)) assert.deepEqual(readAnswer(pieces).result, result)
    }),
    { numRuns: 30 },
  )
})

/** The events of a whole answer of up to two choices, as any provider may give them. */
const answers = fc
  .record({
    choices: fc.array(
      fc.record({
        pieces: fc.array(fc.tuple(fc.constantFrom('text-delta', 'reasoning-delta', 'refusal-delta'), text), {
          maxLength: 4,
        }),
        calls: fc.array(fc.record({ name: text, pieces: fc.array(text, { minLength: 1, maxLength: 3 }) }), {
          maxLength: 3,
        }),
        reason: fc.constantFrom('stop', 'length', 'content_filter', 'unknown'),
        raw: fc.option(fc.constantFrom('end_turn', 'MAX_TOKENS', 'odd'), { nil: undefined }),
      }),
      { minLength: 1, maxLength: 2 },
    ),
    usage: fc.option(
      fc.record(
        { promptTokens: fc.nat(), completionTokens: fc.nat(), totalTokens: fc.nat(), cachedTokens: fc.nat() },
        { requiredKeys: ['promptTokens', 'completionTokens', 'totalTokens'], noNullPrototype: true },
      ),
      { nil: undefined },
    ),
  })
  .map(({ choices, usage }): ConversationEvent[] => [
    { type: 'message-start', id: 'answer-1', model: 'model-1' },
    ...choices.flatMap(({ pieces, calls, reason, raw }, choice): ConversationEvent[] => [
      ...pieces.map(([type, piece]) => ({ type, choice, text: piece }) as ConversationEvent),
      ...calls.flatMap((call, index): ConversationEvent[] => [
        { type: 'tool-call-start', choice, index, id: `id-${index}`, name: call.name },
        ...call.pieces.map(
          (piece): ConversationEvent => ({ type: 'tool-call-delta', choice, index, arguments: piece }),
        ),
        { type: 'tool-call-end', choice, index },
      ]),
      {
        ...{ type: 'finish', choice },
        reason: calls.length > 0 && reason === 'stop' ? 'tool_calls' : (reason as 'stop'),
        ...(raw !== undefined && { raw }),
      },
    ]),
    ...(usage ? [{ type: 'usage', usage } as const] : []),
  ])

test('ChatChunkReader reads back what ChatChunkWriter wrote, for every answer', () => {
  fc.assert(
    fc.property(answers, (events) => {
      const writer = new ChatChunkWriter({ id: 'x', model: 'y', created: 1, includeUsage: true })
      const chunks = [...writer.write(events), ...writer.end()]
      const fold = new ResultFold()
      for (const event of events) fold.add(event)
      const { result, failure } = readAnswer(sse(...chunks, '[DONE]'))
      assert.equal(failure, undefined)
      assert.deepEqual(result, fold.result)
    }),
  )
})

test('ChatChunkWriter greets each choice once, keeps a token a chunk, and shows usage only where asked', () => {
  const events: ConversationEvent[] = [
    { type: 'message-start', id: 'answer-1' },
    { type: 'text-delta', choice: 0, text: 'a' },
    { type: 'text-delta', choice: 0, text: 'b' },
    { type: 'usage', usage: { promptTokens: 1, completionTokens: 2, totalTokens: 3, cachedTokens: 1 } },
    { type: 'finish', choice: 0, reason: 'stop' },
  ]
  const options = { id: 'made-up', model: 'component', created: 1, includeUsage: false }
  const silent = new ChatChunkWriter(options)
  const chunks = silent.write(events)
  assert.deepEqual(chunks, [
    ...[{ role: 'assistant', content: 'a' }, { content: 'b' }, {}].map((delta, at) => ({
      ...{ id: 'answer-1', object: 'chat.completion.chunk', created: 1, model: 'component' },
      choices: [{ index: 0, delta, logprobs: null, finish_reason: at === 2 ? 'stop' : null }],
    })),
  ])
  assert.deepEqual(silent.end(), [])
  const telling = new ChatChunkWriter({ ...options, includeUsage: true })
  assert.ok(telling.write(events).every(({ usage }) => usage === null))
  assert.deepEqual(
    telling.end().map(({ choices, usage }) => ({ choices, usage })),
    [
      {
        choices: [],
        usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3, prompt_tokens_details: { cached_tokens: 1 } },
      },
    ],
  )
})
