/**
 * The seam between the client and the wires. A transport connects to one sidecar; an answer source is anything that can
 * be asked a question. Extension authors and tests write their own; ours are `http-transport.ts`, `direct-source.ts`
 * and, in its own subpath, `grpc.ts`.
 *
 * Failures cross this seam as `ConversationError`, or as a `DaprChatError` where only the transport knows the class.
 */
import type { ConversationEvent, ConversationRequest, JsonObject } from '@dapr-chat/protocol'
import type { SidecarMetadata } from '@dapr-chat/protocol/dapr'

/** What one exchange with the other end needs, whatever it is about. */
export interface CallContext {
  /** The only way to stop the exchange. Its reason is a `ConversationError`. */
  readonly signal: AbortSignal
  /** Further headers of the request, or gRPC metadata. */
  readonly headers: Readonly<Record<string, string>>
}

/** One question on its way. */
export interface SourceCall extends CallContext {
  /** The component's name. */
  readonly component: string
  readonly request: ConversationRequest
}

/** An answer whose head has arrived. */
export interface SourceAnswer {
  /** Whether the other end streams; otherwise the events are a whole answer's and come at once. */
  readonly streamed: boolean
  /**
   * Batches of events, never empty. They are read from the wire only as they are asked for, so that a slow reader slows
   * the sender down. Leaving early, or aborting the call's signal, closes the connection or gives it back.
   */
  readonly events: AsyncIterable<readonly ConversationEvent[]>
}

/** Anything that can be asked a question. */
export interface AnswerSource {
  /**
   * Asks, and returns once the answer's head has arrived: an answer that is refused fails here.
   * @param options.streaming whether the answer is wanted token by token.
   */
  stream(call: SourceCall, options: { readonly streaming: boolean }): Promise<SourceAnswer>
}

/** The connection to one sidecar. Making one does no I/O. */
export interface Transport extends AnswerSource {
  /** Asks with a request of Dapr's alpha2 API, in its JSON spelling, and returns the answer in the same. */
  converse(component: string, request: JsonObject, context: CallContext): Promise<JsonObject>
  /** Asks the sidecar what it is. */
  metadata(context: CallContext): Promise<SidecarMetadata>
  /**
   * Asks once whether the sidecar can be called.
   * @throws SidecarUnavailableError where it cannot.
   */
  health(context: CallContext): Promise<void>
  /** Gives back what the transport holds. */
  close(): Promise<void>
}

/**
 * Where answers come from: `native` is the sidecar, through the client's transport; `direct` is a server that speaks
 * OpenAI's chat API, without Dapr.
 */
export type StreamSource =
  | { readonly kind: 'native' }
  | {
      readonly kind: 'direct'
      /** Such as `https://api.openai.com/v1`. */
      readonly baseURL: string
      readonly apiKey?: string
      readonly model: string
    }

/** How the tokens of an answer came: from a source that streams, or as a whole answer that is shown as a stream. */
export type StreamingMode = 'native' | 'invoke' | 'direct' | 'simulated'
