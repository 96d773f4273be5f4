import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nearest } from './nearest.ts'

test('a slip of the pen is found, whatever the case', () => {
  const names = ['key', 'apiKey', 'model', 'endpoint', 'apiType', 'apiVersion']
  const table: Record<string, string | undefined> = {
    modle: 'model',
    Models: 'model',
    endpiont: 'endpoint',
    end_point: 'endpoint',
    api_key: 'apiKey',
    ky: undefined,
    temperature: undefined,
    mode: 'model',
    apiTypes: 'apiType',
  }
  for (const [name, expected] of Object.entries(table)) assert.equal(nearest(name, names), expected, name)
})

test('the closest of several candidates is taken', () => {
  assert.equal(nearest('responseTTL', ['responseTT', 'responseTTLs', 'respondeTTTL']), 'responseTT')
  assert.equal(nearest('abcdef', ['abcdxy', 'abcdex']), 'abcdex')
})

test('a slip in a flag or a command is found too, and a name that is only begun', () => {
  const known = ['dapr-http-port', 'dapr-grpc-port', 'metrics-port', 'serve', 'echo']
  const table: Record<string, string | undefined> = {
    'dapr-htp-port': 'dapr-http-port',
    'dapr-grcp-port': 'dapr-grpc-port',
    'metric-port': 'metrics-port',
    metrics: 'metrics-port',
    srve: 'serve',
    ehco: 'echo',
    '': undefined,
    x: undefined,
    banana: undefined,
  }
  for (const [name, expected] of Object.entries(table)) assert.equal(nearest(name, known), expected, name)
})
