import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { QuietMoment } from './quiet-moment.ts'

/** A moment whose clock the test has in hands; each piece of work lasts until the test ends it. */
function momentOf(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  let now = 0
  t.mock.method(performance, 'now', () => now)
  const ends: (() => void)[] = []
  const moment = new QuietMoment({
    quietMs: 100,
    patienceMs: 250,
    work: () => new Promise<void>((resolve) => ends.push(resolve)),
  })
  const pass = (ms: number) => {
    now += ms
    t.mock.timers.tick(ms)
  }
  const end = async () => {
    ends.at(-1)?.()
    await new Promise(setImmediate)
  }
  return { moment, pass, end, begun: () => ends.length }
}

test('the work begins when signals pause, once for all of them', (t) => {
  const { moment, pass, begun } = momentOf(t)
  for (let count = 0; count < 3; count++) {
    moment.signal()
    pass(60)
  }
  assert.equal(begun(), 0)
  pass(40)
  assert.equal(begun(), 1)
  pass(1_000)
  assert.equal(begun(), 1)
})

test('signals that never pause put the work off for so long and no longer', (t) => {
  const { moment, pass, begun } = momentOf(t)
  for (let count = 0; count < 5; count++) {
    moment.signal()
    pass(50)
  }
  assert.equal(begun(), 1)
})

test('a signal during the work is followed by more work, which does not overlap', async (t) => {
  const { moment, pass, end, begun } = momentOf(t)
  moment.signal()
  pass(100)
  moment.signal()
  pass(1_000)
  assert.equal(begun(), 1)
  await end()
  pass(100)
  assert.equal(begun(), 2)
  await end()
  pass(1_000)
  assert.equal(begun(), 2)
})

test('closing waits for the work that is in progress, and no more begins', async (t) => {
  const { moment, pass, end, begun } = momentOf(t)
  moment.signal()
  pass(100)
  moment.signal()
  let closed = false
  const closing = moment.close().then(() => {
    closed = true
  })
  await new Promise(setImmediate)
  assert.equal(closed, false)
  await end()
  await closing
  moment.signal()
  pass(1_000)
  assert.equal(begun(), 1)
})
