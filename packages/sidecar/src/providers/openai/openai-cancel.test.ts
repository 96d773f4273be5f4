import assert from 'node:assert/strict'
import { getEventListeners, once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { ConversationError } from '@dapr-chat/protocol'
import { callOf, chunk, scriptedProvider, silence, textAnswer } from '@dapr-chat/sidecar/testing'
import { openaiProvider, outcomeOf } from '../../../test/openai-provider.ts'

/** The longest time from the caller's leaving to the end of the provider's connection, in milliseconds. */
const CLOSED_WITHIN_MS = 100

const gone = () => new ConversationError('cancelled', 'the caller has gone')

const phases: readonly [name: string, body: () => AsyncIterable<string>, batches: number][] = [
  ['headers', () => stalling(), 0],
  ['the first token', () => stalling(chunk({ role: 'assistant', content: '' })), 1],
  ['the next token', () => stalling(chunk({ content: 'Hello' })), 1],
]

async function* stalling(...pieces: readonly string[]): AsyncGenerator<string> {
  yield* pieces
  await silence
}

for (const [name, body, batches] of phases) {
  test(`a caller who leaves while it waits for ${name} takes the connection along`, async () => {
    await using upstream = await scriptedProvider(() => (name === 'headers' ? silence : { body: body() }))
    await using provider = openaiProvider(upstream.url)
    const caller = new AbortController()
    const stream = provider.converse(callOf({ signal: caller.signal }))[Symbol.asyncIterator]()
    for (let batch = 0; batch < batches; batch++) assert.equal((await stream.next()).done, false)
    const next = stream.next()
    await upstream.requestArrived()
    const left = performance.now()
    const reason = gone()
    caller.abort(reason)
    await assert.rejects(next, (error) => error === reason)
    assert.ok((await upstream.connectionClosed()) - left < CLOSED_WITHIN_MS)
  })
}

test('a caller who leaves before the call begins makes no connection', async () => {
  await using upstream = await scriptedProvider({ body: textAnswer('Hello') })
  await using provider = openaiProvider(upstream.url)
  const reason = gone()
  const { error } = await outcomeOf(provider.converse(callOf({ signal: AbortSignal.abort(reason) })))
  assert.equal(error, reason)
  assert.equal(upstream.connections, 0)
})

test('a caller who leaves while the connection is being made takes it along', async () => {
  // A server that never answers the TLS handshake: the connection is open, and never ready.
  await using deaf = await deafServer()
  await using provider = openaiProvider(`https://127.0.0.1:${deaf.port}/v1`)
  const caller = new AbortController()
  const answer = outcomeOf(provider.converse(callOf({ signal: caller.signal })))
  const socket = await deaf.connected
  const closed = once(socket, 'close').then(() => performance.now())
  const left = performance.now()
  caller.abort(gone())
  assert.equal((await answer).error?.code, 'cancelled')
  assert.ok((await closed) - left < CLOSED_WITHIN_MS)
})

test('a provider that is closed while a connection is being made leaves none behind', async () => {
  await using deaf = await deafServer()
  const provider = openaiProvider(`https://127.0.0.1:${deaf.port}/v1`)
  const answer = outcomeOf(provider.converse(callOf()))
  const socket = await deaf.connected
  const closed = once(socket, 'close')
  await provider.close()
  assert.equal((await answer).error?.code, 'unavailable')
  await closed
})

test('a caller who leaves while it does not read takes the connection along', async () => {
  const piece = chunk({ content: 'x'.repeat(16_000) })
  await using upstream = await scriptedProvider({
    body: (async function* () {
      for (;;) yield piece
    })(),
  })
  await using provider = openaiProvider(upstream.url)
  const caller = new AbortController()
  const stream = provider.converse(callOf({ signal: caller.signal }))[Symbol.asyncIterator]()
  await stream.next()
  const left = performance.now()
  const reason = gone()
  caller.abort(reason)
  assert.ok((await upstream.connectionClosed()) - left < CLOSED_WITHIN_MS)
  await assert.rejects(
    async () => await stream.next(),
    (error) => error === reason,
  )
})

test('a loop that is left takes the connection along', async () => {
  await using upstream = await scriptedProvider({ body: stalling(chunk({ content: 'Hello' })) })
  await using provider = openaiProvider(upstream.url)
  for await (const batch of provider.converse(callOf())) {
    assert.equal(batch.at(-1)?.type, 'text-delta')
    break
  }
  const left = performance.now()
  assert.ok((await upstream.connectionClosed()) - left < CLOSED_WITHIN_MS)
})

test('calls that are cancelled leave the ones beside them alone', async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  await using upstream = await scriptedProvider(({ index }) => ({
    body: (async function* () {
      yield chunk({ content: 'Hello' })
      await (index % 2 === 0 ? silence : released)
      yield* textAnswer(' world')
    })(),
  }))
  await using provider = openaiProvider(upstream.url)
  const caller = new AbortController()
  const outcomes = []
  for (let at = 0; at < 10; at++) {
    outcomes.push(outcomeOf(provider.converse(at % 2 === 0 ? callOf({ signal: caller.signal }) : callOf())))
    await upstream.requestArrived(at)
  }
  caller.abort(gone())
  release()
  const results = await Promise.all(outcomes)
  assert.deepEqual(
    results.map(({ error, result }) => error?.code ?? result.choices[0]?.text),
    results.map((_, at) => (at % 2 === 0 ? 'cancelled' : 'Hello world')),
  )
})

test('after many callers have left, each in another phase, no connection is left and the next call is served', async () => {
  let serving = false
  await using upstream = await scriptedProvider(() => ({
    body: serving ? textAnswer('Hello') : stalling(chunk({ content: 'a' }), chunk({ content: 'b' })),
  }))
  await using provider = openaiProvider(upstream.url)
  const leave = async (turns: number) => {
    const caller = new AbortController()
    const answer = outcomeOf(provider.converse(callOf({ signal: caller.signal })))
    for (let turn = 0; turn < turns; turn++) await nextTurn()
    caller.abort(gone())
    assert.equal((await answer).error?.code, 'cancelled')
  }
  await Promise.all(Array.from({ length: 60 }, (_, at) => leave(at)))
  serving = true
  const { connections } = upstream
  assert.ok(connections > 0)
  await Promise.all(Array.from({ length: connections }, (_, at) => upstream.connectionClosed(at)))
  const { result } = await outcomeOf(provider.converse(callOf()))
  assert.equal(result.choices[0]?.text, 'Hello')
})

test('a call that is over leaves nothing on its signal', async () => {
  await using upstream = await scriptedProvider({ body: textAnswer('Hello') })
  await using provider = openaiProvider(upstream.url)
  const { signal } = new AbortController()
  for (let call = 0; call < 3; call++) await outcomeOf(provider.converse(callOf({ signal })))
  for await (const _batch of provider.converse(callOf({ signal }))) break
  assert.equal(getEventListeners(signal, 'abort').length, 0)
})

interface DeafServer extends AsyncDisposable {
  readonly port: number
  readonly connected: Promise<Socket>
}

/** A server that takes connections and says nothing. */
async function deafServer(): Promise<DeafServer> {
  const server = createServer()
  const connected = once(server, 'connection').then(([socket]) => {
    ;(socket as Socket).resume().on('error', () => {})
    return socket as Socket
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    connected,
    async [Symbol.asyncDispose]() {
      ;(await connected).destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
