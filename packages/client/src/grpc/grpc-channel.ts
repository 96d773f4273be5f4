/**
 * One gRPC connection and the two kinds of call on it. Knows messages and statuses, and nothing of conversations. A
 * stream is read only as fast as its batches are asked for: what waits beyond that waits in HTTP/2's window.
 */
import { type DescMessage, fromBinary, type MessageShape, toBinary } from '@bufbuild/protobuf'
import { ConversationError } from '@dapr-chat/protocol'
import { readGrpcStatus } from '@dapr-chat/protocol/dapr'
import { Client, type ClientReadableStream, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js'
import type { CallContext } from '../transport/transport.ts'
import { unreachable } from '../transport/unreachable.ts'

/** A method of a service, as the generated code describes it. */
interface Method<I extends DescMessage, O extends DescMessage> {
  readonly name: string
  readonly parent: { readonly typeName: string }
  readonly input: I
  readonly output: O
}

/** A connection to one address, made with the first call. */
export class GrpcChannel {
  readonly #endpoint: string
  readonly #apiToken: string | undefined
  #client: Client | undefined

  constructor(endpoint: string, apiToken: string | undefined) {
    this.#endpoint = endpoint
    this.#apiToken = apiToken
  }

  /**
   * Makes a call with one answer.
   * @throws ConversationError for a status other than OK, SidecarUnavailableError where nothing answers.
   */
  async unary<I extends DescMessage, O extends DescMessage>(
    method: Method<I, O>,
    request: MessageShape<I>,
    context: CallContext,
  ): Promise<MessageShape<O>> {
    const { signal } = context
    signal.throwIfAborted()
    const answer = Promise.withResolvers<MessageShape<O>>()
    const call = this.#connect().makeUnaryRequest(
      pathOf(method),
      (message: MessageShape<I>) => Buffer.from(toBinary(method.input, message)),
      (bytes) => fromBinary(method.output, bytes),
      request,
      this.#metadata(context),
      (error, message) => {
        if (error || !message) answer.reject(this.#failure(error, signal))
        else answer.resolve(message)
      },
    )
    const onAbort = () => call.cancel()
    signal.addEventListener('abort', onAbort, { once: true })
    return answer.promise.finally(() => signal.removeEventListener('abort', onAbort))
  }

  /**
   * Makes a call with a stream of answers and waits for the first. `undefined` where the server has no such method.
   * @throws ConversationError for a status other than OK, SidecarUnavailableError where nothing answers.
   */
  async serverStream<I extends DescMessage, O extends DescMessage>(
    method: Method<I, O>,
    request: MessageShape<I>,
    context: CallContext,
  ): Promise<AsyncIterable<readonly MessageShape<O>[]> | undefined> {
    context.signal.throwIfAborted()
    const call = this.#connect().makeServerStreamRequest(
      pathOf(method),
      (message: MessageShape<I>) => Buffer.from(toBinary(method.input, message)),
      (bytes) => fromBinary(method.output, bytes),
      request,
      this.#metadata(context),
    )
    const reader = new MessageReader(call, context.signal)
    const { first, error } = await reader.start()
    if (error && isUnknownMethod(error)) return undefined
    if (error && first.length === 0) throw this.#failure(error, context.signal)
    return reader.batches(first, (failure) =>
      isDisconnection(failure) ? brokenOff(failure, context.signal) : this.#failure(failure, context.signal),
    )
  }

  /** Gives the connection back. */
  close(): void {
    this.#client?.close()
    this.#client = undefined
  }

  #connect(): Client {
    this.#client ??= new Client(targetOf(this.#endpoint), credentialsFor(this.#endpoint))
    return this.#client
  }

  #metadata({ headers }: CallContext): Metadata {
    const metadata = new Metadata()
    if (this.#apiToken !== undefined) metadata.set('dapr-api-token', this.#apiToken)
    for (const [name, value] of Object.entries(headers)) metadata.set(name, value)
    return metadata
  }

  #failure(error: ServiceError | null, signal: AbortSignal): unknown {
    if (signal.aborted) return signal.reason
    if (!error) return new ConversationError('protocol', 'the call ended without an answer')
    const [details] = error.metadata?.get('grpc-status-details-bin') ?? []
    const failure = readGrpcStatus({
      code: error.code,
      message: error.details,
      ...(details instanceof Uint8Array && { details }),
    })
    if (!isDisconnection(error)) return failure
    return unreachable(this.#endpoint, 'DAPR_GRPC_ENDPOINT or DAPR_GRPC_PORT', error)
  }
}

