import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readEnvironment, readHttpEndpoint } from './environment.ts'

test('without variables the addresses are those of Dapr on this machine', () => {
  assert.deepEqual(readEnvironment({}), {
    httpEndpoint: 'http://127.0.0.1:3500',
    grpcEndpoint: '127.0.0.1:50001',
    apiToken: undefined,
    component: undefined,
  })
})

test('an endpoint wins over a port, and an empty variable counts as not set', () => {
  const environment = readEnvironment({
    DAPR_HTTP_ENDPOINT: 'https://dapr.example.com',
    DAPR_HTTP_PORT: '1',
    DAPR_GRPC_ENDPOINT: '',
    DAPR_GRPC_PORT: '2',
    DAPR_API_TOKEN: 'secret',
    DAPR_LLM_COMPONENT_DEFAULT: '',
  })
  assert.deepEqual(environment, {
    httpEndpoint: 'https://dapr.example.com',
    grpcEndpoint: '127.0.0.1:2',
    apiToken: 'secret',
    component: undefined,
  })
})

test('an HTTP endpoint gets a scheme and loses its last slash', () => {
  assert.equal(readHttpEndpoint('127.0.0.1:3500/'), 'http://127.0.0.1:3500')
  assert.equal(readHttpEndpoint('https://example.com/dapr//'), 'https://example.com/dapr')
  assert.throws(() => readHttpEndpoint('ftp://example.com'), /ftp:\/\/example.com/)
})

test('an endpoint that is no address says which settings lead to it', () => {
  const { httpEndpoint } = readEnvironment({ DAPR_HTTP_PORT: 'abc' })
  assert.throws(() => readHttpEndpoint(httpEndpoint), { code: 'invalid_request', hint: /DAPR_HTTP_PORT/ })
})
