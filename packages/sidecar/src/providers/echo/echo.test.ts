import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type ContentPart,
  type ConversationCall,
  ConversationError,
  type ConversationEvent,
  type ConversationRequest,
  collect,
  type JsonObject,
  type JsonValue,
  type Message,
  type ToolCall,
  type ToolDefinition,
} from '@dapr-chat/protocol'
import fc from 'fast-check'
import { echo } from './echo.ts'

const text = (...texts: string[]): ContentPart[] => texts.map((part) => ({ type: 'text', text: part }))
const prompt = (role: 'system' | 'developer' | 'user', ...texts: string[]): Message => ({
  role,
  content: text(...texts),
})
const user = (...texts: string[]) => prompt('user', ...texts)
const assistant = (content: string, ...toolCalls: ToolCall[]): Message => ({
  role: 'assistant',
  content: text(content),
  toolCalls,
})
const toolAnswer = (toolCallId: string, name: string, content: string): Message => ({
  ...{ role: 'tool', toolCallId, name },
  content: text(content),
})
const tool = (name: string, ...properties: string[]): ToolDefinition => ({
  name,
  parameters: { type: 'object', properties: Object.fromEntries(properties.map((key) => [key, { type: 'string' }])) },
})

const callOf = (request: ConversationRequest, signal = new AbortController().signal): ConversationCall => ({
  ...{ component: 'echo', request, signal },
  caller: { id: 'test' },
})

const made = (delay: number) =>
  echo.create(
    { delay, history: false, historyMaxTokens: 1, historyMaxTurns: 1, historyTTL: 0 },
    { component: 'echo', environment: {}, warn: () => {} },
  )

const converse = (request: ConversationRequest, delay = 0, signal?: AbortSignal) =>
  made(delay).converse(callOf(request, signal))

async function batchesOf(request: ConversationRequest, delay?: number) {
  const batches: (readonly ConversationEvent[])[] = []
  for await (const batch of converse(request, delay)) batches.push(batch)
  return batches
}

interface Expected {
  readonly content: string
  readonly words: number
  readonly toolCalls?: readonly ToolCall[]
}

const call123 = { id: 'call_123', name: 'test_function', arguments: 'test-string' }

