import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Message } from '../conversation/message.ts'
import { ConversationError } from '../error.ts'
import { readChatMessages, writeChatMessages } from './chat-message.ts'

const text = (value: string) => [{ type: 'text' as const, text: value }]
const image = { url: 'https://example.org/cat.png' }

/** Messages that are the same in both directions. */
const both: readonly [name: string, wire: object, message: Message][] = [
  ['a user', { role: 'user', content: 'Hello' }, { role: 'user', content: text('Hello') }],
  ['a named user', { role: 'user', name: 'ann', content: 'Hi' }, { role: 'user', name: 'ann', content: text('Hi') }],
  ['a system', { role: 'system', content: 'Be kind' }, { role: 'system', content: text('Be kind') }],
  ['a developer', { role: 'developer', content: 'Be kind' }, { role: 'developer', content: text('Be kind') }],
  [
    'a tool',
    { role: 'tool', tool_call_id: 'a', content: '21' },
    { role: 'tool', toolCallId: 'a', name: '', content: text('21') },
  ],
  ['an assistant', { role: 'assistant', content: 'Yes' }, { role: 'assistant', content: text('Yes'), toolCalls: [] }],
  [
    'an assistant that called tools',
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } }],
    },
    { role: 'assistant', content: [], toolCalls: [{ id: 'a', name: 'f', arguments: '{"x":1}' }] },
  ],
  [
    'an assistant that thought and refused',
    { role: 'assistant', content: '', refusal: 'No', reasoning_content: 'hm' },
    { role: 'assistant', content: text(''), toolCalls: [], refusal: 'No', reasoning: 'hm' },
  ],
  [
    'a picture by address',
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What?' },
        { type: 'image_url', image_url: { ...image, detail: 'low' } },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What?' },
        { type: 'image', source: image, detail: 'low' },
      ],
    },
  ],
  [
    'a recording',
    { role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'AAEC', format: 'wav' } }] },
    { role: 'user', content: [{ type: 'audio', source: { url: 'data:audio/wav;base64,AAEC' } }] },
  ],
  [
    'a document',
    {
      role: 'user',
      content: [{ type: 'file', file: { file_data: 'data:application/pdf;base64,AAEC', filename: 'a.pdf' } }],
    },
    {
      role: 'user',
      content: [{ type: 'file', source: { url: 'data:application/pdf;base64,AAEC' }, filename: 'a.pdf' }],
    },
  ],
]

for (const [name, wire, message] of both) {
  test(`the message of ${name} is read and written`, () => {
    assert.deepEqual(readChatMessages([wire]), [message])
    assert.deepEqual(JSON.parse(JSON.stringify(writeChatMessages([message], true, 'send'))), [wire])
  })
}

test('writeChatMessages puts bytes into data URLs', () => {
  const source = { data: Uint8Array.of(0, 1, 2), mediaType: 'image/png' }
  const audio = { data: Uint8Array.of(0, 1, 2), mediaType: 'audio/mpeg' }
  const message: Message = {
    role: 'user',
    content: [
      { type: 'image', source },
      { type: 'audio', source: audio },
      { type: 'file', source },
    ],
  }
  assert.deepEqual(writeChatMessages([message], true)[0]?.content, [
    { type: 'image_url', image_url: { url: 'data:image/png;base64,AAEC' } },
    { type: 'input_audio', input_audio: { data: 'AAEC', format: 'mp3' } },
    { type: 'file', file: { file_data: 'data:image/png;base64,AAEC', filename: 'file' } },
  ])
})

for (const type of ['audio', 'file'] as const) {
  test(`writeChatMessages refuses ${type} that is only an address, for which the wire has no place`, () => {
    const message: Message = { role: 'user', content: [{ type, source: { url: 'https://example.org/a' } }] }
    assert.throws(() => writeChatMessages([message], true), {
      code: 'invalid_params',
      message: /^invalid params: (audio|a file) must be given as bytes for this provider$/,
    })
  })
}

test('readChatMessages takes a document by its address, for providers that fetch it, and a detail of null', () => {
  const content = [
    { type: 'file', file: { file_data: 'https://example.org/a.pdf' } },
    { type: 'image_url', image_url: { ...image, detail: null } },
  ]
  assert.deepEqual(readChatMessages([{ role: 'user', content }])[0]?.content, [
    { type: 'file', source: { url: 'https://example.org/a.pdf' } },
    { type: 'image', source: image },
  ])
})

