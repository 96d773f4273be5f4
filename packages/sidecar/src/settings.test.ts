import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultSettings, isLoopback, resolveSettings } from './settings.ts'

test('resolveSettings() fills in the defaults', () => {
  assert.deepEqual(resolveSettings({ httpPort: 1 }), { ...defaultSettings, httpPort: 1 })
})

test('resolveSettings() refuses a port that is none', () => {
  for (const port of [-1, 65_536, 1.5, Number.NaN]) {
    assert.throws(() => resolveSettings({ grpcPort: port }), /Cannot use grpcPort.*from 0 to 65535/)
  }
})

test('resolveSettings() refuses an address beyond loopback without a token', () => {
  for (const address of ['0.0.0.0', '::', '192.168.1.7']) {
    assert.throws(() => resolveSettings({ listenAddresses: ['127.0.0.1', address] }), /DAPR_API_TOKEN/)
    assert.doesNotThrow(() => resolveSettings({ listenAddresses: [address], apiToken: 'secret' }))
  }
})

test('isLoopback() knows every spelling of this machine', () => {
  for (const address of ['127.0.0.1', '127.1.2.3', '::1', 'localhost']) assert.ok(isLoopback(address), address)
  for (const address of ['128.0.0.1', '127.0.0.1.example.com', '::', '0.0.0.0'])
    assert.ok(!isLoopback(address), address)
})
