import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConversationError, type ConversationEvent, type Converse, compose } from '@dapr-chat/protocol'
import type { CallDetail } from '@dapr-chat/protocol/console'
import { callOf } from '../../testing/index.ts'
import { CallBook } from '../observability/call-book.ts'
import { countAttempts } from './count-attempts.ts'
import { telemetry } from './telemetry.ts'

const component = { name: 'gpt', type: 'conversation.openai', provider: 'openai', model: 'm', endpoint: undefined }
const hello: ConversationEvent = { type: 'text-delta', choice: 0, text: 'Hello' }
const end: ConversationEvent = { type: 'finish', choice: 0, reason: 'stop' }

/** A provider inside its telemetry, and what is known of its calls. */
function observed(provider: Converse) {
  const calls = new CallBook({ priceOf: () => 0.5, contents: undefined, reportInternal: assert.ifError })
  const ended: CallDetail[] = []
  calls.add({ ended: (record, costUsd) => ended.push(record.detail(costUsd)) })
  return { calls, ended, converse: compose(provider, [telemetry(calls, component), countAttempts()]) }
}

test('a call is among those in progress until it has ended, once, with what it cost', async () => {
  const { calls, ended, converse } = observed(async function* () {
    yield [hello, hello]
    yield [end]
  })
  for await (const _ of converse(callOf()))
    assert.deepEqual(
      calls.running().map(({ state }) => state),
      ['running'],
    )
  assert.deepEqual(calls.running(), [])
  assert.deepEqual(
    ended.map(({ state, chunks, attempts, finishReason, costUsd }) => [state, chunks, attempts, finishReason, costUsd]),
    [['succeeded', 2, 1, 'stop', 0.5]],
  )
})

const cut = new ConversationError('interrupted', 'the connection broke')
const left = new ConversationError('cancelled', 'the caller has left')
const outcomes: readonly (readonly [
  what: string,
  batches: readonly ConversationEvent[][],
  error: Error | undefined,
  state: string,
])[] = [
  ['fails before output', [], cut, 'failed'],
  ['fails after output', [[hello]], cut, 'interrupted'],
  ['is stopped by a caller who left', [[hello]], left, 'cancelled'],
  ['is stopped after its finish', [[hello, end]], left, 'succeeded'],
  ['fails after its finish', [[hello, end]], cut, 'interrupted'],
  ['ends without a finish', [[hello]], undefined, 'interrupted'],
]

for (const [what, batches, error, state] of outcomes) {
  test(`an answer that ${what} counts as ${state}`, async () => {
    const { ended, converse } = observed(async function* () {
      yield* batches
      if (error) throw error
    })
    const read = async () => {
      for await (const _ of converse(callOf()));
    }
    await (error ? assert.rejects(read, error) : read())
    assert.deepEqual(
      ended.map((call) => call.state),
      [state],
    )
  })
}

test('a reader who stops early ends the record too: cancelled before the finish, a success after it', async () => {
  const { ended, converse } = observed(async function* () {
    yield [hello]
    yield [end]
    yield [{ type: 'usage', usage: { promptTokens: 1, completionTokens: 1, totalTokens: 2 } }]
  })
  for await (const _ of converse(callOf())) break
  for await (const [event] of converse(callOf())) if (event?.type === 'finish') break
  assert.deepEqual(
    ended.map(({ state, error }) => [state, error?.code]),
    [
      ['cancelled', 'cancelled'],
      ['succeeded', undefined],
    ],
  )
})

test('no call fails because of somebody who wants to know', async () => {
  const told: unknown[] = []
  const calls = new CallBook({
    priceOf: () => undefined,
    contents: undefined,
    reportInternal: (error) => told.push(error),
  })
  const broken = new Error('broken')
  calls.add({
    ended: () => {
      throw broken
    },
  })
  const converse = telemetry(
    calls,
    component,
  )(async function* () {
    yield [end]
  })
  for await (const _ of converse(callOf()));
  assert.deepEqual(told, [broken])
})
