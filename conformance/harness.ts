/**
 * How the conformance tests reach a sidecar: plain HTTP as Node sends it, with paths and headers as they stand, and a
 * gRPC client made from the `.proto` files alone. Nothing here uses the project's own readers or writers.
 */
import assert from 'node:assert/strict'
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
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
import { loadSync, type PackageDefinition } from '@grpc/proto-loader'

/** An answer, read to its end. */
export interface PlainAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** What to send; the path goes out exactly as it is written. */
export interface PlainRequest {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  readonly signal?: AbortSignal
}

/** Sends a request and hands out the answer as soon as its headers are there. */
export function open(base: string, path: string, given: PlainRequest = {}): Promise<IncomingMessage> {
  const { hostname, port } = new URL(base)
  const { method = given.body === undefined ? 'GET' : 'POST', headers = {}, body, signal } = given
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, path, method, headers, agent: false, ...(signal && { signal }) })
    request.once('response', resolve)
    request.once('error', reject)
    request.end(body)
  })
}

/** Sends a request and reads the whole answer. */
export async function send(base: string, path: string, request: PlainRequest = {}): Promise<PlainAnswer> {
  const response = await open(base, path, request)
  return { status: response.statusCode ?? 0, headers: response.headers, text: await readText(response) }
}

/** Reads a body to its end. */
export async function readText(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const part of response.setEncoding('utf8')) text += part
  return text
}

/** Posts JSON. */
export function post(
  base: string,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<PlainAnswer> {
  return send(base, path, { body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } })
}

/** One event of an event stream. */
export interface PlainEvent {
  readonly event: string
  readonly data: string
}

/** The events of a finished stream that has one data line for each event, as ours have. */
export function eventsOf(text: string): PlainEvent[] {
  return text
    .split('\n\n')
    .map((block) => block.split('\n').filter((line) => line !== '' && !line.startsWith(':')))
    .filter((lines) => lines.length > 0)
    .map((lines) => {
      const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? ''
      return { event: field('event') || 'message', data: field('data') }
    })
}

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
