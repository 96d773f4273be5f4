/** gRPC below conversations: methods and services that are not there, bytes that are no message, reflection. */
import type { Case, CaseGroup } from '../case.ts'

const service = '/dapr.proto.runtime.v1.Dapr'

/** What the gRPC server says where there is no conversation. */
export const grpc: CaseGroup = {
  title: 'gRPC',
  cases: [
    {
      name: 'gRPC: a method that does not exist',
      request: { grpcPath: `${service}/Nothing` },
      only: ['code'],
      answer: { code: 12 },
    },
    {
      name: 'gRPC: a method of another building block',
      request: { grpcPath: `${service}/GetState` },
      only: ['code'],
      answer: { code: 12 },
    },
    {
      name: 'gRPC: a service that does not exist',
      request: { grpcPath: '/some.other.Service/Call' },
      only: ['code'],
      answer: { code: 12 },
    },
    {
      name: 'gRPC: streaming, which Dapr never released',
      request: { grpc: { method: 'ConverseStreamAlpha1', message: { name: 'echo', inputs: [{ content: 'hello' }] } } },
      only: ['code'],
      answer: { code: 0 },
    },
    ...(['ConverseAlpha1', 'ConverseAlpha2', 'SetMetadata'] as const).map(
      (method): Case => ({
        name: `gRPC: bytes that are no message, to ${method}`,
        request: { grpc: { method, bytes: new Uint8Array([0x0a, 0xff, 0xff]) } },
        only: ['code'],
        answer: { code: 13 },
      }),
    ),
    {
      name: 'gRPC: a text that is not UTF-8',
      request: { grpc: { method: 'ConverseAlpha2', bytes: new Uint8Array([0x0a, 0x02, 0xff, 0xfe]) } },
      only: ['code'],
      answer: { code: 13 },
    },
    {
      name: 'gRPC: a field that is not known',
      request: { grpc: { method: 'SetMetadata', bytes: new Uint8Array([0x0a, 0x01, 0x61, 0xfa, 0x3f, 0x01, 0x61]) } },
      answer: { code: 0, reply: {} },
    },
    ...(['v1', 'v1alpha'] as const).map(
      (version): Case => ({
        name: `gRPC: reflection ${version}`,
        request: { reflection: version },
        answer: {
          services: ['dapr.proto.runtime.v1.Dapr'],
          content: 'hello',
        },
      }),
    ),
  ],
}
