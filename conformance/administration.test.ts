/** What operators and SDKs ask of daprd beside conversations: health, metadata, shutdown, and the API token. */
import assert from 'node:assert/strict'
import { networkInterfaces } from 'node:os'
import { test } from 'node:test'
import { post, send, startSidecar } from '@dapr-chat/sidecar/testing'
import type { ServiceError } from '@grpc/grpc-js'
import { DaprClient, status } from './harness.ts'

const alpha2 = '/v1.0-alpha2/conversation/echo/converse'
const hello = { inputs: [{ messages: [{ ofUser: { content: [{ text: 'hello' }] } }] }] }
const helloMessage = { name: 'echo', inputs: [{ messages: [{ of_user: { content: [{ text: 'hello' }] } }] }] }

test('health is 204 while the ports serve', async () => {
  await using running = await startSidecar(undefined, { appId: 'my-app' })
  for (const path of ['/v1.0/healthz', '/v1.0/healthz/outbound', '/v1.0/healthz?appid=my-app']) {
    const answer = await send(running.http, path)
    assert.deepEqual([answer.status, answer.text], [204, ''], path)
  }
  const other = await send(running.http, '/v1.0/healthz?appid=other')
  assert.equal(other.status, 500)
  assert.deepEqual(JSON.parse(other.text), {
    errorCode: 'ERR_HEALTH_APPID_NOT_MATCH',
    message: 'dapr app-id does not match',
  })
})

test('metadata says the same over both APIs, and takes entries over both', async () => {
  await using running = await startSidecar(undefined, { appId: 'my-app' })
  using grpc = new DaprClient(running.grpc)
  const put = await send(running.http, '/v1.0/metadata/cliPID', { method: 'PUT', body: '1234' })
  assert.deepEqual([put.status, put.text], [204, ''])
  assert.deepEqual(await grpc.unary('SetMetadata', { key: 'appCommand', value: 'npm start' }), {})
  assert.deepEqual(await grpc.unary('SetMetadata', { key: '', value: 'nothing' }), {})

  const answer = await send(running.http, '/v1.0/metadata')
  assert.equal(answer.status, 200)
  assert.equal(answer.headers['content-type'], 'application/json')
  const http = JSON.parse(answer.text)
  assert.equal(http.id, 'my-app')
  assert.deepEqual(http.components, [{ name: 'echo', type: 'conversation.echo', version: 'v1' }])
  assert.match(http.extended.daprRuntimeVersion, /^1\.\d+\.\d+$/)
  assert.deepEqual([http.extended.cliPID, http.extended.appCommand], ['1234', 'npm start'])
  assert.ok(!Object.hasOwn(http.extended, ''))

  const reply = await grpc.unary('GetMetadata')
  assert.equal(reply.id, http.id)
  assert.equal(reply.runtime_version, http.runtimeVersion)
  assert.deepEqual(reply.registered_components, http.components)
  assert.deepEqual(reply.extended_metadata, http.extended)
})

test('the key of a metadata entry is unescaped, and its value may be empty', async () => {
  await using running = await startSidecar()
  await send(running.http, '/v1.0/metadata/a%20key', { method: 'PUT', body: 'grün' })
  await send(running.http, '/v1.0/metadata/empty', { method: 'PUT' })
  const { extended } = JSON.parse((await send(running.http, '/v1.0/metadata')).text)
  assert.deepEqual([extended['a key'], extended.empty], ['grün', ''])
})

test('shutdown is answered with 204 before anything closes', async () => {
  await using running = await startSidecar()
  const answer = await send(running.http, '/v1.0/shutdown', { method: 'POST' })
  assert.equal(answer.status, 204)
  await running.sidecar.shutdownRequested
})

test('shutdown over gRPC is answered before anything closes', async () => {
  await using running = await startSidecar()
  using grpc = new DaprClient(running.grpc)
  const closed = running.sidecar.shutdownRequested.then(() => running.sidecar.close())
  assert.deepEqual(await grpc.unary('Shutdown'), {})
  await closed
})

const token = { 'dapr-api-token': 'right' }

