/** How an answer flows: as it comes, no faster than it is read, and no longer than it is wanted. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { ConversationError } from '@dapr-chat/protocol'
import { callOf } from '../call-of.ts'
import { outcomeOf } from '../outcome.ts'
import { type Script, scriptedProvider, silence } from '../scripted-provider.ts'
import { answerOf, type ContractSubject, ending, providerOf, texts } from './subject.ts'

/** The longest time from the caller's leaving to the end of the provider's connection, in milliseconds. */
const CLOSED_WITHIN_MS = 100

export function flowContract(subject: ContractSubject): void {
  const { type } = subject.definition
  const begun = () =>
    answerOf(subject, async function* (words) {
      yield* words.start()
      yield words.text('Hello')
      await silence
    })
  const phases: readonly [name: string, script: Script, text: string][] = [
    ['for headers', () => silence, ''],
    [
      'for the first token',
      () =>
        answerOf(subject, async function* (words) {
          yield* words.start()
          await silence
        }),
      '',
    ],
    ['for the next token', begun, 'Hello'],
  ]

  for (const [name, script, text] of phases) {
    test(`${type}: a caller who leaves while it waits ${name} takes the connection along`, async () => {
      await using upstream = await scriptedProvider(script)
      await using provider = providerOf(subject, upstream.url)
      const caller = new AbortController()
      const answer = outcomeOf(provider.converse(callOf({ signal: caller.signal })))
      await upstream.requestArrived()
      // What the provider has sent has to reach the caller first.
      await setTimeout(50)
      const left = performance.now()
      const reason = new ConversationError('cancelled', 'the caller has gone')
      caller.abort(reason)
      assert.ok((await upstream.connectionClosed()) - left < CLOSED_WITHIN_MS)
      const outcome = await answer
      assert.equal(outcome.error, reason)
      assert.equal(outcome.text, text)
    })
  }

  test(`${type}: a caller who leaves before the call begins makes no connection`, async () => {
    await using upstream = await scriptedProvider(begun)
    await using provider = providerOf(subject, upstream.url)
    const reason = new ConversationError('cancelled', 'the caller has gone')
    const { error } = await outcomeOf(provider.converse(callOf({ signal: AbortSignal.abort(reason) })))
    assert.equal(error, reason)
    assert.equal(upstream.connections, 0)
  })

  test(`${type}: a loop that is left takes the connection along`, async () => {
    await using upstream = await scriptedProvider(begun)
    await using provider = providerOf(subject, upstream.url)
    for await (const batch of provider.converse(callOf())) if (batch.some(({ type }) => type === 'text-delta')) break
    const left = performance.now()
    assert.ok((await upstream.connectionClosed()) - left < CLOSED_WITHIN_MS)
  })

  test(`${type}: a token is not held back until the next one comes`, async () => {
    const tokens = ['a', 'b', 'c'].map((token) => ({ token, read: Promise.withResolvers<void>() }))
    const script = answerOf(subject, async function* (words) {
      yield* words.start()
      for (const { token, read } of tokens) {
        yield words.text(token)
        await read.promise
      }
      yield* words.finish(ending)
    })
    await using upstream = await scriptedProvider(script)
    await using provider = providerOf(subject, upstream.url)
    const read: string[] = []
    for await (const batch of provider.converse(callOf())) {
      for (const event of batch) {
        if (event.type !== 'text-delta') continue
        read.push(event.text)
        tokens.find(({ token }) => token === event.text)?.read.resolve()
      }
    }
    assert.deepEqual(read, ['a', 'b', 'c'])
  })

  test(`${type}: a caller who does not read stops the provider, and one who reads again gets everything`, async () => {
    const pieces = 2_000
    const text = 'x'.repeat(16_000)
    const script = answerOf(subject, function* (words) {
      yield* words.start()
      for (let sent = 0; sent < pieces; sent++) yield words.text(text)
      yield* words.finish(ending)
    })
    await using upstream = await scriptedProvider(script)
    await using provider = providerOf(subject, upstream.url)
    const stream = provider.converse(callOf())[Symbol.asyncIterator]()
    let characters = 0
    const read = async () => {
      const { value, done } = await stream.next()
      for (const event of value ?? []) if (event.type === 'text-delta') characters += event.text.length
      return done !== true
    }
    await read()
    const request = await upstream.requestArrived()
    // The provider has stopped when a while passes in which its connection took nothing.
    let before = -1
    while (before !== request.bytesAccepted) {
      before = request.bytesAccepted
      await setTimeout(100)
    }
    // What it could send fills the sockets of both sides, a few megabytes on loopback, and our own 64 kB.
    assert.ok(before < (text.length * pieces) / 2, `${before} bytes`)
    while (await read());
    assert.equal(characters, text.length * pieces)
  })

  test(`${type} uses the connection of an answer that has ended for the next one`, async () => {
    await using upstream = await scriptedProvider(() => answerOf(subject, (words) => texts(words, 'Hello')))
    await using provider = providerOf(subject, upstream.url)
    for (let turn = 0; turn < 3; turn++) {
      const { error } = await outcomeOf(provider.converse(callOf()))
      assert.equal(error, undefined)
      await setTimeout(20)
    }
    assert.equal(upstream.connections, 1)
  })
}
