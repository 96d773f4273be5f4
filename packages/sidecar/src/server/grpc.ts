/** A gRPC server for a service that protobuf-es describes, with reflection; what the methods do is handed in. */
import type { ServerOptions } from 'node:http2'
import { type DescFile, type DescMethod, type DescService, fromBinary, toBinary } from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt'
import {
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js'
import { ReflectionService } from '@grpc/reflection'

/** How the server is set up. */
export interface GrpcServerOptions {
  readonly service: DescService
  /** By method name. Methods return bytes that are messages already. */
  readonly implementation: UntypedServiceImplementation
  /** The largest message in either direction, in bytes. */
  readonly maxMessageBytes: number
  /** The largest set of metadata that a call may come with, in bytes as HTTP/2 counts them: 32 more for each entry. */
  readonly maxHeaderBytes: number
  /**
   * Is told of a call that no method gets to see: of a method that there is none of, or with a message that cannot be read.
   * @param method absent where there is none.
   * @param code the status that the caller gets.
   */
  refused(method: string | undefined, code: number): void
}

/** Makes a server that listens to nothing yet. */
export function createGrpcServer(options: GrpcServerOptions): Server {
  const { service, implementation, maxMessageBytes, maxHeaderBytes, refused } = options
  const server = new Server({
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_send_message_length': -1,
    // As daprd: a ping after 10 s of silence, 5 s for its answer. Callers may ping as often as they like.
    'grpc.keepalive_time_ms': 10_000,
    'grpc.keepalive_timeout_ms': 5_000,
  })
  adjustHttp2(server, maxHeaderBytes)
  server.addService(serviceDefinition(service, refused), implementation)
  reflection(service).addToServer(server)
  tellUnknownMethods(server, refused)
  return server
}

/**
 * Binds an address.
 * @param port 0 for any free one.
 * @returns the port.
 * @throws an error whose `code` is `EADDRINUSE` where somebody else has the port, as Node's own servers do.
 */
export function bindGrpc(server: Server, address: string, port: number): Promise<number> {
  const host = address.includes(':') ? `[${address}]` : address
  return bind(server, `${host}:${port}`)
}

/**
 * Binds a Unix socket.
 * @throws an error whose `code` is `EADDRINUSE` where somebody else has it.
 */
export async function bindGrpcSocket(server: Server, path: string): Promise<void> {
  await bind(server, `unix:${path}`)
}

function bind(server: Server, target: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(target, ServerCredentials.createInsecure(), (error, bound) => {
      if (!error) resolve(bound)
      // The library keeps the system's error only as text.
      else reject(error.message.includes('EADDRINUSE') ? Object.assign(error, { code: 'EADDRINUSE' }) : error)
    })
  })
}

/** Lets calls in progress end their goodbyes for up to `limitMs` milliseconds, then closes every connection. */
export function closeGrpc(server: Server, limitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const limit = setTimeout(() => server.forceShutdown(), limitMs)
    server.tryShutdown(() => {
      clearTimeout(limit)
      resolve()
    })
  })
}

/**
 * Sets what grpc-js has no option for where it keeps the options of its HTTP/2 servers: the limit of metadata, past which a
 * call is refused as ResourceExhausted, and the limit of resets. Each cancelled call resets its stream, and Node closes a
 * connection with more than 1,000 resets, the calls of all its neighbours with it. An app cancels more answers than that in
 * an honest day; a flood still meets a limit.
 */
function adjustHttp2(server: Server, maxHeaderBytes: number): void {
  const { commonServerOptions } = server as unknown as { commonServerOptions: ServerOptions }
  commonServerOptions.streamResetBurst = 100_000
  commonServerOptions.streamResetRate = 10_000
  commonServerOptions.settings = { ...commonServerOptions.settings, maxHeaderListSize: maxHeaderBytes }
}

/** The library answers such calls by itself, after it has looked for the method where it keeps them all. */
function tellUnknownMethods(server: Server, refused: GrpcServerOptions['refused']): void {
  const { handlers } = server as unknown as { handlers: Map<string, unknown> }
  const find = handlers.get.bind(handlers)
  handlers.get = (path) => {
    const handler = find(path)
    if (handler === undefined) refused(undefined, status.UNIMPLEMENTED)
    return handler
  }
}

function serviceDefinition(service: DescService, refused: GrpcServerOptions['refused']): ServiceDefinition {
  return Object.fromEntries(service.methods.map((method) => [method.name, methodDefinition(service, method, refused)]))
}

function methodDefinition(
  service: DescService,
  method: DescMethod,
  refused: GrpcServerOptions['refused'],
): MethodDefinition<object, Uint8Array> {
  const path = `/${service.typeName}/${method.name}`
  return {
    path,
    requestStream: method.methodKind === 'client_streaming' || method.methodKind === 'bidi_streaming',
    responseStream: method.methodKind === 'server_streaming' || method.methodKind === 'bidi_streaming',
    requestSerialize: () => Buffer.alloc(0),
    requestDeserialize: (bytes) => {
      try {
        return fromBinary(method.input, bytes)
      } catch (error) {
        // The library's answer to it.
        refused(path, status.INTERNAL)
        throw error
      }
    },
    responseSerialize: (message) => Buffer.from(message.buffer, message.byteOffset, message.byteLength),
    responseDeserialize: (bytes) => bytes,
  }
}

function reflection(service: DescService): ReflectionService {
  const files = new Set<DescFile>()
  const add = (file: DescFile) => {
    for (const dependency of file.dependencies) add(dependency)
    files.add(file)
  }
  add(service.file)
  const fileDescriptorProtos = [...files].map((file) => Buffer.from(toBinary(FileDescriptorProtoSchema, file.proto)))
  // The service reads nothing of a package definition but the files.
  const root = { [service.typeName]: { format: '', type: {}, fileDescriptorProtos } }
  return new ReflectionService(root as unknown as ConstructorParameters<typeof ReflectionService>[0])
}