/**
 * Whether the other end does not have the method. daprd takes a method that it does not know for a call to be passed on to
 * another application, and then misses the application's id.
 */
function isUnknownMethod({ code, details }: ServiceError): boolean {
  return code === status.UNIMPLEMENTED || details.startsWith('failed to proxy request: required metadata dapr-')
}

/**
 * Whether it is grpc-js that says so, which has lost or never had a connection, and not the sidecar. A session that
 * HTTP/2 itself ends comes as INTERNAL, told apart only by its text.
 */
function isDisconnection({ code, details, metadata }: ServiceError): boolean {
  if ((metadata?.get('grpc-status-details-bin') ?? []).length > 0) return false
  return code === status.UNAVAILABLE || (code === status.INTERNAL && details.startsWith('Received RST_STREAM'))
}

function brokenOff(cause: ServiceError, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason
  return new ConversationError('interrupted', 'the connection broke before the answer was complete', { cause })
}

/** The messages of one call. */
class MessageReader<T> {
  readonly #call: ClientReadableStream<T>
  readonly #signal: AbortSignal
  readonly #cancel = () => this.#call.cancel()
  #ended = false
  #error: ServiceError | undefined
  #wake = () => {}

  constructor(call: ClientReadableStream<T>, signal: AbortSignal) {
    this.#call = call
    this.#signal = signal
    signal.addEventListener('abort', this.#cancel, { once: true })
    call.on('readable', () => this.#wake())
    call.on('error', (error: ServiceError) => {
      this.#error = error
      this.#wake()
    })
    call.on('status', () => {
      this.#ended = true
      signal.removeEventListener('abort', this.#cancel)
      this.#wake()
    })
  }

  /** Waits for the first messages, or the end. */
  async start(): Promise<{ first: T[]; error: ServiceError | undefined }> {
    return { first: await this.#next(), error: this.#error }
  }

  /** What came first and all that follows, as many at once as have arrived. Leaving early cancels the call. */
  async *batches(first: readonly T[], fail: (error: ServiceError) => unknown): AsyncGenerator<readonly T[]> {
    try {
      for (let batch = first; batch.length > 0; batch = await this.#next()) yield batch
      if (this.#error) throw fail(this.#error)
    } finally {
      if (!this.#ended) this.#cancel()
      this.#signal.removeEventListener('abort', this.#cancel)
    }
  }

  /** The messages that have arrived; waits for one. Empty once the call has ended. */
  async #next(): Promise<T[]> {
    while (true) {
      const batch: T[] = []
      for (let message = this.#call.read(); message !== null; message = this.#call.read()) batch.push(message)
      if (batch.length > 0 || this.#ended || this.#error) return batch
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}

function pathOf({ parent, name }: { readonly parent: { readonly typeName: string }; readonly name: string }): string {
  return `/${parent.typeName}/${name}`
}

/** The name that grpc-js resolves: schemes of the web and Dapr's query are taken off, those of gRPC stay. */
function targetOf(endpoint: string): string {
  const target = endpoint.replace(/\?.*$/, '').replace(/^https?:\/\/([^/]*).*$/i, '$1')
  return isSecure(endpoint) && !/:\d+$/.test(target) ? `${target}:443` : target
}

function credentialsFor(endpoint: string) {
  return isSecure(endpoint) ? credentials.createSsl() : credentials.createInsecure()
}

/** Dapr's rule: TLS by `https`, or by `?tls=true`. */
function isSecure(endpoint: string): boolean {
  return /^https:/i.test(endpoint) || /[?&]tls=true\b/i.test(endpoint)
}
