/**
 * The subpath `@dapr-chat/client/grpc`: the client over gRPC, for Node. Needs the package `@grpc/grpc-js`.
 *
 * @module client/grpc
 */
export type { GrpcTransportOptions } from './grpc/grpc-transport.ts'
export { grpcTransport } from './grpc/grpc-transport.ts'