// E2, E13 and E14 are refused before any provider is asked, and E1 and E12 reach it as one user message for each input.
const examples: Record<string, [ConversationRequest, Expected]> = {
  'E1: one input of Alpha1': [{ messages: [user('well hello there')] }, { content: 'well hello there', words: 3 }],
  'E3: a user message': [
    { messages: [{ role: 'user', name: 'user name', content: text('user message') }] },
    { content: 'user message', words: 2 },
  ],
  'E3: a system message': [{ messages: [prompt('system', 'system message')] }, { content: 'system message', words: 2 }],
  'E3: a developer message': [
    { messages: [prompt('developer', 'developer message')] },
    { content: 'developer message', words: 2 },
  ],
  'E4: an assistant message with a call': [
    { messages: [assistant('assistant message', call123)] },
    { content: 'assistant message', words: 2, toolCalls: [call123] },
  ],
  'E5: a tool message': [
    { messages: [toolAnswer('tool-123', 'tool name', 'tool message')] },
    { content: "Tool Response for tool ID 'tool-123' with name 'tool name': tool message", words: 12 },
  ],
  'E6: all fields': [
    {
      contextId: 'test-conversation-123',
      messages: [user('well hello there'), prompt('system', 'You are a helpful assistant')],
      parameters: { a: 1, b: 'two' },
      metadata: { k: 'v' },
      temperature: 0.7,
      responseFormat: { type: 'json_object' },
      promptCacheRetentionMs: 86_400_000,
      tools: [tool('test_function', 'param1')],
      toolChoice: 'auto',
    },
    {
      content: 'well hello there\nYou are a helpful assistant',
      words: 8,
      toolCalls: [{ id: '0', name: 'test_function', arguments: 'param1' }],
    },
  ],
  'E7: a conversation': [
    {
      messages: [
        user('first user message'),
        assistant('first assistant response'),
        user('second user message'),
        prompt('system', 'system instruction'),
      ],
    },
    { content: 'first user message\nfirst assistant response\nsecond user message\nsystem instruction', words: 11 },
  ],
  'E8: a tool with three parameters': [
    { messages: [user('hello echo')], tools: [tool('myfunc', 'unit', 'name', 'location')] },
    { content: 'hello echo', words: 2, toolCalls: [{ id: '0', name: 'myfunc', arguments: 'location,name,unit' }] },
  ],
  'E8: a text and what a tool answered': [
    { messages: [user('hello echo'), toolAnswer('myid', 'myfunc', 'Dapr')] },
    { content: "hello echo\nTool Response for tool ID 'myid' with name 'myfunc': Dapr", words: 12 },
  ],
  'E8: several parts and messages': [
    { messages: [user('first message', 'second message'), user('third message')] },
    { content: 'first message\nsecond message\nthird message', words: 6 },
  ],
  'E8: an empty text': [{ messages: [user('')] }, { content: '', words: 0 }],
  'E9: no messages': [{ messages: [] }, { content: '', words: 0 }],
  'E10: a tool without parameters': [
    { messages: [user('hi')], tools: [{ name: 'a', parameters: {} }, tool('b', 'x')] },
    {
      content: 'hi',
      words: 1,
      toolCalls: [
        { id: '0', name: 'a', arguments: '' },
        { id: '1', name: 'b', arguments: 'x' },
      ],
    },
  ],
  'E11: tools come before the calls of the history': [
    { messages: [assistant('', { id: 'c1', name: 'f', arguments: '{"a":1}' })], tools: [tool('t', 'p')] },
    {
      content: '',
      words: 0,
      toolCalls: [
        { id: '0', name: 't', arguments: 'p' },
        { id: 'c1', name: 'f', arguments: '{"a":1}' },
      ],
    },
  ],
  'E12: two inputs of Alpha1': [
    { messages: [user('a'), user('b')], contextId: 'x' },
    { content: 'a\nb', words: 2 },
  ],
  'tool choice has no influence': [
    { messages: [user('hi')], tools: [{ name: 't' }], toolChoice: 'none' },
    { content: 'hi', words: 1, toolCalls: [{ id: '0', name: 't', arguments: '' }] },
  ],
  'empty texts are lines, and other parts than text are none': [
    {
      messages: [
        user('', 'a'),
        { role: 'user', content: [{ type: 'image', source: { url: 'https://x.test/y.png' } }] },
        user(''),
      ],
    },
    { content: '\na\n', words: 1 },
  ],
}

for (const [name, [request, { content, words, toolCalls = [] }]] of Object.entries(examples)) {
  test(name, async () => {
    assert.deepEqual(await collect(converse(request)), {
      choices: [
        {
          ...{ index: 0, text: content, reasoning: '', refusal: '', toolCalls },
          finishReason: toolCalls.length > 0 ? 'tool_calls' : 'stop',
        },
      ],
      usage: { promptTokens: words, completionTokens: words, totalTokens: 2 * words },
    })
  })
}

const goTypes: [JsonValue, string][] = [
  ['x', 'string'],
  [1, 'float64'],
  [true, 'bool'],
  [['x'], '[]interface {}'],
  [null, '<nil>'],
]
for (const [properties, type] of goTypes) {
  test(`properties of Go's type ${type} are refused before anything streams`, async () => {
    const parameters: JsonObject = { properties }
    const first = converse({ messages: [user('hi')], tools: [{ name: 't', parameters }] })
      [Symbol.asyncIterator]()
      .next()
    await assert.rejects(first, (error) => {
      assert.ok(error instanceof ConversationError)
      assert.equal(error.code, 'provider_invalid_request')
      assert.equal(error.message, `tool function properties must be a map[string]any, got ${type}`)
      return true
    })
  })
}

