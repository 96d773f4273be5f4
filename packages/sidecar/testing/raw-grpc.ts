/** gRPC for tests, below every message type: bytes out, and what came back with its headers and its status. */
import { Client, credentials, Metadata, type ServiceError, type StatusObject } from '@grpc/grpc-js'

/** What came of a call. */
export interface RawReply {
  readonly code: number
  readonly details: string
  readonly headers: Metadata
  readonly trailers: Metadata
  readonly messages: readonly Buffer[]
}

/**
 * Calls a method of Dapr's service, or one of another service by its path, `/package.Service/Method`; every method answers
 * as a stream to a caller that does not know better.
 */
export async function callGrpc(
  address: string,
  method: string,
  request: Uint8Array = new Uint8Array(),
  metadata: Readonly<Record<string, string | Buffer>> = {},
): Promise<RawReply> {
  const client = new Client(address, credentials.createInsecure())
  const sent = new Metadata()
  for (const [key, value] of Object.entries(metadata)) sent.set(key, value)
  const call = client.makeServerStreamRequest(
    method.startsWith('/') ? method : `/dapr.proto.runtime.v1.Dapr/${method}`,
    (bytes: Uint8Array) => Buffer.from(bytes),
    (bytes) => bytes,
    request,
    sent,
  )
  let headers = new Metadata()
  const messages: Buffer[] = []
  call.on('metadata', (received: Metadata) => {
    headers = received
  })
  call.on('data', (message: Buffer) => messages.push(message))
  try {
    const ended = await new Promise<StatusObject | ServiceError>((resolve) => {
      call.on('status', resolve)
      call.on('error', resolve)
    })
    return { code: ended.code, details: ended.details, headers, trailers: ended.metadata, messages }
  } finally {
    client.close()
  }
}
