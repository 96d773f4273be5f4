/**
 * Talks to a sidecar over HTTP: Dapr's own routes, with `Accept: text/event-stream` for an answer that streams. Works
 * wherever there is `fetch`, and with any sidecar: one that does not stream answers with JSON as it always did.
 */
import { ConversationError, type ConversationEvent, type JsonObject } from '@dapr-chat/protocol'
import {
  Alpha2StreamReader,
  ConversationRequestAlpha2Schema,
  ConversationResponseAlpha2Schema,
  readAlpha2Response,
  readErrorResponse,
  readMetadataBody,
  readResponseJson,
  readStreamError,
  type SidecarMetadata,
  writeAlpha2Request,
  writeJson,
} from '@dapr-chat/protocol/dapr'
import { SseDecoder } from '@dapr-chat/protocol/sse'
import { readHttpEndpoint } from '../environment.ts'
import { SidecarUnavailableError } from '../errors.ts'
import { BodyReader } from './body.ts'
import type { CallContext, InvokeTarget, SourceAnswer, SourceCall, Transport } from './transport.ts'
import { unreachable } from './unreachable.ts'
import { eventsOf, singleBatch } from './whole-answer.ts'

/** Where the sidecar is. */
export interface HttpTransportOptions {
  /** The base address, such as `http://127.0.0.1:3500`. */
  readonly endpoint: string
  /** The token that the sidecar asks for, if any. */
  readonly apiToken?: string | undefined
}

/** A sidecar's HTTP API. */
export class HttpTransport implements Transport {
  readonly #endpoint: string
  readonly #headers: Readonly<Record<string, string>>

  /** @throws InvalidRequestError for an endpoint that is no address. */
  constructor({ endpoint, apiToken }: HttpTransportOptions) {
    this.#endpoint = readHttpEndpoint(endpoint)
    this.#headers = apiToken === undefined ? {} : { 'dapr-api-token': apiToken }
  }

  async stream(call: SourceCall, { streaming }: { readonly streaming: boolean }): Promise<SourceAnswer> {
    const body = writeJson(ConversationRequestAlpha2Schema, writeAlpha2Request(call.request, call.component))
    const accept = streaming ? 'text/event-stream' : 'application/json'
    const response = await this.#fetch(conversePath(call.component), { method: 'POST', accept, body }, call)
    const reader = new BodyReader(response, call.signal)
    const type = response.headers.get('content-type') ?? ''
    if (type.startsWith('text/event-stream')) return { streamed: true, events: readFrames(reader) }
    if (!type.startsWith('application/json')) {
      reader.cancel()
      throw notDapr(this.#endpoint, type)
    }
    const text = await reader.text()
    const { result } = readAlpha2Response(readResponseJson(ConversationResponseAlpha2Schema, text))
    return { streamed: false, events: singleBatch(eventsOf(result)), raw: JSON.parse(text) }
  }

  async converse(component: string, request: JsonObject, context: CallContext): Promise<JsonObject> {
    const body = JSON.stringify(request)
    return this.#json(conversePath(component), { method: 'POST', accept: 'application/json', body }, context)
  }

  async metadata(context: CallContext): Promise<SidecarMetadata> {
    return readMetadataBody(await this.#json('/v1.0/metadata', { method: 'GET', accept: 'application/json' }, context))
  }

  async health(context: CallContext): Promise<void> {
    try {
      const response = await this.#fetch('/v1.0/healthz/outbound', { method: 'GET', accept: '*/*' }, context)
      await new BodyReader(response, context.signal).text()
    } catch (thrown) {
      if (!(thrown instanceof ConversationError) || context.signal.aborted) throw thrown
      throw new SidecarUnavailableError(thrown.message, { cause: thrown })
    }
  }

  /** Posts to another application, and returns whatever it answers. */
  invoke({ appId, path, accept, body }: InvokeTarget, context: CallContext): Promise<Response> {
    const method = path.replace(/^\/+/, '')
    return this.#send(
      `/v1.0/invoke/${encodeURIComponent(appId)}/method/${method}`,
      { method: 'POST', accept, body },
      context,
    )
  }

  async close(): Promise<void> {}

  async #json(path: string, request: Outgoing, context: CallContext): Promise<JsonObject> {
    const response = await this.#fetch(path, request, context)
    const text = await new BodyReader(response, context.signal).text()
    try {
      return JSON.parse(text) as JsonObject
    } catch (cause) {
      throw new ConversationError('protocol', `${this.#endpoint} answered with text that is not JSON`, { cause })
    }
  }

  /** @throws ConversationError for an answer whose status says that it failed. */
  async #fetch(path: string, request: Outgoing, context: CallContext): Promise<Response> {
    const response = await this.#send(path, request, context)
    if (response.ok) return response
    const text = await new BodyReader(response, context.signal).text()
    throw readErrorResponse({ status: response.status, headers: response.headers, body: text })
  }

  async #send(path: string, { method, accept, body }: Outgoing, context: CallContext): Promise<Response> {
    const headers = {
      accept,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...this.#headers,
      ...context.headers,
    }
    try {
      const { signal } = context
      return await fetch(this.#endpoint + path, { method, headers, signal, ...(body !== undefined && { body }) })
    } catch (cause) {
      context.signal.throwIfAborted()
      throw unreachable(this.#endpoint, 'DAPR_HTTP_ENDPOINT or DAPR_HTTP_PORT', cause)
    }
  }
}

interface Outgoing {
  readonly method: 'GET' | 'POST'
  readonly accept: string
  readonly body?: string
}

function notDapr(address: string, type: string): ConversationError {
  const current = type === '' ? 'none' : type
  return new ConversationError(
    'protocol',
    `Cannot read the answer of ${address}: its content type must be application/json or text/event-stream: current value is ${current}`,
  )
}

function conversePath(component: string): string {
  return `/v1.0-alpha2/conversation/${encodeURIComponent(component)}/converse`
}

/** One batch for each read of the socket. */
async function* readFrames(body: BodyReader): AsyncGenerator<readonly ConversationEvent[]> {
  const reader = new Alpha2StreamReader()
  let events: ConversationEvent[] = []
  let failure: ConversationError | undefined
  let done = false
  const decoder = new SseDecoder({
    onEvent({ event, data, complete }) {
      if (done || failure) return
      if (data === '[DONE]') done = true
      else if (event === 'error') failure = readStreamError(data)
      // An event without its end was cut off, and the answer with it.
      else if (complete) events.push(...reader.read(JSON.parse(data)))
    },
  })
  try {
    while (!done) {
      const bytes = await body.read()
      // What arrived before a failure is delivered before it is thrown.
      try {
        if (bytes) decoder.push(bytes)
        else decoder.end()
      } catch (thrown) {
        failure ??= unreadable(thrown)
      }
      const batch = events
      events = []
      if (batch.length > 0) yield batch
      if (failure) throw failure
      if (!bytes) break
    }
    reader.end()
    body.linger()
  } finally {
    body.cancel()
  }
}

function unreadable(thrown: unknown): ConversationError {
  if (thrown instanceof ConversationError) return thrown
  return new ConversationError('protocol', 'Cannot read a frame of the stream: it must be JSON', { cause: thrown })
}
