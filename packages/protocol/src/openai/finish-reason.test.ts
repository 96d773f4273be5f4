import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FinishReason } from '../conversation/event.ts'
import { readFinishReason } from './finish-reason.ts'

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
