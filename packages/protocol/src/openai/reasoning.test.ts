import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { batches, result as results } from '../../testing/arbitraries.ts'
import { chunk, readAnswer, sse, toolChunk } from '../../testing/chat-answer.ts'
import type { AssistantMessage, Message } from '../conversation/message.ts'
import { ResultFold } from '../conversation/result.ts'
import { ChatChunkWriter } from './chat-chunk.ts'
import { writeChatCompletion } from './chat-completion.ts'
import { readChatMessages } from './chat-message.ts'
import { type WriteChatRequestOptions, writeChatRequest } from './chat-request.ts'
import type { Fields } from './lenient.ts'

/** Thinking `hm` and its signature `s`, as they stand in a delta, in an answer's message and in a request's. */
const signed: readonly [name: string, members: object, signature: string][] = [
  ['our own spelling', { reasoning_content: 'hm', reasoning_signature: 's' }, 's'],
  [
    "OpenRouter's details",
    {
      reasoning: 'hm',
      reasoning_details: [
        { type: 'reasoning.text', text: 'h', signature: 'earlier' },
        { type: 'reasoning.text', text: 'm', signature: 's' },
        { type: 'reasoning.encrypted', data: 'x' },
        null,
      ],
    },
    '[{"type":"reasoning.text","signature":"earlier","chars":1},{"type":"reasoning.text","signature":"s","chars":1},{"type":"reasoning.encrypted","data":"x","chars":0}]',
  ],
]

for (const [name, members, signature] of signed) {
  test(`the signature of thinking is read from ${name}, in answers and in requests`, () => {
    const streamed = readAnswer(sse(chunk(members), chunk({ content: 'so' }, 'stop'), '[DONE]'))
    const message = { role: 'assistant', content: 'so', ...members }
    const whole = readAnswer(JSON.stringify({ id: 'c', choices: [{ index: 0, message, finish_reason: 'stop' }] }))
    for (const { result, failure } of [streamed, whole]) {
      assert.equal(failure, undefined)
      assert.deepEqual([result.choices[0]?.reasoning, result.choices[0]?.reasoningSignature], ['hm', signature])
    }
    const [read] = readChatMessages([message])
    assert.ok(read?.role === 'assistant')
    assert.deepEqual([read.reasoning, read.reasoningSignature], ['hm', signature])
  })
}

test('a delta that is nothing but a signature is an event of its own', () => {
  const { events } = readAnswer(
    sse(
      chunk({ reasoning: 'hm' }),
      chunk({ content: '', reasoning_details: [{ type: 'reasoning.text', text: '', signature: 's' }] }, 'stop'),
    ),
  )
  assert.deepEqual(events.slice(1, 3), [
    { type: 'reasoning-delta', choice: 0, text: 'hm' },
    {
      type: 'reasoning-delta',
      choice: 0,
      text: '',
      signature: '[{"type":"reasoning.text","signature":"s","chars":0}]',
    },
  ])
})

const signedCalls: readonly [name: string, members: object][] = [
  ['our own spelling', { signature: 's' }],
  ["Google's spelling", { extra_content: { google: { thought_signature: 's' } } }],
]

