import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { KeepAlive } from './keep-alive.ts'

test('KeepAlive pings a stream once for each period in which nothing was written', () => {
  mock.timers.enable({ apis: ['setInterval'] })
  const keepAlive = new KeepAlive(100)
  let pings = 0
  const stream = { active: true, ping: () => pings++ }
  keepAlive.add(stream)
  mock.timers.tick(100)
  assert.equal(pings, 0, 'it was written to in the first period')
  mock.timers.tick(100)
  assert.equal(pings, 1)
  stream.active = true
  mock.timers.tick(100)
  assert.equal(pings, 1)
  keepAlive.delete(stream)
  mock.timers.tick(500)
  assert.equal(pings, 1)
  keepAlive.close()
  mock.timers.reset()
})

test('KeepAlive sends nothing where the period is 0', () => {
  mock.timers.enable({ apis: ['setInterval'] })
  const keepAlive = new KeepAlive(0)
  keepAlive.add({ active: false, ping: () => assert.fail('pinged') })
  mock.timers.tick(1_000_000)
  keepAlive.close()
  mock.timers.reset()
})
