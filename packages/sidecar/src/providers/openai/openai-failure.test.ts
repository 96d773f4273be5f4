import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { test } from 'node:test'
import type { ErrorCode } from '@dapr-chat/protocol'
import {
  callOf,
  chunk,
  done,
  finish,
  type Piece,
  reset,
  scriptedProvider,
  textAnswer,
  usage,
} from '@dapr-chat/sidecar/testing'
import { openaiProvider, outcomeOf, testKey, textOfOutcome } from '../../../test/openai-provider.ts'
import { hideSecrets } from '../../middleware/hide-secrets.ts'

const json = { 'content-type': 'application/json' }

/** What comes of one call to a provider that answers this. */
async function askedOf(answer: { status?: number; headers?: Record<string, string>; body: string | Iterable<Piece> }) {
  await using upstream = await scriptedProvider(answer)
  await using provider = openaiProvider(upstream.url)
  return await outcomeOf(provider.converse(callOf()))
}

const refusals: readonly [name: string, status: number, body: string, code: ErrorCode, message: RegExp][] = [
  [
    'OpenAI',
    429,
    '{"error":{"message":"Slow down","type":"requests","code":"rate_limit_exceeded"}}',
    'rate_limit',
    /429: Slow down/,
  ],
  ['Azure', 401, '{"error":{"code":"401","message":"Access denied"}}', 'auth', /401: Access denied/],
  ['OpenRouter', 402, '{"error":{"code":402,"message":"Insufficient credits"}}', 'quota', /Insufficient credits/],
  ['vLLM', 400, '{"object":"error","message":"maximum context length is 4096","code":400}', 'context_length', /4096/],
  [
    'Google',
    429,
    '[{"error":{"code":429,"message":"Too fast","status":"RESOURCE_EXHAUSTED","details":[{"retryDelay":"3s"}]}}]',
    'rate_limit',
    /Too fast/,
  ],
  [
    'a proxy',
    502,
    '<html><body>Bad Gateway</body></html>',
    'unavailable',
    /^API returned unexpected status code: 502$/,
  ],
]

for (const [name, status, body, code, message] of refusals) {
  test(`a status ${status} of ${name} is a typed error`, async () => {
    const { error, result } = await askedOf({ status, headers: json, body })
    assert.deepEqual([error?.code, error?.status], [code, status])
    assert.match(error?.message ?? '', message)
    assert.deepEqual(result.choices, [])
  })
}

const hints: readonly [name: string, headers: Record<string, string>, body: string, ms: number][] = [
  ['retry-after', { 'retry-after': '2' }, '{}', 2_000],
  ['retry-after-ms', { 'retry-after-ms': '150', 'retry-after': '1' }, '{}', 150],
  ['RetryInfo', {}, '[{"error":{"code":429,"details":[{"retryDelay":"1.5s"}]}}]', 1_500],
]

for (const [name, headers, body, ms] of hints) {
  test(`the hint in ${name} reaches the caller`, async () => {
    const { error } = await askedOf({ status: 429, headers: { ...json, ...headers }, body })
    assert.deepEqual([error?.code, error?.retryAfterMs, error?.retryable], ['rate_limit', ms, true])
  })
}

test('a refusal that breaks off in its body keeps its status', async () => {
  const { error } = await askedOf({ status: 503, headers: json, body: ['{"error":{"mess', reset] })
  assert.deepEqual([error?.code, error?.status], ['unavailable', 503])
})

test('a refusal with an endless body is read up to a limit', async () => {
  await using upstream = await scriptedProvider({
    status: 500,
    body: (async function* () {
      for (;;) yield 'x'.repeat(10_000)
    })(),
  })
  await using provider = openaiProvider(upstream.url)
  const { error } = await outcomeOf(provider.converse(callOf()))
  assert.equal(error?.status, 500)
  await upstream.connectionClosed()
})

test('behind its middleware, the key leaks through no error: not from a status, not from a stream', async () => {
  const report = JSON.stringify({ error: { message: `Wrong key ${testKey}, sent as Bearer ${testKey}`, code: 'x' } })
  for (const answer of [
    { status: 401, headers: json, body: report },
    { body: report, headers: json },
    { body: `${chunk({ content: 'Hel' })}data: ${report}\n\n` },
  ]) {
    await using upstream = await scriptedProvider(answer)
    await using provider = openaiProvider(upstream.url)
    const { error } = await outcomeOf(hideSecrets([testKey])(provider.converse)(callOf()))
    assert.match(error?.message ?? '', /Wrong key \*\*\*/)
    assert.equal(JSON.stringify({ ...error, message: error?.message, stack: error?.stack }).includes(testKey), false)
  }
})

