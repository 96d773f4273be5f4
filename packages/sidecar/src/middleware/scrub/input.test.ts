import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConversationCall, Converse, Message, Scrub } from '@dapr-chat/protocol'
import { callOf } from '../../../testing/index.ts'
import { scrubInput } from './input.ts'

const said = (text: string) => [{ type: 'text' as const, text }]
const image = { type: 'image' as const, source: { url: 'https://example.com/a.png' } }

/** The call that comes out behind the middleware. */
function behind(call: ConversationCall): ConversationCall {
  let seen = call
  const next: Converse = (call) => {
    seen = call
    return (async function* () {})()
  }
  scrubInput()(next)(call)
  return seen
}

function scrubbed(messages: readonly Message[], scrub: Scrub): readonly Message[] {
  return behind(callOf({ messages, scrub })).request.messages
}

test('all five kinds of message are scrubbed, in every text part, and nothing else of them is', () => {
  const prompts = (['system', 'developer', 'user'] as const).map((role) => ({ role, name: 'bob@example.com' }))
  const messages: Message[] = [
    ...prompts.map((prompt) => ({ ...prompt, content: [...said('from 10.8.9.1'), image, ...said('to 10.0.0.1')] })),
    {
      role: 'assistant',
      name: 'bob@example.com',
      content: said('bob@example.com'),
      reasoning: 'hm, 10.8.9.1',
      refusal: 'no, 10.8.9.1',
      toolCalls: [{ id: '12345', name: 'f12345', arguments: '{"ip":"10.8.9.1","n":12345}', signature: '12345' }],
    },
    { role: 'tool', name: 'f12345', toolCallId: '12345', content: said('{"ip":"10.8.9.1"}') },
  ]
  assert.deepEqual(scrubbed(messages, { messages: [0, 1, 2, 3, 4], output: false }), [
    ...prompts.map((prompt) => ({ ...prompt, content: [...said('from <IP>'), image, ...said('to <IP>')] })),
    {
      role: 'assistant',
      name: 'bob@example.com',
      content: said('<EMAIL_ADDRESS>'),
      reasoning: 'hm, <IP>',
      refusal: 'no, <IP>',
      toolCalls: [{ id: '12345', name: 'f12345', arguments: '{"ip":"<IP>","n":"<ZIP_CODE>"}', signature: '12345' }],
    },
    { role: 'tool', name: 'f12345', toolCallId: '12345', content: said('{"ip":"<IP>"}') },
  ])
})

test('only marked messages are scrubbed, and the marks are used up', () => {
  const messages = ['10.8.9.1', '10.8.9.2'].map((text) => ({ role: 'user' as const, content: said(text) }))
  const { request } = behind(callOf({ messages, scrub: { messages: [1], output: true } }))
  assert.deepEqual(request.messages, [messages[0], { role: 'user', content: said('<IP>') }])
  assert.deepEqual(request.scrub, { messages: [], output: true })
  const input = behind(callOf({ messages, scrub: { messages: [1], output: false } }))
  assert.equal(input.request.scrub, undefined)
})

test('a signature goes with the thinking that it signed, and not with what became of it', () => {
  const turn = (reasoning: string): Message => ({
    role: 'assistant',
    content: [],
    toolCalls: [],
    reasoning,
    reasoningSignature: 's',
  })
  const marks = { messages: [0, 1], output: false }
  assert.deepEqual(scrubbed([turn('hm'), turn('hm, 10.8.9.1')], marks), [
    turn('hm'),
    { role: 'assistant', content: [], toolCalls: [], reasoning: 'hm, <IP>' },
  ])
})

test('a call that asks for nothing passes as it is', () => {
  const plain = callOf()
  assert.equal(behind(plain), plain)
  const output = callOf({ scrub: { messages: [], output: true } })
  assert.equal(behind(output), output)
})