for (const [name, members] of signedCalls) {
  test(`the signature of a tool call is read from ${name}, in answers and in requests`, () => {
    const call = { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' }, ...members }
    const streamed = readAnswer(sse(toolChunk(call), chunk({}, 'tool_calls'), '[DONE]'))
    const message = { role: 'assistant', content: null, tool_calls: [call] }
    const whole = readAnswer(JSON.stringify({ id: 'c', choices: [{ message, finish_reason: 'tool_calls' }] }))
    const expected = [{ id: 'a', name: 'f', arguments: '{}', signature: 's' }]
    assert.deepEqual(streamed.result.choices[0]?.toolCalls, expected)
    assert.deepEqual(whole.result.choices[0]?.toolCalls, expected)
    const [read] = readChatMessages([message])
    assert.deepEqual(read?.role === 'assistant' && read.toolCalls, expected)
  })
}

test("a tool call's signature may come before its name", () => {
  const { result } = readAnswer(
    sse(
      toolChunk({ index: 0, id: 'a', signature: 's' }),
      toolChunk({ index: 0, function: { name: 'f', arguments: '{}' } }),
      chunk({}, 'tool_calls'),
    ),
  )
  assert.deepEqual(result.choices[0]?.toolCalls, [{ id: 'a', name: 'f', arguments: '{}', signature: 's' }])
})

test("a tool call's signature may come after its start, and then comes with its end", () => {
  const { events, result } = readAnswer(
    sse(
      toolChunk({ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }),
      toolChunk({ index: 0, extra_content: { google: { thought_signature: 's' } } }),
      chunk({}, 'tool_calls'),
    ),
  )
  assert.deepEqual(
    events.filter(({ type }) => type === 'tool-call-end'),
    [{ type: 'tool-call-end', choice: 0, index: 0, signature: 's' }],
  )
  assert.deepEqual(result.choices[0]?.toolCalls, [{ id: 'a', name: 'f', arguments: '{}', signature: 's' }])
})

test('what stands in the place of a signature and is none is passed over', () => {
  const call = { index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }
  for (const odd of [{ signature: 7 }, { signature: '' }, { extra_content: 'x' }, { extra_content: { google: [] } }]) {
    const { result, failure } = readAnswer(
      sse(chunk({ reasoning_signature: {}, reasoning_details: 'x', tool_calls: [{ ...call, ...odd }] }, 'tool_calls')),
    )
    assert.equal(failure, undefined)
    assert.deepEqual(result.choices[0]?.toolCalls, [{ id: 'a', name: 'f', arguments: '{}' }])
    assert.equal(result.choices[0] && 'reasoningSignature' in result.choices[0], false)
  }
})

test('a signature that is no valid Unicode is made so', () => {
  const call = { id: 'a', function: { name: 'f', arguments: '{}' }, signature: 't\ud83d' }
  const { result } = readAnswer(
    sse(chunk({ reasoning_signature: 's\ude00', tool_calls: [call] }, 'tool_calls'), '[DONE]'),
  )
  assert.equal(result.choices[0]?.reasoningSignature, 's\ufffd')
  assert.equal(result.choices[0]?.toolCalls[0]?.signature, 't\ufffd')
})

/** Thinking, its signature and the signatures of the calls, in the order of the choices. */
const signaturesOf = (result: ReturnType<typeof readAnswer>['result']) =>
  result.choices.map(({ reasoning, reasoningSignature, toolCalls }) => [
    reasoning,
    reasoningSignature,
    ...toolCalls.map(({ signature }) => signature),
  ])

test('the signatures of every stream survive its chunks', () => {
  fc.assert(
    fc.property(batches, (stream) => {
      const writer = new ChatChunkWriter({ id: 'x', model: 'y', created: 1, includeUsage: false })
      const fold = new ResultFold()
      for (const event of stream.flat()) fold.add(event)
      const { result, failure } = readAnswer(sse(...stream.flatMap((batch) => writer.write(batch)), '[DONE]'))
      assert.equal(failure, undefined)
      assert.deepEqual(signaturesOf(result), signaturesOf(fold.result))
    }),
  )
})

test('the signatures of every whole answer survive a completion', () => {
  fc.assert(
    fc.property(results, (answer) => {
      const completion = writeChatCompletion(answer, { id: 'x', model: 'y', created: 1 })
      const { result, failure } = readAnswer(JSON.stringify(completion))
      assert.equal(failure, undefined)
      assert.deepEqual(signaturesOf(result), signaturesOf(answer))
    }),
  )
})

const word = fc.string({ unit: 'grapheme', minLength: 1 })

/** Any earlier answer that OpenAI's wire can hold. */
const earlierAnswer: fc.Arbitrary<AssistantMessage> = fc
  .record(
    {
      role: fc.constant('assistant' as const),
      content: word.map((text) => [{ type: 'text' as const, text }]),
      toolCalls: fc.array(
        fc.record(
          { id: word, name: word, arguments: word, signature: word },
          { requiredKeys: ['id', 'name', 'arguments'] },
        ),
        { maxLength: 2 },
      ),
      reasoning: word,
      reasoningSignature: word,
      refusal: word,
    },
    { requiredKeys: ['role', 'content', 'toolCalls'] },
  )
  .map((message) => structuredClone(message))

const write = (messages: readonly Message[], reasoning?: WriteChatRequestOptions['reasoning']) =>
  writeChatRequest({ messages }, { model: 'm', stream: true, ...(reasoning && { reasoning }) }).messages as Fields[]

test('every earlier answer survives a request that sends the thinking', () => {
  fc.assert(
    fc.property(fc.array(earlierAnswer, { minLength: 1, maxLength: 3 }), (messages) => {
      const body: unknown = JSON.parse(JSON.stringify(write(messages, 'send')))
      assert.deepEqual(readChatMessages(body), messages)
    }),
  )
})

test('no request sends thinking or signatures unasked', () => {
  fc.assert(
    fc.property(fc.array(earlierAnswer, { minLength: 1, maxLength: 3 }), (messages) => {
      const bare = messages.map(({ reasoning: _, reasoningSignature: __, toolCalls, ...rest }) => ({
        ...rest,
        toolCalls: toolCalls.map(({ signature: _, ...call }) => call),
      }))
      assert.deepEqual(write(messages), write(bare, 'send'))
      assert.deepEqual(write(messages, 'omit'), write(messages))
    }),
  )
})

test('a server that wants the thinking of turns with tool calls gets the whole of such a turn and of no other', () => {
  const user: Message = { role: 'user', content: [{ type: 'text', text: 'q' }] }
  const said = (reasoning: string, ...calls: string[]): Message => ({
    role: 'assistant',
    content: [{ type: 'text', text: 'a' }],
    toolCalls: calls.map((id) => ({ id, name: 'f', arguments: '{}', signature: `${id}s` })),
    reasoning,
    reasoningSignature: `${reasoning}s`,
  })
  const answered: Message = { role: 'tool', toolCallId: 'c', name: 'f', content: [{ type: 'text', text: '1' }] }
  const history = [user, said('r1'), user, said('r2', 'c'), answered, said('r3'), user, said('r4'), user]
  const sent = write(history, 'with-tool-calls')
  assert.deepEqual(
    sent.map(({ reasoning_content: thinking }) => thinking),
    [undefined, undefined, undefined, 'r2', undefined, 'r3', undefined, undefined, undefined],
  )
  // It signs nothing, so a signature is some other vendor's.
  assert.equal(JSON.stringify(sent).includes('signature'), false)
})
