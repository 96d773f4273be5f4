import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytesOf, chunk, cuts, readAnswer, sse } from '../../testing/chat-answer.ts'
import type { ErrorCode } from '../error.ts'

const hello = chunk({ role: 'assistant', content: 'Hel' })
const rest = chunk({ content: 'lo ☕🎉' })
const stop = chunk({}, 'stop')
const usage = { id: 'chatcmpl-1', choices: [], usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } }
const plain = sse(hello, rest, stop, usage, '[DONE]')

const helloText = 'Hello ☕🎉'

const framings: readonly [name: string, body: string][] = [
  ['line feeds', plain],
  ['carriage returns and line feeds', plain.replaceAll('\n', '\r\n')],
  ['bare carriage returns', plain.replaceAll('\n', '\r')],
  ['a mix of line ends', sse(hello).replaceAll('\n', '\r\n') + sse(rest).replaceAll('\n', '\r') + sse(stop, '[DONE]')],
  ['a byte order mark', `\uFEFF${plain}`],
  ['no space after the colon', plain.replaceAll('data: ', 'data:')],
  ['comments between events', `: OPENROUTER PROCESSING\n\n${plain.replaceAll('\n\n', '\n\n: ping\n')}`],
  ['keep-alive comments inside data lines', sse(hello, ': keepalive', rest, '', stop, '[DONE]')],
  ['an event over several data lines', plain.replaceAll('data: {', 'data: {\ndata: ')],
  ['other fields and named events', plain.replaceAll('data: ', 'id: 7\nretry: 9\nevent: message\ndata: ')],
  ['an unknown kind of event', sse({ type: 'heartbeat' }, hello, rest, { x_groq: { id: 'q' } }, stop, '[DONE]')],
  ['no [DONE]', sse(hello, rest, stop, usage)],
  ['[DONE] without its blank line', `${sse(hello, rest, stop)}data: [DONE]`],
  ['a last event without its blank line', sse(hello, rest, stop).trimEnd()],
]

for (const [name, body] of framings) {
  test(`ChatStreamReader reads an answer with ${name}, whole and cut at every byte`, () => {
    const whole = readAnswer(body)
    assert.equal(whole.failure, undefined)
    assert.equal(whole.result.choices[0]?.text, helloText)
    assert.equal(whole.result.choices[0]?.finishReason, 'stop')
    for (const pieces of cuts(body)) {
      const cut = readAnswer(pieces)
      assert.equal(cut.failure, undefined)
      assert.deepEqual(cut.result, whole.result)
    }
  })
}

test('ChatStreamReader stops at the first [DONE] and reads nothing behind it', () => {
  const { result, events, done } = readAnswer(sse(hello, rest, stop, '[DONE]', '[DONE]', chunk({ content: 'more' })))
  assert.equal(done, true)
  assert.equal(result.choices[0]?.text, helloText)
  assert.equal(events.filter(({ type }) => type === 'finish').length, 1)
})

test('ChatStreamReader takes [DONE] without a finish reason for an end of unknown reason', () => {
  const { result, failure } = readAnswer(sse(hello, '[DONE]'))
  assert.equal(failure, undefined)
  assert.equal(result.choices[0]?.finishReason, 'unknown')
})

test('ChatStreamReader calls an answer cut at any byte before its finish reason interrupted, and gives what came', () => {
  const body = bytesOf(sse(hello, rest, stop))
  const finished = bytesOf(sse(hello, rest, stop).trimEnd()).length
  for (let length = 0; length < body.length; length++) {
    const { failure, result, events } = readAnswer(body.subarray(0, length))
    if (length >= finished) {
      assert.equal(failure, undefined, `cut at ${length}`)
      continue
    }
    assert.equal(
      events.some(({ type }) => type === 'finish'),
      false,
      `cut at ${length}`,
    )
    assert.equal(failure?.code, events.length > 0 || length > bytesOf('data: ').length ? 'interrupted' : 'protocol')
    assert.ok(helloText.startsWith(result.choices[0]?.text ?? ''), `cut at ${length}`)
    if (length >= bytesOf(sse(hello)).length) assert.ok(result.choices[0]?.text.startsWith('Hel'), `cut at ${length}`)
  }
})

test('ChatStreamReader takes an answer that is cut anywhere behind its finish reason for whole', () => {
  const finished = bytesOf(sse(hello, rest, stop)).length
  const body = bytesOf(sse(hello, rest, stop, usage, '[DONE]'))
  for (let length = finished; length <= body.length; length++) {
    const { failure, result } = readAnswer(body.subarray(0, length))
    assert.equal(failure, undefined, `cut at ${length}`)
    assert.equal(result.choices[0]?.text, helloText)
  }
})

