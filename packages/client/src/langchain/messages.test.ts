import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  AIMessage,
  type BaseMessage,
  ChatMessage as GenericMessage,
  HumanMessage,
  RemoveMessage,
  SystemMessage,
  ToolMessage,
} from '@langchain/core/messages'
import { InvalidRequestError } from '../errors.ts'
import type { ChatMessage } from '../message.ts'
import { readMessages } from './messages.ts'

const call = { id: 'c', name: 'f', args: { a: 1 } }
const written = { id: 'c', type: 'function', function: { name: 'f', arguments: '{"a":1}' } } as const

const messages: readonly [what: string, message: BaseMessage, expected: ChatMessage][] = [
  ['a system message', new SystemMessage('Be brief.'), { role: 'system', content: 'Be brief.' }],
  [
    'a message of the developer',
    new SystemMessage({ content: 'Be brief.', additional_kwargs: { __openai_role__: 'developer' } }),
    { role: 'developer', content: 'Be brief.' },
  ],
  ['a named message', new HumanMessage({ content: 'Hi', name: 'ann' }), { role: 'user', content: 'Hi', name: 'ann' }],
  ['a message with a role', new GenericMessage('Hi', 'user'), { role: 'user', content: 'Hi' }],
  [
    'a message of blocks',
    new HumanMessage({
      content: [
        { type: 'text', text: 'Hi' },
        { type: 'audio', data: 'AQI=', mimeType: 'audio/wav' },
      ],
    }),
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Hi' },
        { type: 'audio', data: 'AQI=', mediaType: 'audio/wav' },
      ],
    },
  ],
  [
    'a document',
    new HumanMessage({
      content: [{ type: 'file', file: { file_data: 'data:application/pdf;base64,AQI=', filename: 'a.pdf' } }],
    }),
    { role: 'user', content: [{ type: 'file', data: 'data:application/pdf;base64,AQI=', filename: 'a.pdf' }] },
  ],
  [
    'a call',
    new AIMessage({ content: '', tool_calls: [call] }),
    { role: 'assistant', content: null, tool_calls: [written] },
  ],
  [
    'thinking, signatures and a refusal',
    new AIMessage({
      content: 'A',
      tool_calls: [call],
      additional_kwargs: {
        reasoning_content: 'Hm',
        reasoning_signature: 's1',
        refusal: 'No.',
        tool_call_signatures: { c: 's2' },
      },
    }),
    {
      role: 'assistant',
      content: 'A',
      tool_calls: [{ ...written, signature: 's2' }],
      reasoning_content: 'Hm',
      reasoning_signature: 's1',
      refusal: 'No.',
    },
  ],
  [
    'thinking among the blocks',
    new AIMessage({
      content: [
        { type: 'reasoning', reasoning: 'Hm' },
        { type: 'text', text: 'A' },
      ],
    }),
    { role: 'assistant', content: 'A', reasoning_content: 'Hm' },
  ],
  [
    'the failure of a tool',
    new ToolMessage({ tool_call_id: 'c', name: 'f', content: 'no', status: 'error' }),
    { role: 'tool', tool_call_id: 'c', name: 'f', content: 'no', isError: true },
  ],
  [
    'a result with an image',
    new ToolMessage({
      tool_call_id: 'c',
      content: [
        { type: 'text', text: 'Look: ' },
        { type: 'image', data: 'AQI=', mimeType: 'image/png' },
      ],
    }),
    { role: 'tool', tool_call_id: 'c', content: 'Look: [image]', isError: false },
  ],
]

for (const [what, message, expected] of messages) {
  test(`${what} is read`, () => assert.deepEqual(readMessages([message]), [expected]))
}

test('a message that nobody says is refused', () => {
  assert.throws(() => readMessages([new RemoveMessage({ id: 'm' })]), InvalidRequestError)
})
