import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isTraceTrusted } from './trace-settings.ts'

test('isTraceTrusted() is for this machine, unless the operator says otherwise', () => {
  for (const endpoint of ['http://localhost:11434/v1', 'http://127.0.0.1:8080', 'http://[::1]:1/v1']) {
    assert.ok(isTraceTrusted({ endpoint }), endpoint)
    assert.ok(!isTraceTrusted({ endpoint, propagateTrace: false }), endpoint)
  }
  for (const endpoint of [
    undefined,
    '',
    'https://api.openai.com/v1',
    'http://127.0.0.1.example.com',
    'http://10.0.0.1',
  ]) {
    assert.ok(!isTraceTrusted({ endpoint }), endpoint)
    assert.ok(isTraceTrusted({ endpoint, propagateTrace: true }), endpoint)
  }
})
