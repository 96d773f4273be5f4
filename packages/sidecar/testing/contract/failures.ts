/** What comes of an answer that fails: always a typed error, and what came before it first. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import type { ErrorCode } from '@dapr-chat/protocol'
import { callOf } from '../call-of.ts'
import { type Outcome, outcomeOf } from '../outcome.ts'
import { reset, type ScriptedAnswer } from '../scripted-answer.ts'
import { type Script, scriptedProvider, silence } from '../scripted-provider.ts'
import type { ProviderWire } from '../wires/provider-wire.ts'
import { answerOf, type ContractSubject, ending, joined, outcomeFor, providerOf, texts } from './subject.ts'

const html = '<!doctype html><title>502</title><h1>Bad gateway</h1>'

export function failuresContract(subject: ContractSubject): void {
  const { type } = subject.definition
  const failing = (name: string, answer: () => ScriptedAnswer, code: ErrorCode, text = '') => {
    test(`${type}: ${name} is "${code}"`, async () => {
      const outcome = await outcomeFor(subject, answer())
      assert.equal(outcome.error?.code, code, outcome.error?.message)
      assert.equal(outcome.text, text)
      // Whatever the package or the provider says, the question stays here.
      assert.ok(!outcome.error.message.includes('Hello?'), outcome.error.message)
    })
  }
  const begun = (words: ProviderWire) => [...words.start(), words.text('Hello')]

  for (const contentType of ['text/html', subject.wire().contentType]) {
    const headers = { 'content-type': contentType }
    failing(`a page of HTML with status 200, said to be ${contentType}`, () => ({ headers, body: html }), 'protocol')
  }
  for (const contentType of ['application/json', subject.wire().contentType]) {
    const headers = { 'content-type': contentType }
    const overloaded = '{"error":{"message":"Too many requests, slow down","type":"rate_limit_error"}}'
    failing(
      `an error in JSON with status 200, said to be ${contentType}`,
      () => ({ headers, body: overloaded }),
      'rate_limit',
    )
    failing(`JSON that is no answer, said to be ${contentType}`, () => ({ headers, body: '{"ok":true}' }), 'protocol')
  }
  failing('an empty body', () => answerOf(subject, () => ''), 'protocol')
  failing('an answer that ends before its finish reason', () => answerOf(subject, begun), 'interrupted', 'Hello')
  failing(
    'an answer that ends in the middle of an event',
    () => answerOf(subject, (words) => joined([...begun(words), words.text(' world').subarray(0, 60)])),
    'interrupted',
    'Hello',
  )
  failing(
    'a connection that breaks in the middle of the answer',
    () => answerOf(subject, (words) => [...begun(words), reset]),
    'interrupted',
    'Hello',
  )
  failing(
    'a report of failure before any output',
    () => answerOf(subject, (words) => [...words.start(), words.failure('Overloaded')]),
    'unavailable',
  )
  failing(
    'a report of failure in the middle of the answer',
    () => answerOf(subject, (words) => joined([...begun(words), words.failure('Overloaded')])),
    'unavailable',
    'Hello',
  )
  failing(
    'a report of failure after the finish reason of an answer that goes on',
    () => answerOf(subject, (words) => joined([...begun(words), words.failure('Overloaded'), ...words.finish(ending)])),
    'unavailable',
    'Hello',
  )

  const refused = (status: number, code: ErrorCode) =>
    failing(`status ${status}`, () => ({ status, headers: json, body: subject.wire().refusal('No') }), code)
  const json = { 'content-type': 'application/json' }
  refused(400, 'provider_invalid_request')
  refused(401, 'auth')
  refused(403, 'auth')
  refused(404, 'provider_invalid_request')
  refused(429, 'rate_limit')
  refused(500, 'unavailable')
  refused(529, 'unavailable')
  failing(
    'a page of HTML with status 500',
    () => ({ status: 500, headers: { 'content-type': 'text/html' }, body: html }),
    'unavailable',
  )
  failing(
    'a prompt that is too long',
    () => ({ status: 400, headers: json, body: subject.wire().refusal('prompt is too long: 9 tokens > 8 maximum') }),
    'context_length',
  )

  test(`${type} says what the provider said, its status, and when to come back`, async () => {
    const body = subject.wire().refusal('Slow down please')
    const { error } = await outcomeFor(subject, { status: 429, headers: { ...json, 'retry-after': '7' }, body })
    assert.match(error?.message ?? '', /Slow down please/)
    assert.deepEqual([error?.status, error?.retryAfterMs], [429, 7_000])
  })

  test(`${type} takes a break after the finish reason for an end`, async () => {
    const answer = answerOf(subject, (words) => [...texts(words, 'Hello').slice(0, -1), reset])
    const { error, text } = await outcomeFor(subject, answer)
    // Where the finish reason and the vendor's last event are one, the break comes before it.
    if (subject.wire().finish(ending).length === 1) assert.equal(error?.code, 'interrupted')
    else assert.equal(error, undefined)
    assert.equal(text, 'Hello')
  })

  test(`${type} cannot reach a provider that refuses connections`, async () => {
    const port = await unusedPort()
    await using provider = providerOf(subject, `http://127.0.0.1:${port}/v1`)
    const { error } = await outcomeOf(provider.converse(callOf()))
    assert.equal(error?.code, 'unavailable')
  })

  const clocks: readonly [clock: string, setting: string, answer: (words: ProviderWire) => Uint8Array[]][] = [
    ['first-token', 'firstTokenTimeout', (words) => [...words.start()]],
    ['idle', 'idleTimeout', begun],
    ['total', 'totalTimeout', begun],
  ]
  for (const [clock, setting, pieces] of clocks) {
    test(`${type} gives up when the clock "${clock}" runs out`, async () => {
      const answer = answerOf(subject, async function* (words) {
        yield* pieces(words)
        await silence
      })
      const { error, text } = await outcomeForWith(subject, answer, { [setting]: '60ms' })
      assert.deepEqual([error?.code, error?.clock], ['timeout', clock])
      assert.equal(text, clock === 'first-token' ? '' : 'Hello')
    })
  }

  test(`${type} gives up on a provider that sends no headers`, async () => {
    const { error } = await outcomeForWith(subject, () => silence, { firstTokenTimeout: '60ms' })
    assert.deepEqual([error?.code, error?.clock], ['timeout', 'first-token'])
  })
}

async function outcomeForWith(
  subject: ContractSubject,
  script: Script,
  metadata: Readonly<Record<string, string>>,
): Promise<Outcome> {
  await using upstream = await scriptedProvider(script)
  await using provider = providerOf(subject, upstream.url, metadata)
  return await outcomeOf(provider.converse(callOf()))
}

/** A port on which nobody listens, as good as that can be known. */
async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