test('an error in a stream fails the call, with what came before it delivered', async () => {
  const report = 'data: {"error":{"message":"Overloaded","type":"server_error","code":503}}\n\n'
  const before = await askedOf({ body: [report, done] })
  assert.deepEqual([before.error?.code, before.error?.status, textOfOutcome(before)], ['unavailable', 503, ''])
  const after = await askedOf({ body: [chunk({ content: 'Hel' }), report, done] })
  assert.deepEqual([after.error?.code, after.error?.status, textOfOutcome(after)], ['unavailable', 503, 'Hel'])
  const together = await askedOf({ body: chunk({ content: 'Hel' }) + report + finish('stop') + done })
  assert.deepEqual([together.error?.code, textOfOutcome(together)], ['unavailable', 'Hel'])
})

test('HTML and errors as JSON with status 200 are failures; a whole completion as JSON is an answer', async () => {
  const html = await askedOf({ headers: { 'content-type': 'text/html' }, body: '<!DOCTYPE html><h1>Log in</h1>' })
  assert.equal(html.error?.code, 'protocol')
  const failed = await askedOf({ headers: json, body: '{"error":{"message":"No","type":"invalid_request_error"}}' })
  assert.equal(failed.error?.code, 'provider_invalid_request')
  const message = { role: 'assistant', content: 'Hello' }
  const whole = await askedOf({
    headers: json,
    body: JSON.stringify({ choices: [{ message, finish_reason: 'stop' }] }),
  })
  assert.deepEqual([whole.error, textOfOutcome(whole)], [undefined, 'Hello'])
})

test('a provider that is not there is unavailable, and its address stays untold', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  await new Promise((resolve) => server.close(resolve))
  await using provider = openaiProvider(`http://127.0.0.1:${port}/v1`)
  const { error } = await outcomeOf(provider.converse(callOf()))
  assert.equal(error?.code, 'unavailable')
  assert.equal(error.message, 'the provider could not be reached (ECONNREFUSED)')
})

test('a connection that is reset before the headers is unavailable', async () => {
  await using upstream = await scriptedProvider(() => Promise.reject(new Error('reset')))
  await using provider = openaiProvider(upstream.url)
  const { error } = await outcomeOf(provider.converse(callOf()))
  assert.deepEqual([error?.code, error?.retryable], ['unavailable', true])
})

test('an answer that ends, or is reset, at any event before its finish reason is interrupted, with what came delivered', async () => {
  const pieces = ['Hel', 'lo', ' wor', 'ld'].map((content) => chunk({ content }))
  for (let length = 1; length <= pieces.length; length++) {
    const arrived = pieces.slice(0, length)
    const endings: readonly Piece[][] = [[], [reset], ['data: {"choices":[{"del']]
    for (const body of endings.map((ending) => [...arrived, ...ending])) {
      const outcome = await askedOf({ body })
      assert.equal(outcome.error?.code, 'interrupted')
      assert.equal(textOfOutcome(outcome), 'Hello world'.slice(0, [3, 5, 9, 11][length - 1]))
    }
  }
})

test('an answer that breaks off between the choices that were asked for is interrupted', async () => {
  await using upstream = await scriptedProvider({ body: [chunk({ content: 'Hello' }), finish('stop')] })
  await using provider = openaiProvider(upstream.url)
  const { error } = await outcomeOf(provider.converse(callOf({ parameters: { n: 2 } })))
  assert.equal(error?.code, 'interrupted')
})

test('an answer that is reset anywhere after its finish reason is whole', async () => {
  const endings: readonly Piece[][] = [[reset], [usage(1, 1), reset], ['data: {"usa', reset], [done, reset]]
  for (const rest of endings) {
    const outcome = await askedOf({ body: [chunk({ content: 'Hello' }), finish('stop'), ...rest] })
    assert.equal(outcome.error, undefined)
    assert.equal(textOfOutcome(outcome), 'Hello')
  }
})

test('an answer is whole in whatever pieces it comes', async () => {
  const bytes = new TextEncoder().encode(textAnswer('Grüße ', '☕🎉').join('').replaceAll('\n', '\r\n'))
  const outcome = await askedOf({ body: Array.from(bytes, (byte) => Uint8Array.of(byte)) })
  assert.equal(outcome.error, undefined)
  assert.equal(textOfOutcome(outcome), 'Grüße ☕🎉')
  assert.deepEqual(outcome.result.usage, { promptTokens: 3, completionTokens: 2, totalTokens: 5 })
})
