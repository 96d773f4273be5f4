import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { TurnQueue } from './turn-queue.ts'

const never = new AbortController().signal

test('turns of one conversation come one after another, those of others at once', async () => {
  const queue = new TurnQueue()
  const seen: string[] = []
  const turn = async (conversation: string, name: string) => {
    const leave = await queue.enter(conversation, never)
    seen.push(`${name} begins`)
    await setImmediate()
    seen.push(`${name} ends`)
    leave()
  }
  await Promise.all([turn('one', 'a'), turn('one', 'b'), turn('two', 'c'), turn('one', 'd')])
  assert.deepEqual(
    seen.filter((line) => !line.startsWith('c')),
    ['a begins', 'a ends', 'b begins', 'b ends', 'd begins', 'd ends'],
  )
  assert.ok(seen.indexOf('c begins') < seen.indexOf('a ends'))
  await setImmediate()
  assert.equal(queue.size, 0)
})

test('a turn that is aborted while it waits lets the next one follow', async () => {
  const queue = new TurnQueue()
  const leave = await queue.enter('one', never)
  const caller = new AbortController()
  const waiting = queue.enter('one', caller.signal)
  const next = queue.enter('one', never)
  caller.abort(new Error('gone'))
  await assert.rejects(waiting, /gone/)
  let entered = false
  void next.then(() => {
    entered = true
  })
  await setImmediate()
  assert.equal(entered, false)
  leave()
  const leaveNext = await next
  leaveNext()
  await setImmediate()
  assert.equal(queue.size, 0)
})

test('a turn that is aborted ends by itself', async () => {
  const queue = new TurnQueue()
  const caller = new AbortController()
  const leave = await queue.enter('one', caller.signal)
  const next = queue.enter('one', never)
  caller.abort(new Error('gone'))
  const leaveNext = await next
  // Leaving late does not end the turn of another.
  const third = queue.enter('one', never)
  leave()
  let entered = false
  void third.then(() => {
    entered = true
  })
  await setImmediate()
  assert.equal(entered, false)
  leaveNext()
  await third
})

test('an aborted call does not enter', async () => {
  const queue = new TurnQueue()
  await assert.rejects(queue.enter('one', AbortSignal.abort(new Error('gone'))), /gone/)
  assert.equal(queue.size, 0)
})
