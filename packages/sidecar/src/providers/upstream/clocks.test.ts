import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import type { ConversationError } from '@dapr-chat/protocol'
import { CallClocks, type ClockLimits } from './clocks.ts'

const off: ClockLimits = { connectMs: 0, firstTokenMs: 0, idleMs: 0, totalMs: 0 }

/** Clocks on mocked time. `tick` lets time pass, as the one timer of the clocks and the time they read. */
function clocksOf(t: TestContext, limits: Partial<ClockLimits>) {
  let now = 0
  t.mock.method(performance, 'now', () => now)
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const fired: ConversationError[] = []
  const clocks = new CallClocks({ ...off, ...limits }, (error) => fired.push(error))
  const tick = (ms: number) => {
    for (let passed = 0; passed < ms; passed++) {
      now++
      t.mock.timers.tick(1)
    }
    return fired.map(({ clock }) => clock)
  }
  return { clocks, fired, tick }
}

test('the connect clock runs from the call to the connection', (t) => {
  const { fired, tick } = clocksOf(t, { connectMs: 50, firstTokenMs: 10, idleMs: 10 })
  assert.deepEqual(tick(49), [])
  assert.deepEqual(tick(200), ['connect'])
  assert.equal(fired[0]?.code, 'timeout')
  assert.equal(fired[0]?.message, 'the provider accepted no connection within 50 ms')
})

test('the clock of the first token runs from the connection to the first output, whatever else arrives', (t) => {
  const { clocks, fired, tick } = clocksOf(t, { connectMs: 50, firstTokenMs: 100, idleMs: 10 })
  tick(40)
  clocks.connected()
  for (let read = 0; read < 9; read++) {
    clocks.wait()
    assert.deepEqual(tick(10), [])
    clocks.pause()
  }
  assert.deepEqual(tick(10), ['first-token'])
  assert.equal(fired[0]?.message, 'the provider sent no token within 100 ms')
})

test('the idle clock runs while a read waits, and starts again with each', (t) => {
  const { clocks, fired, tick } = clocksOf(t, { idleMs: 50 })
  clocks.connected()
  clocks.committed()
  for (let read = 0; read < 5; read++) {
    clocks.wait()
    assert.deepEqual(tick(40), [])
    clocks.pause()
  }
  // The reader is busy elsewhere: this silence is not the provider's.
  assert.deepEqual(tick(500), [])
  clocks.wait()
  assert.deepEqual(tick(49), [])
  assert.deepEqual(tick(60), ['idle'])
  assert.equal(fired[0]?.message, 'the provider fell silent in the middle of the answer for 50 ms')
})

test('the total clock runs over everything', (t) => {
  const { clocks, fired, tick } = clocksOf(t, { connectMs: 80, firstTokenMs: 80, idleMs: 80, totalMs: 100 })
  tick(30)
  clocks.connected()
  tick(30)
  clocks.committed()
  clocks.wait()
  assert.deepEqual(tick(39), [])
  assert.deepEqual(tick(100), ['total'])
  assert.equal(fired[0]?.message, 'the answer was not complete within 100 ms')
})

test('clocks of 0 never run out', (t) => {
  const forever = clocksOf(t, {})
  assert.deepEqual(forever.tick(1_000), [])
  forever.clocks.stop()
})

test('stopped clocks do not run out', (t) => {
  const { clocks, tick } = clocksOf(t, { connectMs: 50, totalMs: 60 })
  clocks.stop()
  assert.deepEqual(tick(1_000), [])
})

test('a limit beyond the longest timer is waited for in parts', async () => {
  const warned = once(process, 'warning').then(([warning]) => warning as Error)
  const fired: ConversationError[] = []
  const clocks = new CallClocks({ ...off, totalMs: 40 * 24 * 3_600_000 }, (error) => fired.push(error))
  // A timer that is too long fires at once, with a warning, and would do so again and again.
  const outcome = await Promise.race([warned, new Promise((resolve) => setTimeout(resolve, 20, 'quiet'))])
  clocks.stop()
  assert.equal(outcome, 'quiet')
  assert.deepEqual(fired, [])
})

test('after every choice has finished, silence is waited for five seconds at most, whatever the limit', (t) => {
  const { clocks, fired, tick } = clocksOf(t, { firstTokenMs: 300_000, idleMs: 120_000 })
  clocks.connected()
  clocks.finished()
  tick(4_999)
  assert.equal(fired.length, 0)
  tick(1)
  assert.deepEqual(
    fired.map(({ clock }) => clock),
    ['idle'],
  )
})
