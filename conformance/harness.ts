/**
 * How the conformance tests reach a sidecar over gRPC: a client made from the `.proto` files alone, as any program has
 * one. Nothing here uses the project's own readers or writers.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import {
  type CallOptions,
  type ChannelOptions,
  type Client,
  type ClientReadableStream,
  credentials,
  loadPackageDefinition,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js'
import { loadSync, type MessageTypeDefinition, type PackageDefinition } from '@grpc/proto-loader'

const proto = join(import.meta.dirname, '../packages/protocol/proto')

/** Loads the service as any program in JavaScript would; numbers of 64 bits as text, defaults left out. */
function loadDapr(): PackageDefinition {
  return loadSync('dapr/proto/runtime/v1/dapr.proto', {
    includeDirs: [proto],
    keepCase: true,
    longs: String,
    enums: String,
    defaults: false,
    oneofs: true,
  })
}

/** A message as the generated client takes and gives it. */
export type Message = Readonly<Record<string, unknown>>

/** A call that streams. */
export type MessageStream = ClientReadableStream<Message>

/** What goes with a call. */
export interface DaprCallOptions extends CallOptions {
  readonly metadata?: Readonly<Record<string, string>>
}

type Method = (request: Message, metadata: Metadata, options: CallOptions, ...callback: unknown[]) => unknown

/** A client of Dapr's service, generated from the files. */
export class DaprClient implements Disposable {
  readonly raw: Client & Readonly<Record<string, Method>>

  constructor(address: string, options: ChannelOptions = {}, definition: PackageDefinition = loadDapr()) {
    const loaded = loadPackageDefinition(definition)
    const Generated = at(loaded, 'dapr', 'proto', 'runtime', 'v1', 'Dapr') as new (
      ...args: ConstructorParameters<typeof Client>
    ) => typeof this.raw
    this.raw = new Generated(address, credentials.createInsecure(), options)
  }

  /** Calls a method that answers once. */
  unary(method: string, request: Message = {}, options: DaprCallOptions = {}): Promise<Message> {
    return new Promise((resolve, reject) => {
      this.#call(method, request, options, (error: Error | null, answer: Message) => {
        if (error) reject(error)
        else resolve(answer)
      })
    })
  }

  /** Calls a method that streams. */
  stream(method: string, request: Message, options: DaprCallOptions = {}): MessageStream {
    return this.#call(method, request, options) as MessageStream
  }

  [Symbol.dispose](): void {
    this.raw.close()
  }

  #call(method: string, request: Message, { metadata = {}, ...options }: DaprCallOptions, ...callback: unknown[]) {
    const entries = new Metadata()
    for (const [name, value] of Object.entries(metadata)) entries.set(name, value)
    return this.raw[method]?.(request, entries, options, ...callback)
  }
}

/** What stands at a path inside a message or a JSON value; undefined where the path leads nowhere. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inside, key) => (inside as Record<string | number, unknown> | undefined)?.[key], value)
}

/** Whether an error is a gRPC status of that code and, where one is given, that text. For `assert.rejects`. */
export function status(code: number, details?: string): (error: unknown) => boolean {
  return (error) => {
    const { code: given, details: text } = error as ServiceError
    assert.deepEqual({ code: given, details: text }, { code, details: details ?? text })
    return true
  }
}

/** The details of a gRPC status as any program would read them; undefined where none came. */
export function errorInfo(metadata: Metadata): unknown {
  const [bytes] = metadata.get('grpc-status-details-bin')
  if (!Buffer.isBuffer(bytes)) return undefined
  const details = at(decode('Status', bytes), 'details') as readonly unknown[] | undefined
  const ours = details?.find((any) => String(at(any, 'type_url')).endsWith('/google.rpc.ErrorInfo'))
  return decode('ErrorInfo', at(ours, 'value') as Buffer)
}

function decode(name: string, bytes: Buffer): unknown {
  statusMessages ??= loadSync(['google/rpc/status.proto', 'google/rpc/error_details.proto'], {
    includeDirs: [proto],
    keepCase: true,
  })
  const { deserialize } = statusMessages[`google.rpc.${name}`] as MessageTypeDefinition<object, object>
  return deserialize(bytes)
}

let statusMessages: PackageDefinition | undefined
