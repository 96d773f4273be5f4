import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConversationError } from '@dapr-chat/protocol'
import { OpenCalls } from './open-calls.ts'

test('drain() ends at once where nothing is in progress, and refuses what comes later', async () => {
  const calls = new OpenCalls()
  await calls.drain(60_000, 60_000)
  assert.ok(calls.draining)
  assert.throws(
    () => calls.open(),
    (error) => error instanceof ConversationError && error.code === 'shutting_down',
  )
})

test('drain() waits for the calls in progress, without stopping them', async () => {
  const calls = new OpenCalls()
  const [first, second] = [calls.open(), calls.open()]
  let drained = false
  const draining = calls.drain(60_000, 60_000).then(() => {
    drained = true
  })
  first.close()
  await new Promise(setImmediate)
  assert.equal(drained, false)
  assert.equal(calls.size, 1)
  second.close()
  await draining
  assert.equal(first.signal.aborted || second.signal.aborted, false)
})

test('drain() stops what has not ended in time, with the reason', async () => {
  const calls = new OpenCalls()
  const call = calls.open()
  call.signal.addEventListener('abort', () => call.close())
  await calls.drain(1, 60_000)
  assert.ok(call.signal.reason instanceof ConversationError)
  assert.equal(call.signal.reason.code, 'shutting_down')
})

test('drain() does not wait for ever for a call that does not end even when it is stopped', async () => {
  const calls = new OpenCalls()
  const call = calls.open()
  await calls.drain(1, 1)
  assert.ok(call.signal.aborted)
  assert.equal(calls.size, 1)
})

test('cancel() says that the caller has left', () => {
  const call = new OpenCalls().open()
  call.cancel()
  assert.ok(call.signal.reason instanceof ConversationError)
  assert.equal(call.signal.reason.code, 'cancelled')
})

test('whoever waits for the calls of a moment does not wait for those that begin later', async () => {
  const calls = new OpenCalls()
  await calls.ended()
  const [first, second] = [calls.open(), calls.open()]
  let over = false
  const ended = calls.ended().then(() => {
    over = true
  })
  calls.open()
  first.close()
  await new Promise(setImmediate)
  assert.equal(over, false)
  second.close()
  await ended
})
