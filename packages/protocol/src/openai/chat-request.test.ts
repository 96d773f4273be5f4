import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConversationRequest } from '../conversation/request.ts'
import { ConversationError } from '../error.ts'
import { readChatRequest, writeChatRequest } from './chat-request.ts'

const messages = [{ role: 'user', content: 'Hello' }]
const asked: ConversationRequest = { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] }
const schema = { type: 'object', properties: { x: { type: 'number' } } }
const write = (request: Partial<ConversationRequest>, model = 'gpt-4.1') =>
  writeChatRequest({ ...asked, ...request }, { model, stream: true })

/** Members that mean the same in both directions. */
const both: readonly [name: string, wire: object, request: Partial<ConversationRequest>][] = [
  ['a temperature', { temperature: 0 }, { temperature: 0 }],
  [
    'tools',
    { tools: [{ type: 'function', function: { name: 'f', description: 'd', parameters: schema, strict: true } }] },
    { tools: [{ name: 'f', description: 'd', parameters: schema, strict: true }] },
  ],
  ['a tool choice', { tool_choice: 'required' }, { toolChoice: 'required' }],
  ['a chosen tool', { tool_choice: { type: 'function', function: { name: 'f' } } }, { toolChoice: { name: 'f' } }],
  ['a JSON answer', { response_format: { type: 'json_object' } }, { responseFormat: { type: 'json_object' } }],
  [
    'an answer after a schema',
    { response_format: { type: 'json_schema', json_schema: { name: 'n', description: 'd', strict: true, schema } } },
    { responseFormat: { type: 'json_schema', name: 'n', description: 'd', strict: true, schema } },
  ],
  ['labels', { metadata: { run: '7' } }, { metadata: { run: '7' } }],
  [
    'parameters of the provider',
    { seed: 7, stop: ['x'], logit_bias: { 5: -100 }, n: 2, reasoning_effort: 'low' },
    { parameters: { seed: 7, stop: ['x'], logit_bias: { 5: -100 }, n: 2, reasoning_effort: 'low' } },
  ],
]

for (const [name, wire, request] of both) {
  test(`a request with ${name} is read and written`, () => {
    const body = { model: 'gpt-4.1', messages, stream: true, stream_options: { include_usage: true }, ...wire }
    assert.deepEqual(readChatRequest(body), {
      ...{ model: 'gpt-4.1', stream: true, includeUsage: true },
      request: { ...asked, ...request },
    })
    assert.deepEqual(JSON.parse(JSON.stringify(write(request))), body)
  })
}

test('readChatRequest does without stream options, and takes null for absent', () => {
  const { stream, includeUsage, request } = readChatRequest({
    model: 'm',
    messages,
    temperature: null,
    stop: null,
    tools: null,
  })
  assert.deepEqual([stream, includeUsage, request], [false, false, asked])
})

const two = [...messages, { role: 'user', content: 'More' }]
for (const [scrub_pii, scrub] of [
  [true, { messages: [0, 1], output: true }],
  [{ input: true }, { messages: [0, 1], output: false }],
  [
    { input: false, output: true },
    { messages: [], output: true },
  ],
  [{}, undefined],
  [false, undefined],
  [null, undefined],
] as const) {
  test(`readChatRequest takes ${JSON.stringify(scrub_pii)} for what personal data is to be taken out of`, () => {
    const { request } = readChatRequest({ model: 'm', messages: two, scrub_pii })
    assert.deepEqual([request.scrub, request.parameters], [scrub, undefined])
  })
}

test('the limit of an answer keeps the name that the caller gave it', () => {
  for (const name of ['max_tokens', 'max_completion_tokens']) {
    const { request } = readChatRequest({ model: 'm', messages, [name]: 5 })
    assert.equal(request.maxTokens, 5)
    const written = write(request)
    assert.deepEqual(
      [written.max_tokens, written.max_completion_tokens],
      name === 'max_tokens' ? [5, undefined] : [undefined, 5],
    )
  }
})

test('writeChatRequest spares reasoning models what they refuse', () => {
  const { temperature, max_tokens, max_completion_tokens } = write({ temperature: 0.5, maxTokens: 5 }, 'gpt-5-nano')
  assert.deepEqual([temperature, max_tokens, max_completion_tokens], [undefined, undefined, 5])
  const other = write({ temperature: 0.5, maxTokens: 5 }, 'gpt-4o')
  assert.deepEqual([other.temperature, other.max_tokens, other.max_completion_tokens], [0.5, 5, undefined])
})

test('writeChatRequest lets no parameter change the model, the messages or the stream', () => {
  const written = write({ parameters: { model: 'other', messages: [], stream: false, stream_options: {} } })
  assert.deepEqual(
    [written.model, written.messages, written.stream, written.stream_options],
    ['gpt-4.1', messages, true, { include_usage: true }],
  )
})

test('writeChatRequest gives a tool without parameters an empty schema', () => {
  const written = write({ tools: [{ name: 'f' }] })
  assert.deepEqual(written.tools, [
    { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } },
  ])
  assert.equal('tools' in write({ tools: [] }), false)
})

test('writeChatRequest writes the retention of the prompt cache in hours', () => {
  assert.equal(write({ promptCacheRetentionMs: 24 * 3_600_000 }).prompt_cache_retention, '24h')
})

test('writeChatRequest asks for no token counts where nothing streams', () => {
  const written = writeChatRequest(asked, { model: 'm', stream: false })
  assert.deepEqual([written.stream, 'stream_options' in written], [false, false])
})

const wrong: readonly [members: object | string, message: RegExp][] = [
  ['x', /the body must be a JSON object/],
  [{ model: 5 }, /"model" must be a string/],
  [{ temperature: 'hot' }, /"temperature" must be a number/],
  [{ max_tokens: '5' }, /"max_tokens" must be a number/],
  [{ tools: {} }, /"tools" must be a list/],
  [{ tools: [{ type: 'function' }] }, /"tools\[0\]\.function\.name" must be a string/],
  [{ tool_choice: 'perhaps' }, /"tool_choice" must be/],
  [{ response_format: { type: 'xml' } }, /"response_format" must be/],
  [{ response_format: 'json' }, /"response_format" must be/],
  [{ metadata: 'run' }, /"metadata" must be an object/],
  [{ stream_options: true }, /"stream_options" must be an object/],
  [{ response_format: { type: 'json_schema' } }, /"response_format" must be/],
  [{ stream: 'yes' }, /"stream" must be true or false/],
  [{ scrub_pii: 'yes' }, /"scrub_pii" must be true, false, or an object with "input" and "output"/],
  [{ scrub_pii: { input: 1 } }, /"scrub_pii" must be/],
]

for (const [members, message] of wrong) {
  test(`readChatRequest refuses ${JSON.stringify(members)}`, () => {
    assert.throws(
      () => readChatRequest(typeof members === 'string' ? members : { model: 'm', messages, ...members }),
      (error) =>
        error instanceof ConversationError && error.code === 'malformed_request' && message.test(error.message),
    )
  })
}
