import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Message } from '@dapr-chat/protocol'
import { writePrompt } from './prompt.ts'

const dialect = { vendor: 'vendor', sealed: 'thinking' } as const
const says = (text: string) => [{ type: 'text' as const, text }]
const image = { type: 'image', source: { data: new Uint8Array([1]), mediaType: 'image/png' } } as const

test('instructions come first, wherever they stood', () => {
  const messages: Message[] = [
    { role: 'user', content: says('Hi') },
    { role: 'developer', content: says('Be kind.') },
    { role: 'system', content: [...says('Be '), ...says('brief.')] },
  ]
  assert.deepEqual(writePrompt(messages, dialect), [
    { role: 'system', content: 'Be kind.' },
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
  ])
})

test('an instruction that holds an image is refused', () => {
  assert.throws(() => writePrompt([{ role: 'system', content: [image] }], dialect), {
    code: 'invalid_params',
    message: /image parts in a system message/,
  })
})

test('what says nothing is left out', () => {
  const messages: Message[] = [
    { role: 'system', content: [] },
    { role: 'user', content: [...says(''), ...says('Hi')] },
    { role: 'assistant', content: says(''), toolCalls: [], reasoning: 'hm' },
    { role: 'user', content: says('') },
  ]
  assert.deepEqual(writePrompt(messages, dialect), [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }])
})

test('a refusal goes back as text', () => {
  const messages: Message[] = [{ role: 'assistant', content: [], toolCalls: [], refusal: 'No.' }]
  assert.deepEqual(writePrompt(messages, dialect), [{ role: 'assistant', content: [{ type: 'text', text: 'No.' }] }])
})

test('arguments that are no JSON go on as they are', () => {
  const call = { id: 'a', name: 'f', arguments: '{"x":' }
  const [message] = writePrompt([{ role: 'assistant', content: [], toolCalls: [call] }], dialect)
  assert.deepEqual(message?.content, [{ type: 'tool-call', toolCallId: 'a', toolName: 'f', input: '{"x":' }])
})

test('a tool’s answer keeps its images, and finds the call that it answers', () => {
  const messages: Message[] = [
    {
      role: 'assistant',
      content: [],
      toolCalls: [
        { id: '', name: 'draw', arguments: '' },
        { id: '', name: 'tell', arguments: '' },
      ],
    },
    { role: 'tool', toolCallId: '', name: 'tell', content: says('told') },
    { role: 'tool', toolCallId: '', name: '', content: [...says('drawn'), image] },
  ]
  assert.deepEqual(writePrompt(messages, dialect)[1], {
    role: 'tool',
    content: [
      {
        type: 'tool-result',
        toolCallId: 'call_made_2',
        toolName: 'tell',
        output: { type: 'text', value: 'told' },
      },
      {
        type: 'tool-result',
        toolCallId: 'call_made_1',
        toolName: 'draw',
        output: {
          type: 'content',
          value: [
            { type: 'text', text: 'drawn' },
            { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'AQ==' } },
          ],
        },
      },
    ],
  })
})
