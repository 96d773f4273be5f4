import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LanguageModelV4StreamPart, LanguageModelV4Usage, SharedV4Warning } from '@ai-sdk/provider'
import { AnswerReader, type AnswerSource } from './answer-reader.ts'

const usage: LanguageModelV4Usage = {
  inputTokens: { total: 10, noCache: 4, cacheRead: 6, cacheWrite: 0 },
  outputTokens: { total: 5, text: 2, reasoning: 3 },
}
const finish = (raw: string | undefined): LanguageModelV4StreamPart => ({
  type: 'finish',
  finishReason: { unified: 'stop', raw },
  usage,
})
const text = (delta: string): LanguageModelV4StreamPart => ({ type: 'text-delta', id: '0', delta })

function read(parts: readonly LanguageModelV4StreamPart[], source: Partial<AnswerSource> = {}) {
  const known = { model: undefined, done: false, failed: false, isForeign: () => false, warn: () => {} }
  const reader = new AnswerReader({ ...known, ...source })
  const events = reader.read(parts)
  reader.end()
  return { events, failure: reader.failure }
}

test('AnswerReader begins an answer that is not announced, with the model that the bytes name', () => {
  const { events, failure } = read([text('Hi'), finish('stop')], { model: 'gemini-1' })
  assert.equal(failure, undefined)
  assert.deepEqual(events, [
    { type: 'message-start', model: 'gemini-1' },
    { type: 'text-delta', choice: 0, text: 'Hi' },
    {
      type: 'usage',
      usage: { promptTokens: 10, completionTokens: 5, totalTokens: 15, cachedTokens: 6, reasoningTokens: 3 },
    },
    { type: 'finish', choice: 0, reason: 'stop' },
  ])
})

test('AnswerReader ends a call when the vendor does, and gives empty arguments their object', () => {
  const { events } = read([
    { type: 'tool-input-start', id: 'a', toolName: 'now' },
    { type: 'tool-input-end', id: 'a' },
    { type: 'tool-call', toolCallId: 'a', toolName: 'now', input: '{}' },
    { type: 'tool-call', toolCallId: 'b', toolName: 'f', input: '{"x":1}' },
    { type: 'tool-call', toolCallId: 'c', toolName: 'search', input: '{}', providerExecuted: true },
    finish('tool_use'),
  ])
  assert.deepEqual(events.slice(1, 7), [
    { type: 'tool-call-start', choice: 0, index: 0, id: 'a', name: 'now' },
    { type: 'tool-call-delta', choice: 0, index: 0, arguments: '{}' },
    { type: 'tool-call-end', choice: 0, index: 0 },
    { type: 'tool-call-start', choice: 0, index: 1, id: 'b', name: 'f' },
    { type: 'tool-call-delta', choice: 0, index: 1, arguments: '{"x":1}' },
    { type: 'tool-call-end', choice: 0, index: 1 },
  ])
  assert.deepEqual(events.at(-1), { type: 'finish', choice: 0, reason: 'tool_calls', raw: 'tool_use' })
})

test('AnswerReader gives a signature that comes at the end of a call', () => {
  const { events } = read([
    { type: 'tool-input-start', id: 'a', toolName: 'now' },
    { type: 'tool-input-end', id: 'a', providerMetadata: { google: { thoughtSignature: 'late' } } },
    finish('stop'),
  ])
  assert.deepEqual(events[3], { type: 'tool-call-end', choice: 0, index: 0, signature: 'late' })
})

test('AnswerReader passes over parts that it does not know', () => {
  const { events, failure } = read([
    { type: 'custom', kind: 'vendor.news' },
    { type: 'tea-break' } as unknown as LanguageModelV4StreamPart,
    text('Hi'),
    finish('stop'),
  ])
  assert.equal(failure, undefined)
  assert.equal(events.filter(({ type }) => type === 'text-delta').length, 1)
})

test('AnswerReader takes an end without a finish reason for a break, unless the vendor’s last event has come', () => {
  assert.equal(read([text('Hi'), finish(undefined)]).failure?.code, 'interrupted')
  assert.equal(read([text('Hi')]).failure?.code, 'interrupted')
  const { events, failure } = read([text('Hi'), finish(undefined)], { done: true })
  assert.equal(failure, undefined)
  assert.deepEqual(events.at(-1), { type: 'finish', choice: 0, reason: 'unknown' })
})

test('AnswerReader does not believe the end of a stream that ended early', () => {
  const { events } = read([text('Hi'), finish('stop')], { failed: true })
  assert.deepEqual(
    events.map(({ type }) => type),
    ['message-start', 'text-delta'],
  )
})

test('AnswerReader reads nothing after the finish', () => {
  const { events } = read([text('Hi'), finish('stop'), text('again'), finish('length')])
  assert.equal(events.filter(({ type }) => type === 'text-delta').length, 1)
  assert.equal(events.filter(({ type }) => type === 'finish').length, 1)
})

const warnings: readonly [name: string, warning: SharedV4Warning, refused: boolean][] = [
  ['a setting of sampling', { type: 'unsupported', feature: 'temperature' }, false],
  ['a limit that was lowered', { type: 'unsupported', feature: 'maxOutputTokens' }, false],
  ['an option of the package', { type: 'unsupported', feature: 'providerOptions.anthropic.effort' }, false],
  ['a model that it does not know', { type: 'compatibility', feature: 'maxOutputTokens' }, false],
  ['tools', { type: 'unsupported', feature: 'function tool f' }, true],
  ['a forced tool', { type: 'unsupported', feature: 'toolChoice' }, true],
  ['the form of the answer', { type: 'unsupported', feature: 'responseFormat' }, true],
  ['results of tools', { type: 'unsupported', feature: 'toolContent' }, true],
  ['a part of a message', { type: 'other', message: 'unsupported tool content part type: file' }, true],
]

for (const [name, warning, refused] of warnings) {
  test(`AnswerReader ${refused ? 'refuses' : 'takes'} an answer where the package warned of ${name}`, () => {
    const { events, failure } = read([{ type: 'stream-start', warnings: [warning] }, text('Hi'), finish('stop')])
    assert.equal(failure?.code, refused ? 'invalid_params' : undefined)
    assert.equal(events.length > 0, !refused)
  })
}

test('AnswerReader fails on an event that the package cannot read, unless it is foreign', () => {
  const error = Object.assign(new Error('validation of {"prompt":"secret"}'), {
    name: 'AI_TypeValidationError',
    value: { mood: 1 },
  })
  const parts: LanguageModelV4StreamPart[] = [text('Hi'), { type: 'error', error }, text('!'), finish('stop')]
  const { events, failure } = read(parts)
  assert.equal(failure?.code, 'protocol')
  assert.ok(!failure.message.includes('secret'))
  assert.deepEqual(events.at(-1), { type: 'text-delta', choice: 0, text: 'Hi' })
  assert.equal(read(parts, { isForeign: (event) => event === error.value }).failure, undefined)
})
