import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ConversationResult, collect } from '@dapr-chat/protocol'
import { eventsOf, singleBatch } from './whole-answer.ts'

const whole: ConversationResult = {
  id: 'a',
  model: 'm',
  choices: [
    {
      index: 0,
      text: 'Let me look.',
      reasoning: 'hm',
      reasoningSignature: 's1',
      refusal: '',
      toolCalls: [
        { id: 'c1', name: 'f', arguments: '{"x":1}', signature: 's2' },
        { id: 'c2', name: 'f', arguments: '{}' },
      ],
      finishReason: 'tool_calls',
      rawFinishReason: 'tool_use',
    },
    // Gemini signs answers that show no thinking.
    { index: 1, text: 'Hi', reasoning: '', reasoningSignature: 's3', refusal: '', toolCalls: [], finishReason: 'stop' },
  ],
  usage: { promptTokens: 1, completionTokens: 2, totalTokens: 3 },
}

test('an answer that is shown as a stream is the same answer, with its signatures', async () => {
  assert.deepEqual(await collect(singleBatch(eventsOf(whole))), whole)
})
