import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { callOf, chunk, done, finish, scriptedProvider, silence, textAnswer } from '@dapr-chat/sidecar/testing'
import { openaiProvider, outcomeOf, textOfOutcome } from '../../../test/openai-provider.ts'

test('a caller who does not read stops the provider from sending, and one who reads again gets everything', async () => {
  const piece = chunk({ content: 'x'.repeat(16_000) })
  const pieces = 4_000
  const total = piece.length * pieces
  await using upstream = await scriptedProvider({
    body: (function* () {
      for (let sent = 0; sent < pieces; sent++) yield piece
      yield finish('stop') + done
    })(),
  })
  await using provider = openaiProvider(upstream.url)
  const stream = provider.converse(callOf())[Symbol.asyncIterator]()
  let characters = 0
  const count = (batch: Awaited<ReturnType<typeof stream.next>>) => {
    for (const event of batch.value ?? []) if (event.type === 'text-delta') characters += event.text.length
    return batch.done !== true
  }
  count(await stream.next())
  const request = await upstream.requestArrived()
  // The provider has stopped when a while passes in which its connection took nothing.
  let before = -1
  while (before !== request.bytesAccepted) {
    before = request.bytesAccepted
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  // What it could send fills the sockets of both sides, a few megabytes on loopback, and our own 64 kB.
  assert.ok(request.bytesAccepted < total / 4, `${request.bytesAccepted} of ${total} bytes`)
  while (count(await stream.next()));
  assert.equal(characters, 16_000 * pieces)
})

test('events come as they arrive: a token is not held back until the next one', async () => {
  const tokens = ['a', 'b', 'c'].map((token) => ({ token, read: Promise.withResolvers<void>() }))
  await using upstream = await scriptedProvider({
    body: (async function* () {
      for (const { token, read } of tokens) {
        yield chunk({ content: token })
        await read.promise
      }
      yield finish('stop') + done
    })(),
  })
  await using provider = openaiProvider(upstream.url)
  const texts: string[] = []
  for await (const batch of provider.converse(callOf())) {
    for (const event of batch) {
      if (event.type !== 'text-delta') continue
      texts.push(event.text)
      // The provider sends the next token only after this one was here.
      tokens.find(({ token }) => token === event.text)?.read.resolve()
    }
  }
  assert.deepEqual(texts, ['a', 'b', 'c'])
})

test('the events of one read are one batch, and every token keeps its own event', async () => {
  await using upstream = await scriptedProvider({ body: textAnswer('a', 'b', 'c').join('') })
  await using provider = openaiProvider(upstream.url)
  const batches: string[][] = []
  for await (const batch of provider.converse(callOf())) batches.push(batch.map(({ type }) => type))
  assert.deepEqual(batches, [['message-start', 'text-delta', 'text-delta', 'text-delta', 'finish', 'usage']])
})

test('calls one after the other use one connection, calls at once use one each', async () => {
  await using upstream = await scriptedProvider({ body: textAnswer('Hello').join('') })
  await using provider = openaiProvider(upstream.url)
  const ask = () => outcomeOf(provider.converse(callOf()))
  for (let call = 0; call < 5; call++) {
    assert.equal((await ask()).error, undefined)
    // The pool offers a connection again one turn of the event loop after its answer has ended.
    await nextTurn()
  }
  assert.equal(upstream.connections, 1)
  const outcomes = await Promise.all([ask(), ask(), ask()])
  assert.deepEqual(outcomes.map(textOfOutcome), ['Hello', 'Hello', 'Hello'])
  assert.equal(upstream.connections, 3)
})

test('an answer ends with [DONE], even where the provider goes on, and its connection is closed in the end', async () => {
  await using upstream = await scriptedProvider({
    body: (async function* () {
      yield* textAnswer('Hello')
      yield chunk({ content: ' more' })
      await silence
    })(),
  })
  await using provider = openaiProvider(upstream.url)
  const outcome = await outcomeOf(provider.converse(callOf()))
  assert.equal(outcome.error, undefined)
  assert.equal(textOfOutcome(outcome), 'Hello')
  await upstream.connectionClosed()
})

test('a connection that the provider closes between two calls does not fail the next one', async () => {
  await using upstream = await scriptedProvider({
    headers: { connection: 'close' },
    body: textAnswer('Hello').join(''),
  })
  await using provider = openaiProvider(upstream.url)
  for (let call = 0; call < 3; call++) {
    assert.equal(textOfOutcome(await outcomeOf(provider.converse(callOf()))), 'Hello')
    await upstream.connectionClosed(call)
  }
  assert.equal(upstream.connections, 3)
})