test('a text streams word by word, white space and line ends kept', async () => {
  const batches = await batchesOf({ messages: [user('a  b\n'), user('c')], tools: [tool('t', 'p'), { name: 'u' }] })
  assert.deepEqual(batches, [
    [
      { type: 'message-start' },
      { type: 'text-delta', choice: 0, text: 'a' },
      { type: 'text-delta', choice: 0, text: '  b' },
      { type: 'text-delta', choice: 0, text: '\n\nc' },
      { type: 'tool-call-start', choice: 0, index: 0, id: '0', name: 't' },
      { type: 'tool-call-delta', choice: 0, index: 0, arguments: 'p' },
      { type: 'tool-call-end', choice: 0, index: 0 },
      { type: 'tool-call-start', choice: 0, index: 1, id: '1', name: 'u' },
      { type: 'tool-call-end', choice: 0, index: 1 },
      { type: 'finish', choice: 0, reason: 'tool_calls' },
      { type: 'usage', usage: { promptTokens: 3, completionTokens: 3, totalTokens: 6 } },
    ],
  ])
})

test('for every text, the answer streamed is the text', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: fc.constantFrom(' ', '\n', 'a', '😀', '\u00a0') })), async (texts) => {
      const result = await collect(converse({ messages: [user(...texts)] }))
      assert.equal(result.choices[0]?.text, texts.join('\n'))
    }),
  )
})

test('a long text comes in batches of bounded size', async () => {
  const batches = await batchesOf({ messages: [user('word '.repeat(5_000))] })
  assert.ok(batches.length > 1)
  assert.ok(batches.every((batch) => batch.length > 0 && batch.length <= 512))
  assert.equal(batches.flat().filter((event) => event.type === 'text-delta').length, 5_000)
})

test('with a delay each word is a batch, and no time passes before the first', async () => {
  const request = { messages: [user('one two three')] }
  const started = performance.now()
  const batches = await batchesOf(request, 20)
  assert.ok(performance.now() - started >= 38, 'two pauses of 20 ms, less what the timer rounds away')
  assert.deepEqual(
    batches.map((batch) => batch.map((event) => event.type)),
    [['message-start', 'text-delta'], ['text-delta'], ['text-delta', 'finish', 'usage']],
  )
  assert.deepEqual(batches.flat(), (await batchesOf(request)).flat())
  const first = await converse(request, 3_600_000)[Symbol.asyncIterator]().next()
  assert.equal(first.value?.length, 2)
})

test('with a delay a text without words still ends', async () => {
  const result = await collect(converse({ messages: [user('')] }, 3_600_000))
  assert.equal(result.choices[0]?.finishReason, 'stop')
})

test('an abort ends the pause at once, with the reason of the abort', async () => {
  const controller = new AbortController()
  const reason = new ConversationError('cancelled', 'the caller left')
  const stream = converse({ messages: [user('one two')] }, 3_600_000, controller.signal)[Symbol.asyncIterator]()
  await stream.next()
  const second = stream.next()
  setImmediate(() => controller.abort(reason))
  await assert.rejects(second, (error) => error === reason)
})

test('an abort is seen before the first batch and between batches', async () => {
  const reason = new ConversationError('shutting_down', 'the sidecar stops')
  const long = { messages: [user('word '.repeat(5_000))] }
  await assert.rejects(collect(converse(long, 0, AbortSignal.abort(reason))), (error) => error === reason)
  await assert.rejects(collect(converse(long, 1, AbortSignal.abort(reason))), (error) => error === reason)
  const controller = new AbortController()
  const stream = converse(long, 0, controller.signal)[Symbol.asyncIterator]()
  await stream.next()
  controller.abort(reason)
  await assert.rejects(stream.next(), (error) => error === reason)
})

test('a delay beyond its bounds is refused', () => {
  for (const delay of [-1, 3_600_001]) {
    assert.throws(() => made(delay), /^Error: metadata "delay" must be from 0s to 1h/)
  }
})

test('echo passes over media, and the operator is told', async () => {
  const told: string[] = []
  const settings = { delay: 0, history: false, historyMaxTokens: 1, historyMaxTurns: 1, historyTTL: 0 }
  const provider = echo.create(settings, { component: 'echo', environment: {}, warn: (kind) => told.push(kind) })
  const image = { type: 'image', source: { url: 'https://x.test/y.png' } } as const
  const ask = async (content: readonly ContentPart[]) =>
    (await collect(provider.converse(callOf({ messages: [{ role: 'user', content }] })))).choices[0]?.text
  assert.deepEqual([await ask([{ type: 'text', text: 'a' }]), told], ['a', []])
  assert.deepEqual([await ask([{ type: 'text', text: 'a' }, image]), told], ['a', ['media']])
})
