import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { nearest } from './nearest.ts'

describe('nearest()', () => {
  const known = ['dapr-http-port', 'dapr-grpc-port', 'metrics-port', 'serve', 'echo']
  const slips = {
    'dapr-htp-port': 'dapr-http-port',
    'dapr-grcp-port': 'dapr-grpc-port',
    'metric-port': 'metrics-port',
    metrics: 'metrics-port',
    srve: 'serve',
    ecko: 'echo',
    ehco: 'echo',
  }
  for (const [given, meant] of Object.entries(slips)) {
    it(`takes ${given} for ${meant}`, () => assert.equal(nearest(given, known), meant))
  }
  for (const given of ['', 'x', 'banana', 'openai']) {
    it(`does not guess what "${given}" was meant to be`, () => assert.equal(nearest(given, known), undefined))
  }
})
