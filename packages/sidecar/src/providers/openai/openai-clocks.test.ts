import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '@dapr-chat/protocol'
import { callOf, chunk, finish, scriptedProvider, silence, textAnswer } from '@dapr-chat/sidecar/testing'
import { openaiProvider, outcomeOf, textOfOutcome } from '../../../test/openai-provider.ts'

async function* stalling(...pieces: readonly string[]): AsyncGenerator<string> {
  yield* pieces
  await silence
}

test('a connection that is never ready runs out the connect clock, and is closed', async () => {
  // A server that never answers the TLS handshake.
  const server = createServer((socket) => socket.resume().on('error', () => {}))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const closed = once(server, 'connection').then(([socket]) => once(socket, 'close'))
  await using provider = openaiProvider(`https://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, {
    connectTimeout: 50,
  })
  const { error } = await outcomeOf(provider.converse(callOf()))
  assert.deepEqual([error?.code, error?.clock], ['timeout', 'connect'])
  await closed
  server.close()
})

const stalls: readonly [
  name: string,
  pieces: readonly string[] | undefined,
  limit: object,
  clock: Clock,
  text: string,
][] = [
  ['no headers', undefined, { firstTokenTimeout: 50, idleTimeout: 10, connectTimeout: 5_000 }, 'first-token', ''],
  ['headers only', [''], { firstTokenTimeout: 50, idleTimeout: 10 }, 'first-token', ''],
  ['a greeting only', [chunk({ role: 'assistant', content: '' })], { firstTokenTimeout: 50 }, 'first-token', ''],
  ['half an answer', [chunk({ content: 'Hel' })], { firstTokenTimeout: 5_000, idleTimeout: 50 }, 'idle', 'Hel'],
  ['half a thought', [chunk({ reasoning: 'hm' })], { firstTokenTimeout: 5_000, idleTimeout: 50 }, 'idle', ''],
  ['half an answer, limited as a whole', [chunk({ content: 'Hel' })], { totalTimeout: 400 }, 'total', 'Hel'],
  ['nothing, limited as a whole', undefined, { totalTimeout: 50 }, 'total', ''],
]

for (const [name, pieces, limits, clock, text] of stalls) {
  test(`a provider that stalls with ${name} runs out the ${clock} clock, and its connection is closed`, async () => {
    await using upstream = await scriptedProvider(() => (pieces ? { body: stalling(...pieces) } : silence))
    await using provider = openaiProvider(upstream.url, limits)
    const outcome = await outcomeOf(provider.converse(callOf()))
    assert.deepEqual([outcome.error?.code, outcome.error?.clock], ['timeout', clock])
    assert.equal(textOfOutcome(outcome), text)
    await upstream.connectionClosed()
  })
}

test('an answer that takes longer than each clock, but is never silent for long, is whole', async () => {
  await using upstream = await scriptedProvider({
    body: (async function* () {
      for (const piece of textAnswer(...'abcdefgh')) {
        await delay(20)
        yield piece
      }
    })(),
  })
  await using provider = openaiProvider(upstream.url, { firstTokenTimeout: 200, idleTimeout: 200 })
  const outcome = await outcomeOf(provider.converse(callOf()))
  assert.equal(outcome.error, undefined)
  assert.equal(textOfOutcome(outcome), 'abcdefgh')
})

test('keep-alive comments count as a sign of life, but not as the first token', async () => {
  const pinging = async function* (...pieces: readonly string[]) {
    yield* pieces
    for (;;) {
      await delay(10)
      yield ': ping\n'
    }
  }
  await using upstream = await scriptedProvider(({ index }) => ({
    body: pinging(...(index === 0 ? [] : [chunk({ content: 'a' })])),
  }))
  await using provider = openaiProvider(upstream.url, { firstTokenTimeout: 100, idleTimeout: 200, totalTimeout: 500 })
  const first = await outcomeOf(provider.converse(callOf()))
  assert.equal(first.error?.clock, 'first-token')
  const second = await outcomeOf(provider.converse(callOf()))
  assert.equal(second.error?.clock, 'total')
})

test('the idle clock does not run while the caller is slow', async () => {
  await using upstream = await scriptedProvider({ body: textAnswer('Hello', ' world') })
  await using provider = openaiProvider(upstream.url, { idleTimeout: 50 })
  let text = ''
  for await (const batch of provider.converse(callOf())) {
    await delay(120)
    for (const event of batch) if (event.type === 'text-delta') text += event.text
  }
  assert.equal(text, 'Hello world')
})

test('a provider that falls silent after its last finish reason has given a whole answer', async () => {
  await using upstream = await scriptedProvider({ body: stalling(chunk({ content: 'Hello' }), finish('stop')) })
  await using provider = openaiProvider(upstream.url, { idleTimeout: 50 })
  const outcome = await outcomeOf(provider.converse(callOf()))
  assert.equal(outcome.error, undefined)
  assert.equal(textOfOutcome(outcome), 'Hello')
  await upstream.connectionClosed()
})

test('an empty answer that has its finish reason is whole, although no token ever came', async () => {
  await using upstream = await scriptedProvider({ body: stalling(finish('stop')) })
  await using provider = openaiProvider(upstream.url, { firstTokenTimeout: 60_000, idleTimeout: 50 })
  const outcome = await outcomeOf(provider.converse(callOf()))
  assert.equal(outcome.error, undefined)
  assert.equal(outcome.result.choices[0]?.finishReason, 'stop')
})
