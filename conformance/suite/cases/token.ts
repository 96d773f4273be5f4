/** The API token: where it is asked for, and in which words its absence is answered. */
import type { Case, CaseGroup, HttpRequest } from '../case.ts'
import { hello, helloAnswer, pathOf } from './make.ts'

const refusedToken = { status: 401, contentType: 'text/plain; charset=utf-8', body: 'invalid api token\n' }
const guarded: readonly HttpRequest[] = [
  { path: pathOf('alpha2'), json: hello },
  { path: pathOf('alpha1'), json: {} },
  { path: '/v1.0/metadata' },
  { path: '/v1.0/metadata/a', method: 'PUT', body: 'b' },
  { path: '/v1.0/shutdown', method: 'POST' },
  { path: '/nothing' },
]

/** What happens without the token, where the sidecar asks for one. */
export const token: CaseGroup = {
  title: 'API token',
  needs: 'token',
  cases: [
    ...guarded.map(
      (http): Case => ({
        name: `token: none, ${http.method ?? (http.json ? 'POST' : 'GET')} ${http.path}`,
        request: { anonymous: true, http },
        answer: refusedToken,
      }),
    ),
    ...['wrong', ''].map(
      (value): Case => ({
        name: `token: "${value}" over HTTP`,
        request: {
          anonymous: true,
          http: { path: pathOf('alpha2'), json: hello, headers: { 'dapr-api-token': value } },
        },
        answer: refusedToken,
      }),
    ),
    ...(['ConverseAlpha1', 'ConverseAlpha2', 'GetMetadata', 'SetMetadata', 'Shutdown'] as const).map(
      (method): Case => ({
        name: `token: none, ${method}`,
        request: { anonymous: true, grpc: { method } },
        answer: { code: 16, message: 'Unauthorized' },
      }),
    ),
    {
      name: 'token: a wrong one over gRPC',
      request: { anonymous: true, grpc: { method: 'GetMetadata', metadata: { 'dapr-api-token': 'wrong' } } },
      headers: ['grpc-status-details-bin'],
      answer: {
        code: 16,
        message: 'Unauthorized',
        headers: { 'grpc-status-details-bin': 'google.rpc.ErrorInfo' },
      },
    },
    {
      name: 'token: none, an unknown method of gRPC',
      request: { anonymous: true, grpcPath: '/dapr.proto.runtime.v1.Dapr/Nothing' },
      only: ['code'],
      answer: { code: 12 },
    },
    {
      name: 'token: none, reflection',
      request: { anonymous: true, grpcPath: '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo' },
      only: ['code'],
      answer: { code: 0 },
    },
    {
      name: 'token: the right one',
      request: { http: { path: pathOf('alpha2'), json: hello } },
      answer: { status: 200, contentType: 'application/json', body: helloAnswer },
    },
  ],
}
