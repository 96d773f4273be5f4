import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chunk, readAnswer, sse, toolChunk } from '../../testing/chat-answer.ts'
import type { Message } from '../conversation/message.ts'
import type { ConversationChoice } from '../conversation/result.ts'
import { writeChatRequest } from './chat-request.ts'
import { ReasoningDetails, readReasoningDetails } from './reasoning-details.ts'

/** The message of an answer as it goes back to a server that signs. */
function sentBack({ choices: [choice] }: { choices: readonly ConversationChoice[] }, reasoning: 'signed' | 'omit') {
  assert.ok(choice)
  const { text, toolCalls, reasoning: thinking, reasoningSignature } = choice
  const message: Message = {
    role: 'assistant',
    content: [{ type: 'text', text }],
    toolCalls,
    reasoning: thinking,
    ...(reasoningSignature !== undefined && { reasoningSignature }),
  }
  const [sent] = writeChatRequest({ messages: [message] }, { model: 'm', stream: true, reasoning }).messages as object[]
  return sent
}

const shared = { format: 'anthropic-claude-v1', index: 0 }

test('blocks that arrive in deltas go back whole, in order, with everything that was said of them', () => {
  const delta = (...details: object[]) => chunk({ reasoning: details.map(textOf).join(''), reasoning_details: details })
  const { result } = readAnswer(
    sse(
      delta({ type: 'reasoning.text', text: 'Let me ', signature: null, ...shared }),
      delta({ type: 'reasoning.text', text: 'see', ...shared }),
      delta({ type: 'reasoning.text', signature: 's1', ...shared }),
      delta({ type: 'reasoning.encrypted', data: 'xyz', id: 'e', format: 'openai-responses-v1', index: 1 }),
      delta({ type: 'reasoning.summary', summary: 'Saw', index: 2 }, { type: 'reasoning.text', text: '!', index: 3 }),
      chunk({ content: 'Yes' }, 'stop'),
    ),
  )
  assert.equal(result.choices[0]?.reasoning, 'Let me seeSaw!')
  const blocks = [
    { type: 'reasoning.text', text: 'Let me see', signature: 's1', ...shared },
    { type: 'reasoning.encrypted', data: 'xyz', id: 'e', format: 'openai-responses-v1', index: 1 },
  ]
  assert.deepEqual(sentBack(result, 'signed'), { role: 'assistant', content: 'Yes', reasoning_details: blocks })
  assert.deepEqual(sentBack(result, 'omit'), { role: 'assistant', content: 'Yes' })
})

function textOf({ text = '', summary = '' }: { text?: string; summary?: string }): string {
  return text + summary
}

test('thinking that nobody signed does not go back', () => {
  const details = [{ type: 'reasoning.text', text: 'hm' }]
  const { result } = readAnswer(sse(chunk({ reasoning: 'hm', reasoning_details: details }), chunk({}, 'stop')))
  assert.deepEqual(sentBack(result, 'signed'), { role: 'assistant', content: '' })
})

test('a call that Google signed goes back in its spelling, and a signature of ours in ours', () => {
  const extra_content = { google: { thought_signature: 's' } }
  const call = { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' }, extra_content }
  const { result } = readAnswer(
    sse(chunk({ reasoning_content: 'hm', reasoning_signature: 'r' }), toolChunk(call), chunk({}, 'tool_calls')),
  )
  assert.deepEqual(sentBack(result, 'signed'), {
    role: 'assistant',
    content: '',
    reasoning_content: 'hm',
    reasoning_signature: 'r',
    tool_calls: [call],
  })
})

test('what looks like a list of blocks and is none is a signature as any other', () => {
  for (const signature of ['[{', '[{}]', '[{"type":"x"}]', '[{"seal":{"signature":"s"},"chars":1}]', 'abc']) {
    assert.equal(readReasoningDetails(signature, 'hm'), undefined)
  }
})

test('details that are none are passed over', () => {
  assert.equal(new ReasoningDetails().push([null, 7, { type: 'reasoning.text' }, { signature: '' }]), undefined)
  assert.equal(new ReasoningDetails().push('x'), undefined)
})