test('writeChatMessages gives a server that is not OpenAI a system instead of a developer', () => {
  assert.equal(writeChatMessages([{ role: 'developer', content: text('x') }], false)[0]?.role, 'system')
})

test('writeChatMessages mends what OpenAI refuses: empty arguments, and names that are none', () => {
  const [assistant, user] = writeChatMessages(
    [
      { role: 'assistant', content: [], toolCalls: [{ id: 'a', name: 'f', arguments: '' }] },
      { role: 'user', name: 'not a name', content: text('x') },
    ],
    true,
  )
  assert.deepEqual(assistant?.tool_calls, [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }])
  assert.deepEqual(user, { role: 'user', content: 'x' })
})

test('readChatMessages takes arguments that are an object, and refusals among the parts', () => {
  const call = { id: 'a', function: { name: 'f', arguments: { x: 1 } } }
  const message = { role: 'assistant', content: [{ type: 'refusal', refusal: 'No' }], tool_calls: [call] }
  assert.deepEqual(readChatMessages([message]), [
    { role: 'assistant', content: text('No'), toolCalls: [{ id: 'a', name: 'f', arguments: '{"x":1}' }] },
  ])
})

const wrong: readonly [messages: unknown, message: RegExp][] = [
  ['x', /"messages" must be a list/],
  [['x'], /"messages\[0\]" must be an object/],
  [[{ role: 'robot', content: 'x' }], /"messages\[0\]\.role" must be system.*"robot"/],
  [[{ role: 'user', content: 5 }], /"messages\[0\]\.content" must be a string or a list/],
  [[{ role: 'user', content: [{ type: 'text', text: 5 }] }], /"messages\[0\]\.content\[0\]\.text" must be a string/],
  [[{ role: 'user', content: [{ type: 'text' }] }], /"messages\[0\]\.content\[0\]\.text" must be a string/],
  [[{ role: 'assistant', content: [{ type: 'refusal' }] }], /\.content\[0\]\.refusal" must be a string/],
  [[{ role: 'assistant', tool_calls: {} }], /"messages\[0\]\.tool_calls" must be a list/],
  [[{ role: 'user', content: [{ type: 'video' }] }], /"messages\[0\]\.content\[0\]\.type" must be/],
  [[{ role: 'user', content: [{ type: 'image_url' }] }], /image_url\.url" must be an address/],
  [[{ role: 'user', content: [{ type: 'input_audio' }] }], /input_audio\.data" must be base64/],
  [
    [{ role: 'user', content: [{ type: 'image_url', image_url: { ...image, detail: 'ultra' } }] }],
    /image_url\.detail" must be auto, low or high: current value is "ultra"$/,
  ],
  [
    [{ role: 'user', content: [{ type: 'file', file: { file_id: 'x' } }] }],
    /file\.file_data" must be a data: URL or an https: address$/,
  ],
  [
    [{ role: 'user', content: [{ type: 'file', file: { file_data: 'AAEC' } }] }],
    /file\.file_data" must be a data: URL or an https: address$/,
  ],
  [[{ role: 'tool', content: '21' }], /"messages\[0\]\.tool_call_id" must be the id of a tool call$/],
  [[{ role: 'tool', tool_call_id: '', content: '21' }], /"messages\[0\]\.tool_call_id" must be the id/],
  [[{ role: 'tool', tool_call_id: 1, content: '21' }], /"messages\[0\]\.tool_call_id" must be the id/],
  [[{ role: 'assistant', tool_calls: [{ id: 'a' }] }], /"messages\[0\]\.tool_calls\[0\]\.function\.name" must be/],
]

for (const [messages, message] of wrong) {
  test(`readChatMessages refuses ${JSON.stringify(messages)}`, () => {
    assert.throws(
      () => readChatMessages(messages),
      (error) =>
        error instanceof ConversationError && error.code === 'malformed_request' && message.test(error.message),
    )
  })
}

test('readChatMessages refuses a request without messages', () => {
  assert.throws(() => readChatMessages([]), { code: 'missing_inputs' })
})
