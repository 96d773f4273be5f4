import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FinishReason } from '../conversation/event.ts'
import { readFinish, readFinishReason, writeFinish } from './finish-reason.ts'

const readings: readonly [raw: string, hasToolCalls: boolean, reason: FinishReason, kept?: string][] = [
  ['stop', false, 'stop'],
  ['length', false, 'length'],
  ['length', true, 'length'],
  ['tool_calls', true, 'tool_calls'],
  ['content_filter', false, 'content_filter'],
  // Contradictions follow the content.
  ['stop', true, 'tool_calls', 'stop'],
  ['tool_calls', false, 'stop', 'tool_calls'],
  // Words of other servers.
  ['function_call', true, 'tool_calls', 'function_call'],
  ['end_turn', false, 'stop', 'end_turn'],
  ['eos', false, 'stop', 'eos'],
  ['STOP', false, 'stop', 'STOP'],
  ['MAX_TOKENS', false, 'length', 'MAX_TOKENS'],
  ['model_length', false, 'length', 'model_length'],
  ['SAFETY', false, 'content_filter', 'SAFETY'],
  // Anthropic's, Gemini's and Bedrock's.
  ['pause_turn', false, 'stop', 'pause_turn'],
  ['model_context_window_exceeded', false, 'length', 'model_context_window_exceeded'],
  ['refusal', false, 'content_filter', 'refusal'],
  ['PROHIBITED_CONTENT', false, 'content_filter', 'PROHIBITED_CONTENT'],
  ['guardrail_intervened', false, 'content_filter', 'guardrail_intervened'],
  ['insufficient_system_resource', false, 'unknown', 'insufficient_system_resource'],
  ['constructor', false, 'unknown', 'constructor'],
  ['__proto__', false, 'unknown', '__proto__'],
]

for (const [raw, hasToolCalls, reason, kept] of readings) {
  test(`readFinishReason reads ${raw} ${hasToolCalls ? 'with' : 'without'} tool calls as ${reason}`, () => {
    assert.deepEqual(readFinishReason(raw, hasToolCalls), kept === undefined ? { reason } : { reason, raw: kept })
  })
}

const writings: readonly [reason: FinishReason, raw: string | undefined, hasToolCalls: boolean, written: object][] = [
  ['stop', undefined, false, { finish_reason: 'stop' }],
  ['stop', 'end_turn', false, { finish_reason: 'stop', native_finish_reason: 'end_turn' }],
  ['length', 'MAX_TOKENS', true, { finish_reason: 'length', native_finish_reason: 'MAX_TOKENS' }],
  ['tool_calls', undefined, true, { finish_reason: 'tool_calls' }],
  ['tool_calls', 'stop', true, { finish_reason: 'tool_calls', native_finish_reason: 'stop' }],
  ['content_filter', 'SAFETY', false, { finish_reason: 'content_filter', native_finish_reason: 'SAFETY' }],
  ['unknown', undefined, false, { finish_reason: 'stop', finish_reason_known: false }],
  ['unknown', 'odd', false, { finish_reason: 'stop', native_finish_reason: 'odd', finish_reason_known: false }],
  ['unknown', 'odd', true, { finish_reason: 'tool_calls', native_finish_reason: 'odd', finish_reason_known: false }],
]

for (const [reason, raw, hasToolCalls, written] of writings) {
  const calls = hasToolCalls ? 'with' : 'without'
  test(`writeFinish writes ${reason}, said as ${raw}, ${calls} tool calls in OpenAI's words, and readFinish reads it back`, () => {
    const finish = writeFinish(reason, raw, hasToolCalls)
    assert.deepEqual(finish, written)
    assert.deepEqual(readFinish({ ...finish }, hasToolCalls), raw === undefined ? { reason } : { reason, raw })
  })
}

test("readFinish takes the vendor's word from a gateway that puts it beside the common reason", () => {
  const read = (native: unknown) => readFinish({ finish_reason: 'stop', native_finish_reason: native }, false)
  assert.deepEqual(read('completed'), { reason: 'stop', raw: 'completed' })
  for (const nothing of ['stop', '', null, 7]) assert.deepEqual(read(nothing), { reason: 'stop' })
  assert.equal(readFinish({ finish_reason: null, native_finish_reason: 'STOP' }, false), undefined)
})