test('with a token set, HTTP asks for it everywhere but at the health routes', async () => {
  await using running = await startSidecar(undefined, { apiToken: 'right' })
  for (const headers of [
    {},
    { 'dapr-api-token': 'wrong' },
    { 'dapr-api-token': '' },
    { 'dapr-api-token': 'right ' + 'x' },
  ]) {
    for (const [method, path] of [
      ['POST', alpha2],
      ['GET', '/v1.0/metadata'],
      ['POST', '/v1.0/shutdown'],
      ['GET', '/nothing'],
    ] as const) {
      const answer = await send(running.http, path, { method, headers, ...(method === 'POST' && { body: '{}' }) })
      assert.deepEqual(
        [answer.status, answer.headers['content-type'], answer.text],
        [401, 'text/plain; charset=utf-8', 'invalid api token\n'],
        path,
      )
    }
  }
  assert.equal((await send(running.http, '/v1.0/healthz')).status, 204)
  assert.equal((await send(running.http, '/v1.0/healthz/outbound')).status, 204)
  assert.equal((await post(running.http, alpha2, hello, token)).status, 200)
  assert.equal((await send(running.http, '/v1.0/metadata', { headers: token })).status, 200)
})

test("with a token set, OpenAI's clients send it as their key", async () => {
  await using running = await startSidecar(undefined, { apiToken: 'right' })
  const chat = { model: 'echo', messages: [{ role: 'user', content: 'hello' }] }
  const refused = await post(running.http, '/v1/chat/completions', chat, { authorization: 'Bearer wrong' })
  assert.equal(refused.status, 401)
  assert.equal(JSON.parse(refused.text).error.type, 'authentication_error')
  const answer = await post(running.http, '/v1/chat/completions', chat, { authorization: 'Bearer right' })
  assert.equal(answer.status, 200)
  // The key of an OpenAI client opens nothing but its own API.
  assert.equal((await post(running.http, alpha2, hello, { authorization: 'Bearer right' })).status, 401)
})

test('with a token set, gRPC asks for it at every method', async () => {
  await using running = await startSidecar(undefined, { apiToken: 'right' })
  using grpc = new DaprClient(running.grpc)
  for (const metadata of [{}, { 'dapr-api-token': 'wrong' }]) {
    for (const [method, request] of [
      ['ConverseAlpha1', { name: 'echo', inputs: [{ content: 'hello' }] }],
      ['ConverseAlpha2', helloMessage],
      ['GetMetadata', {}],
      ['SetMetadata', { key: 'a', value: 'b' }],
      ['Shutdown', {}],
    ] as const) {
      await assert.rejects(grpc.unary(method, request, { metadata }), status(16, 'Unauthorized'))
    }
    for (const method of ['ConverseStreamAlpha1', 'ConverseStreamAlpha2']) {
      const stream = grpc.stream(method, helloMessage, { metadata })
      await assert.rejects(stream.toArray(), status(16, 'Unauthorized'))
    }
  }
  const reply = await grpc.unary('GetMetadata', {}, { metadata: token })
  assert.ok(!Object.hasOwn(reply.extended_metadata as object, 'a'))
  assert.ok(await grpc.unary('ConverseAlpha2', helloMessage, { metadata: token }))
})

test('methods of Dapr that are not served, and services that are not there, are Unimplemented', async () => {
  await using running = await startSidecar()
  using grpc = new DaprClient(running.grpc)
  for (const path of ['/dapr.proto.runtime.v1.Dapr/GetState', '/some.other.Service/Call']) {
    const call = new Promise((resolve, reject) => {
      const nothing = () => Buffer.alloc(0)
      grpc.raw.makeUnaryRequest(path, nothing, nothing, {}, (error: ServiceError | null, value: unknown) =>
        error ? reject(error) : resolve(value),
      )
    })
    await assert.rejects(call, status(12))
  }
})

test('the figures stand at any path of the metrics port', async () => {
  await using running = await startSidecar(undefined, { appId: 'my-app' })
  assert.equal((await post(running.http, alpha2, hello)).status, 200)
  for (const path of ['/', '/metrics']) {
    const answer = await send(running.metrics, path)
    assert.equal(answer.status, 200)
    assert.match(
      answer.text,
      /^dapr_component_conversation_count\{app_id="my-app",component="echo",success="true"\} 1$/m,
    )
  }
})

const ipv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'))

test('both names of this machine answer on the same ports', { skip: !ipv6 && 'this machine has no IPv6' }, async () => {
  await using running = await startSidecar(undefined, { listenAddresses: ['127.0.0.1', '::1'] })
  for (const host of ['127.0.0.1', '[::1]', 'localhost']) {
    const at = (address: string) => address.replace('127.0.0.1', host)
    assert.equal((await send(at(running.http), '/v1.0/healthz')).status, 204, host)
    using grpc = new DaprClient(at(running.grpc))
    assert.ok(await grpc.unary('ConverseAlpha2', helloMessage), host)
  }
})
