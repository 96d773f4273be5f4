import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InvalidRequestError } from './errors.ts'
import { type ChatInput, readInput } from './message.ts'

function refused(input: unknown, message: string | RegExp): void {
  assert.throws(
    () => readInput(input as ChatInput),
    (error) => {
      assert.ok(error instanceof InvalidRequestError)
      if (typeof message === 'string') assert.equal(error.message, message)
      else assert.match(error.message, message)
      return true
    },
  )
}

test('a string is what a user says', () => {
  assert.deepEqual(readInput('hi'), [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }])
})

test('one message needs no list', () => {
  assert.deepEqual(readInput({ role: 'system', content: 'Be brief.', name: 'sys' }), [
    { role: 'system', content: [{ type: 'text', text: 'Be brief.' }], name: 'sys' },
  ])
})

for (const [name, input] of [
  ['an empty list', []],
  ['an empty string', ''],
  ['nothing', undefined],
  ['null', null],
] as const) {
  test(`${name} is refused with the text that the original has`, () => {
    refused(input, "Either 'messages' or 'input_data' must be provided.")
  })
}

test('an unknown role is refused with the roles that exist', () => {
  refused(
    { role: 'robot', content: 'x' },
    "Unrecognized role 'robot'; the roles are system, developer, user, assistant, tool",
  )
})

test('nested lists are refused instead of being put in another order', () => {
  refused(['a', ['b', 'c'], 'd'], /^Cannot read messages\[0\]/)
  refused([{ role: 'user', content: 'a' }, [{ role: 'user', content: 'b' }]], /^Cannot read messages\[1\]/)
})

test('an assistant message keeps its calls, its thinking and its refusal', () => {
  const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } } as const
  const message = {
    role: 'assistant',
    content: null,
    tool_calls: [call],
    reasoning_content: 'hm',
    refusal: 'no',
  } as const
  assert.deepEqual(readInput(message), [
    {
      role: 'assistant',
      content: [],
      toolCalls: [{ id: 'c1', name: 'f', arguments: '{}' }],
      reasoning: 'hm',
      refusal: 'no',
    },
  ])
})

test('an assistant message keeps the signatures of its thinking and of its calls', () => {
  const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' }, signature: 's2' } as const
  assert.deepEqual(readInput({ role: 'assistant', content: 'a', tool_calls: [call], reasoning_signature: 's1' }), [
    {
      role: 'assistant',
      content: [{ type: 'text', text: 'a' }],
      toolCalls: [{ id: 'c1', name: 'f', arguments: '{}', signature: 's2' }],
      reasoningSignature: 's1',
    },
  ])
})

test('an empty tool result keeps its call id', () => {
  assert.deepEqual(readInput([{ role: 'tool', tool_call_id: 'c1', name: 'f', content: '' }]), [
    { role: 'tool', content: [{ type: 'text', text: '' }], toolCallId: 'c1', name: 'f' },
  ])
})

test('a broken tool call is refused with its place', () => {
  refused(
    [{ role: 'assistant', content: '', tool_calls: [{ id: 'c1' }] }],
    /^Cannot read messages\[0\]\.tool_calls\[0\]/,
  )
  refused([{ role: 'tool', content: 'x' }], /tool_call_id/)
  refused([{ role: 'user', content: 7 }], /content must be a string or a list of parts/)
})

test('media come as bytes, as addresses, as data addresses and as base64', () => {
  const bytes = Uint8Array.of(1, 2, 255)
  const content = [
    { type: 'text', text: 'look' },
    { type: 'image', data: 'https://example.com/a.png', detail: 'low' },
    { type: 'image', data: new URL('https://example.com/b.png') },
    { type: 'image', data: 'data:image/png;base64,AQL/' },
    { type: 'image', data: bytes, mediaType: 'image/png' },
    { type: 'audio', data: 'AQL/', mediaType: 'audio/wav' },
    { type: 'file', data: bytes, mediaType: 'application/pdf', filename: 'a.pdf' },
  ] as const
  assert.deepEqual(readInput({ role: 'user', content })[0]?.content, [
    { type: 'text', text: 'look' },
    { type: 'image', source: { url: 'https://example.com/a.png' }, detail: 'low' },
    { type: 'image', source: { url: 'https://example.com/b.png' } },
    { type: 'image', source: { data: bytes, mediaType: 'image/png' } },
    { type: 'image', source: { data: bytes, mediaType: 'image/png' } },
    { type: 'audio', source: { data: bytes, mediaType: 'audio/wav' } },
    { type: 'file', source: { data: bytes, mediaType: 'application/pdf' }, filename: 'a.pdf' },
  ])
})

test('media that cannot be sent are refused with their place', () => {
  const user = (part: unknown) => ({ role: 'user', content: [part] })
  refused(
    user({ type: 'image', data: Uint8Array.of(1) }),
    /^Cannot read messages\[0\]\.content\[0\]: mediaType must be set/,
  )
  refused(user({ type: 'image', data: '§', mediaType: 'image/png' }), /base64/)
  refused(user({ type: 'image', data: 'data:text/plain,hi' }), /must be in base64/)
  refused(user({ type: 'image', data: 7 }), /data must be bytes/)
  refused(user({ type: 'image', data: '' }), /^Cannot read messages\[0\]\.content\[0\]: data must not be empty$/)
  refused(user({ type: 'file', data: new Uint8Array(), mediaType: 'application/pdf' }), /data must not be empty/)
  refused(
    user({ type: 'image', data: 'https://example.com/a.png', detail: 'ultra' }),
    /^Cannot read messages\[0\]\.content\[0\]: detail must be auto, low or high: current value is ultra$/,
  )
  refused(user({ type: 'video', data: 'x' }), /must be text, image, audio or file: current value is video/)
})
