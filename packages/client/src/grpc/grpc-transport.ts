/**
 * Talks to a sidecar over gRPC: `ConverseStreamAlpha2` for an answer that streams, `ConverseAlpha2` for a whole one and
 * for a runtime that does not know the other.
 */
import { create } from '@bufbuild/protobuf'
import type { ConversationEvent, JsonObject } from '@dapr-chat/protocol'
import { ConversationError } from '@dapr-chat/protocol'
import {
  Alpha2StreamReader,
  ConversationRequestAlpha2Schema,
  ConversationResponseAlpha2Schema,
  type ConversationStreamResponseAlpha2,
  DaprService,
  GetMetadataRequestSchema,
  readAlpha2Response,
  readMetadataResponse,
  readRequestJson,
  type SidecarMetadata,
  writeAlpha2Request,
  writeJson,
} from '@dapr-chat/protocol/dapr'
import { readEnvironment } from '../environment.ts'
import { SidecarUnavailableError } from '../errors.ts'
import type { CallContext, SourceAnswer, SourceCall, Transport } from '../transport/transport.ts'
import { eventsOf, singleBatch } from '../transport/whole-answer.ts'
import { GrpcChannel } from './grpc-channel.ts'

/** Where the sidecar is. */
export interface GrpcTransportOptions {
  /**
   * Such as `127.0.0.1:50001`, or with `https://` in front for TLS. Default: `DAPR_GRPC_ENDPOINT`, or
   * `DAPR_GRPC_PORT` on this machine.
   */
  readonly endpoint?: string
  /** The token that the sidecar asks for. Default: `DAPR_API_TOKEN`. */
  readonly apiToken?: string
}

/** A transport for `new DaprChatClient({ transport })`. Connects with the first call. */
export function grpcTransport(options: GrpcTransportOptions = {}): Transport {
  const environment = readEnvironment()
  return new GrpcTransport(
    new GrpcChannel(options.endpoint || environment.grpcEndpoint, options.apiToken || environment.apiToken),
  )
}

const { converseAlpha2, converseStreamAlpha2, getMetadata } = DaprService.method

class GrpcTransport implements Transport {
  readonly #channel: GrpcChannel

  constructor(channel: GrpcChannel) {
    this.#channel = channel
  }

  async stream(call: SourceCall, { streaming }: { readonly streaming: boolean }): Promise<SourceAnswer> {
    const request = writeAlpha2Request(call.request, call.component)
    if (streaming) {
      const messages = await this.#channel.serverStream(converseStreamAlpha2, request, call)
      if (messages) return { streamed: true, events: readMessages(messages) }
    }
    const { result } = readAlpha2Response(await this.#channel.unary(converseAlpha2, request, call))
    return { streamed: false, events: singleBatch(eventsOf(result)) }
  }

  async converse(component: string, request: JsonObject, context: CallContext): Promise<JsonObject> {
    const message = readRequestJson(ConversationRequestAlpha2Schema, JSON.stringify(request))
    message.name = component
    const answer = await this.#channel.unary(converseAlpha2, message, context)
    return JSON.parse(writeJson(ConversationResponseAlpha2Schema, answer)) as JsonObject
  }

  async metadata(context: CallContext): Promise<SidecarMetadata> {
    return readMetadataResponse(await this.#channel.unary(getMetadata, create(GetMetadataRequestSchema), context))
  }

  /** Dapr's gRPC API has no call for health; one that answers is up. */
  async health(context: CallContext): Promise<void> {
    try {
      await this.metadata(context)
    } catch (thrown) {
      if (!(thrown instanceof ConversationError) || context.signal.aborted) throw thrown
      // Whatever it answers, it is there; `metadata` reports what is wrong.
      if (thrown.code === 'shutting_down') throw new SidecarUnavailableError(thrown.message, { cause: thrown })
    }
  }

  async close(): Promise<void> {
    this.#channel.close()
  }
}

async function* readMessages(
  batches: AsyncIterable<readonly ConversationStreamResponseAlpha2[]>,
): AsyncGenerator<readonly ConversationEvent[]> {
  const reader = new Alpha2StreamReader()
  for await (const batch of batches) {
    const events = batch.flatMap((message) => reader.read(message))
    if (events.length > 0) yield events
  }
  reader.end()
}
