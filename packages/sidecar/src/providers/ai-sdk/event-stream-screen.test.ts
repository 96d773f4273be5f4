import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AnthropicDialect } from '../anthropic/dialect.ts'
import { GeminiDialect } from '../googleai/dialect.ts'
import { type EventDialect, EventStreamScreen } from './event-stream-screen.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`

function screened(dialect: EventDialect, ...pieces: readonly string[]) {
  const screen = new EventStreamScreen(dialect, 1_000)
  const passed = [...pieces.map((piece) => screen.push(bytes(piece))), screen.end()]
  return { screen, text: Buffer.concat(passed).toString() }
}

const delta = { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 1 } }
const stop = { type: 'message_stop' }

test('the screen passes on what the package knows, and leaves the rest out', () => {
  const start = { type: 'message_start', message: {} }
  const { text, screen } = screened(
    new AnthropicDialect(),
    event(start),
    event({ type: 'ping' }),
    event({ type: 'content_block_sparkle', index: 0 }),
    event(delta),
    event(stop),
    event({ type: 'error', error: { message: 'after the end' } }),
  )
  assert.equal(text, [start, delta, stop].map(event).join(''))
  assert.deepEqual([screen.failure, screen.done], [undefined, true])
})

test('the screen supplies the last event of an answer that has its finish reason', () => {
  const { text, screen } = screened(new AnthropicDialect(), event(delta))
  assert.equal(text, event(delta) + event(stop))
  assert.equal(screen.failure, undefined)
})

test('the screen takes what is left of an event for a break, and after the finish reason for nothing', () => {
  const half = 'data: {"type":"content_block_de'
  assert.equal(screened(new AnthropicDialect(), half).screen.failure?.code, 'interrupted')
  assert.equal(screened(new AnthropicDialect(), event(delta), half).screen.failure, undefined)
})

test('the screen gives a call without an id one', () => {
  const call = { type: 'content_block_start', index: 0, content_block: { type: 'tool_use', id: '', name: 'f' } }
  const { text } = screened(new AnthropicDialect(), event(call))
  assert.match(text, /"id":"toolu_[0-9a-f]{32}"/)
})

test('the screen keeps the kind of a failure that is reported in the stream', () => {
  const failure = (error: object) =>
    screened(new AnthropicDialect(), event({ type: 'error', error })).screen.failure?.code
  assert.equal(failure({ type: 'overloaded_error', message: 'Overloaded' }), 'unavailable')
  assert.equal(failure({ type: 'rate_limit_error', message: 'Slow down' }), 'rate_limit')
  assert.equal(failure({ type: 'authentication_error', message: 'No' }), 'auth')
  assert.equal(failure({ type: 'invalid_request_error', message: 'prompt is too long: 9 > 8' }), 'context_length')
  assert.equal(failure({ type: 'invalid_request_error', message: 'No' }), 'provider_invalid_request')
})

test('the screen gives up on an event, and on a body of JSON, that does not end', () => {
  for (const piece of ['data: ', '{"candidates":[']) {
    const screen = new EventStreamScreen(new GeminiDialect(), 1_000)
    screen.push(bytes(piece))
    for (let sent = 0; sent < 300 && !screen.failure; sent++) screen.push(bytes('"xxxx"'))
    assert.equal(screen.failure?.code, 'protocol')
  }
})

test('the screen tells an answer from a page, from other JSON, and from nothing', () => {
  for (const body of ['<html></html>', '  \n<!doctype html>', '{"ok":true}', '[1,2]', '{"broken', '', ': hello\n\n']) {
    assert.equal(screened(new GeminiDialect(), body).screen.failure?.code, 'protocol', body)
  }
})

test('the screen knows the model and the end of Gemini’s answers', () => {
  const chunk = { candidates: [{ finishReason: 'CONTINUATION' }], modelVersion: 'gemini-1' }
  const begun = screened(new GeminiDialect(), event(chunk)).screen
  assert.deepEqual([begun.model, begun.finished, begun.done], ['gemini-1', false, false])
  const ended = screened(new GeminiDialect(), event({ candidates: [{ finishReason: 'STOP' }] })).screen
  assert.equal(ended.finished, true)
})
