import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromBinary, toBinary } from '@bufbuild/protobuf'
import { GetMetadataResponseSchema } from './gen/dapr/proto/runtime/v1/metadata_pb.js'
import type { SidecarMetadata } from './metadata.ts'
import { readMetadataBody, readMetadataResponse, writeMetadataBody, writeMetadataResponse } from './metadata.ts'

const full: SidecarMetadata = {
  id: 'my-app',
  runtimeVersion: '1.18.0',
  enabledFeatures: ['HotReload'],
  components: [{ name: 'echo', type: 'conversation.echo', version: 'v1' }],
  extended: { daprRuntimeVersion: '1.18.0', cliPID: '1234' },
  app: { port: 3000, protocol: 'http', channelAddress: '127.0.0.1', maxConcurrency: -1 },
  resiliencies: ['myres'],
}

const empty: SidecarMetadata = {
  id: '',
  runtimeVersion: '',
  enabledFeatures: [],
  components: [],
  extended: {},
  resiliencies: [],
}

test("the HTTP body has daprd's names and numbers", () => {
  assert.deepEqual(writeMetadataBody(full), {
    id: 'my-app',
    runtimeVersion: '1.18.0',
    enabledFeatures: ['HotReload'],
    components: [{ name: 'echo', type: 'conversation.echo', version: 'v1' }],
    extended: { daprRuntimeVersion: '1.18.0', cliPID: '1234' },
    appConnectionProperties: { port: 3000, protocol: 'http', channelAddress: '127.0.0.1' },
    actorRuntime: { runtimeStatus: 'DISABLED', hostReady: false },
    resiliencies: [{ name: 'myres' }],
  })
})

test('what is empty is left out of the HTTP body', () => {
  assert.deepEqual(writeMetadataBody(empty), {
    appConnectionProperties: { protocol: 'http', channelAddress: '127.0.0.1' },
    actorRuntime: { runtimeStatus: 'DISABLED', hostReady: false },
  })
})

test('a limit of concurrency is written where there is one', () => {
  const app = { port: 3000, protocol: 'grpc', channelAddress: 'app', maxConcurrency: 4 }
  assert.partialDeepStrictEqual(writeMetadataBody({ ...empty, app }), { appConnectionProperties: app })
})

for (const [name, metadata] of Object.entries({ full, empty })) {
  test(`${name} metadata survives both wires`, () => {
    assert.deepEqual(readMetadataBody(JSON.parse(JSON.stringify(writeMetadataBody(metadata)))), metadata)
    const bytes = toBinary(GetMetadataResponseSchema, writeMetadataResponse(metadata))
    assert.deepEqual(readMetadataResponse(fromBinary(GetMetadataResponseSchema, bytes)), metadata)
  })
}

test('a body that is no metadata reads as empty', () => {
  assert.deepEqual(readMetadataBody('x'), empty)
  assert.deepEqual(readMetadataBody({ id: 7, components: {}, extended: [] }), empty)
})
