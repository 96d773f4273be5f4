import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultSettings } from '@dapr-chat/sidecar'
import { appEnvironment } from './app-environment.ts'

const facts = { protocol: 'http', channelAddress: '127.0.0.1', ssl: false }

test('an app gets the variables of dapr run, and a port and a token only where there are some', () => {
  const standard = {
    APP_ID: 'dapr-chat',
    APP_CHANNEL_ADDRESS: '127.0.0.1',
    APP_PROTOCOL: 'http',
    DAPR_HTTP_PORT: '3500',
    DAPR_GRPC_PORT: '50001',
    DAPR_METRICS_PORT: '9090',
  }
  assert.deepEqual(appEnvironment(defaultSettings, facts), standard)
  const app = { port: 3000, protocol: 'http', channelAddress: '127.0.0.1', maxConcurrency: -1 }
  assert.deepEqual(appEnvironment({ ...defaultSettings, app, apiToken: 't' }, facts), {
    ...standard,
    APP_PORT: '3000',
    DAPR_API_TOKEN: 't',
  })
})

test('the protocol is told as Dapr calls it', () => {
  const protocolOf = (protocol: string, ssl: boolean) =>
    appEnvironment(defaultSettings, { ...facts, protocol, ssl }).APP_PROTOCOL
  assert.equal(protocolOf('GRPC', false), 'grpc')
  assert.equal(protocolOf('grpc', true), 'grpcs')
  assert.equal(protocolOf('http', true), 'https')
  assert.equal(protocolOf('h2c', true), 'h2c')
  assert.equal(protocolOf('carrier pigeon', false), undefined)
})
