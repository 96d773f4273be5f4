/** What operators and SDKs ask beside conversations: health, metadata, and the end. */
import type { Case, CaseGroup, CaseRequest } from '../case.ts'
import { refusal } from './make.ts'

const noContent = { status: 204, body: '' }
const get = (path: string): CaseRequest => ({ http: { path } })
const put = (key: string, body?: string): CaseRequest => ({
  http: { method: 'PUT', path: `/v1.0/metadata/${key}`, ...(body !== undefined && { body }) },
})
const metadata = get('/v1.0/metadata')

/** Health over HTTP. */
export const health: CaseGroup = {
  title: 'Health',
  cases: [
    { name: 'health: everything', request: get('/v1.0/healthz'), answer: noContent },
    { name: 'health: outbound', request: get('/v1.0/healthz/outbound'), answer: noContent },
    { name: 'health: without a token', request: { anonymous: true, ...get('/v1.0/healthz') }, answer: noContent },
    {
      name: 'health: outbound without a token',
      request: { anonymous: true, ...get('/v1.0/healthz/outbound') },
      answer: noContent,
    },
    {
      name: "health: another application's",
      request: get('/v1.0/healthz?appid=another'),
      answer: refusal('ERR_HEALTH_APPID_NOT_MATCH', 'dapr app-id does not match', 500),
    },
    { name: 'health: a slash at the end', request: get('/v1.0/healthz/'), answer: noContent },
    {
      name: 'health: there is no health service of gRPC',
      request: { grpcPath: '/grpc.health.v1.Health/Check' },
      only: ['code'],
      answer: { code: 12 },
    },
  ],
}

const component = { name: 'echo', type: 'conversation.echo', version: 'v1' }

/** Metadata over both. */
export const administration: CaseGroup = {
  title: 'Metadata',
  cases: [
    {
      name: 'metadata: the document, over HTTP',
      request: metadata,
      only: ['status', 'contentType', 'body.components'],
      answer: { status: 200, contentType: 'application/json', body: { components: [component] } },
    },
    {
      name: 'metadata: the version, over HTTP',
      request: metadata,
      volatile: ['body.runtimeVersion', 'body.extended.daprRuntimeVersion'],
      only: ['body.runtimeVersion', 'body.extended.daprRuntimeVersion'],
      answer: { status: 200, body: { runtimeVersion: '…', extended: { daprRuntimeVersion: '…' } } },
    },
    {
      name: 'metadata: the state of actors, over HTTP',
      request: metadata,
      only: ['body.actorRuntime.runtimeStatus', 'body.actorRuntime.hostReady'],
      answer: { status: 200, body: { actorRuntime: { runtimeStatus: 'DISABLED', hostReady: false } } },
    },
    {
      name: 'metadata: the connection to the application, over HTTP',
      request: metadata,
      only: ['body.appConnectionProperties.protocol', 'body.appConnectionProperties.channelAddress'],
      answer: { status: 200, body: { appConnectionProperties: { protocol: 'http', channelAddress: '127.0.0.1' } } },
    },
    {
      name: 'metadata: the components, over gRPC',
      request: { grpc: { method: 'GetMetadata' } },
      only: ['code', 'reply.components'],
      answer: { code: 0, reply: { components: [component] } },
    },
    {
      name: 'metadata: the version, over gRPC',
      request: { grpc: { method: 'GetMetadata' } },
      volatile: ['reply.runtimeVersion', 'reply.extended.daprRuntimeVersion'],
      only: ['reply.runtimeVersion', 'reply.extended.daprRuntimeVersion'],
      answer: { code: 0, reply: { runtimeVersion: '…', extended: { daprRuntimeVersion: '…' } } },
    },
    { name: 'metadata: an entry, over HTTP', request: put('conformance', 'x'), answer: noContent },
    {
      name: 'metadata: an entry, over gRPC',
      request: { grpc: { method: 'SetMetadata', message: { key: 'conformance', value: 'x' } } },
      answer: { code: 0, reply: {} },
    },
    ...[
      ['set over HTTP', put('conformance-a', 'grün'), 'grün'],
      ['set over gRPC', { grpc: { method: 'SetMetadata', message: { key: 'conformance-a', value: 'b' } } }, 'b'],
      ['an empty value', put('conformance-a'), ''],
    ].map(
      ([name, before, value]) =>
        ({
          name: `metadata: an entry is read back, ${name}`,
          before: [before],
          request: metadata,
          only: ['status', 'body.extended.conformance-a'],
          answer: { status: 200, body: { extended: { 'conformance-a': value } } },
        }) as Case,
    ),
    {
      name: 'metadata: the last entry wins',
      before: [put('conformance-b', 'first'), put('conformance-b', 'second')],
      request: metadata,
      only: ['body.extended.conformance-b'],
      answer: { status: 200, body: { extended: { 'conformance-b': 'second' } } },
    },
    {
      name: 'metadata: an escaped name',
      before: [put('conformance%20c', 'x')],
      request: metadata,
      only: ['body.extended.conformance c'],
      answer: { status: 200, body: { extended: { 'conformance c': 'x' } } },
    },
    {
      name: 'metadata: an entry without a name, over gRPC',
      request: { grpc: { method: 'SetMetadata', message: { key: '', value: 'x' } } },
      answer: { code: 0, reply: {} },
    },
  ],
}

/** The end, which comes last. */
export const shutdown: CaseGroup = {
  title: 'Shutdown',
  needs: 'shutdown',
  cases: [
    {
      name: 'shutdown: over HTTP',
      request: { http: { method: 'POST', path: '/v1.0/shutdown' } },
      answer: noContent,
    },
  ],
}
