import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readAnswer } from '../../testing/chat-answer.ts'
import type { ConversationResult } from '../conversation/result.ts'
import { writeChatCompletion } from './chat-completion.ts'

const options = { id: 'made-up', model: 'component', created: 7 }
const answer = { index: 0, text: 'Hello', reasoning: '', refusal: '', toolCalls: [], finishReason: 'stop' } as const
const calls = [
  { id: 'a', name: 'f', arguments: '{"x":1}' },
  { id: 'b', name: 'f', arguments: '{"x": tru' },
]

const results: readonly [name: string, result: ConversationResult, message: object][] = [
  ['text', { choices: [answer] }, { role: 'assistant', content: 'Hello', refusal: null }],
  ['an empty text', { choices: [{ ...answer, text: '' }] }, { role: 'assistant', content: '', refusal: null }],
  [
    'a thought',
    { choices: [{ ...answer, reasoning: 'hm' }] },
    { role: 'assistant', content: 'Hello', refusal: null, reasoning_content: 'hm' },
  ],
  [
    'a refusal',
    { choices: [{ ...answer, text: '', refusal: 'No', finishReason: 'content_filter' }] },
    { role: 'assistant', content: null, refusal: 'No' },
  ],
  [
    'tool calls',
    { choices: [{ ...answer, text: '', toolCalls: calls, finishReason: 'tool_calls' }] },
    {
      role: 'assistant',
      content: null,
      refusal: null,
      tool_calls: calls.map(({ id, name, arguments: args }) => ({
        ...{ id, type: 'function' },
        function: { name, arguments: args },
      })),
    },
  ],
]

for (const [name, result, message] of results) {
  test(`writeChatCompletion writes ${name}, and ChatStreamReader reads it back`, () => {
    const completion = writeChatCompletion(result, options)
    assert.deepEqual(completion, {
      ...{ id: 'made-up', object: 'chat.completion', created: 7, model: 'component' },
      choices: [{ index: 0, message, logprobs: null, finish_reason: result.choices[0]?.finishReason }],
    })
    const read = readAnswer(JSON.stringify(completion))
    assert.equal(read.failure, undefined)
    assert.deepEqual(read.result, { id: 'made-up', model: 'component', ...result })
  })
}

test('writeChatCompletion gives the id, the model, every choice and the usage of the provider', () => {
  const usage = { promptTokens: 1, completionTokens: 2, totalTokens: 3, cachedTokens: 0, reasoningTokens: 1 }
  const result = { id: 'i', model: 'm', choices: [answer, { ...answer, index: 1, text: 'Hi' }], usage }
  const completion = writeChatCompletion(result, options)
  assert.deepEqual(completion.usage, {
    ...{ prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 1 },
  })
  assert.deepEqual(readAnswer(JSON.stringify(completion)).result, result)
})