const reports: readonly [name: string, payload: string, code: ErrorCode, message: RegExp][] = [
  ['OpenAI', sse({ error: { message: 'It broke.', type: 'server_error', code: null } }), 'unavailable', /^It broke\.$/],
  [
    'Groq',
    sse({ error: { message: 'Bad tool.', type: 'invalid_request_error', code: 'tool_use_failed', status_code: 400 } }),
    'provider_invalid_request',
    /Bad tool/,
  ],
  [
    'OpenRouter, with choices',
    sse({ error: { code: 502, message: 'Upstream gone' }, choices: [{ index: 0, delta: {}, finish_reason: 'error' }] }),
    'unavailable',
    /Upstream gone/,
  ],
  ['vLLM', sse({ object: 'error', message: 'Too long: maximum context', code: 400 }), 'context_length', /Too long/],
  ['an error event', 'event: error\ndata: {"message":"overloaded","code":"529"}\n\n', 'unavailable', /overloaded/],
  ['a line without a field', '{"error":{"message":"It broke","code":503}}\n\n', 'unavailable', /^It broke$/],
  ['a line without a field or an end', '\r\n{"object":"error","message":"It broke"}\r\n', 'unavailable', /^It broke$/],
  ['an error that is a text', sse({ error: 'rate limit reached' }), 'rate_limit', /rate limit reached/],
  ['an error that says nothing', sse({ error: {} }), 'unavailable', /without a message/],
]

for (const [name, payload, code, message] of reports) {
  test(`ChatStreamReader finds the error of ${name} in a stream, before and after output`, () => {
    const before = readAnswer(payload + sse('[DONE]'))
    assert.deepEqual(before.events, [])
    assert.equal(before.failure?.code, code)
    assert.match(before.failure?.message ?? '', message)
    const after = readAnswer(sse(hello) + payload + sse(rest, stop, '[DONE]'))
    assert.equal(after.result.choices[0]?.text, 'Hel')
    assert.equal(after.failure?.code, code)
    assert.equal(after.done, false)
  })
}

test('ChatStreamReader reads a whole completion where a stream was expected, cut at every byte', () => {
  const message = {
    role: 'assistant',
    content: helloText,
    reasoning_content: 'hm',
    tool_calls: [
      { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
      { id: 'b', type: 'function', function: { name: 'f', arguments: { x: 2 } } },
    ],
  }
  const completion = { id: 'c', model: 'm', choices: [{ index: 0, message, finish_reason: 'tool_calls' }] }
  for (const body of [JSON.stringify(completion), `\uFEFF\n ${JSON.stringify(completion, undefined, 1)}\n`]) {
    for (const pieces of [[bytesOf(body)], ...cuts(body)]) {
      const { result, failure } = readAnswer(pieces)
      assert.equal(failure, undefined)
      assert.deepEqual(result, {
        id: 'c',
        model: 'm',
        choices: [
          {
            index: 0,
            text: helloText,
            reasoning: 'hm',
            refusal: '',
            toolCalls: [
              { id: 'a', name: 'f', arguments: '{"x":1}' },
              { id: 'b', name: 'f', arguments: '{"x":2}' },
            ],
            finishReason: 'tool_calls',
          },
        ],
      })
    }
  }
})

const impostors: readonly [name: string, body: string, code: ErrorCode, message: RegExp][] = [
  ['an HTML page', ' <!doctype html><title>Welcome</title>', 'protocol', /an HTML page/],
  ['nothing', '', 'protocol', /nothing of an answer/],
  ['comments only', ': ping\n: ping\n', 'protocol', /nothing of an answer/],
  ['[DONE] only', sse('[DONE]'), 'protocol', /no choice/],
  ['an error as JSON', '{"error":{"message":"no credit","code":"insufficient_quota"}}', 'quota', /no credit/],
  ['JSON without choices', '{"id":"x","object":"chat.completion"}', 'protocol', /no choice/],
  ['JSON that is cut off', '{"id":"x","choi', 'protocol', /JSON that does not parse/],
  ['an event that is not JSON', sse(hello, '{"choices":[{]}', stop), 'protocol', /not a JSON object/],
  ['an event that is a number', sse('17'), 'protocol', /not a JSON object/],
]

for (const [name, body, code, message] of impostors) {
  test(`ChatStreamReader does not take ${name} for an answer`, () => {
    const { failure } = readAnswer(body)
    assert.equal(failure?.code, code)
    assert.match(failure.message, message)
  })
}

test('ChatStreamReader gives up on an event, or a body, beyond its limit', () => {
  const long = chunk({ content: 'x'.repeat(1_000) })
  for (const body of [sse(long, stop), JSON.stringify(long)]) {
    const pieces = Array.from(bytesOf(body), (byte) => Uint8Array.of(byte))
    const { failure } = readAnswer(pieces, { maxEventChars: 500 })
    assert.equal(failure?.code, 'protocol')
    assert.match(failure.message, /at most 500 characters/)
  }
})

test('ChatStreamReader reads megabytes of tool arguments in small pieces', () => {
  const piece = (args: string) =>
    chunk({ tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: args } }] })
  const part = 'x'.repeat(1_000)
  const body = sse(piece('{"x":"'), ...Array.from({ length: 2_000 }, () => piece(part)), piece('"}'), stop, '[DONE]')
  const { result } = readAnswer(body)
  assert.equal(result.choices[0]?.toolCalls[0]?.arguments.length, 2_000_000 + 8)
})

test('ChatStreamReader expects as many choices as were asked for, unless the provider says that it is done', () => {
  const body = sse(hello, stop)
  assert.equal(readAnswer(body, { choices: 2 }).failure?.code, 'interrupted')
  assert.equal(readAnswer(body + sse(chunk({}, 'stop', 1)), { choices: 2 }).failure, undefined)
  assert.equal(readAnswer(body + sse('[DONE]'), { choices: 2 }).failure, undefined)
})
