/**
 * The seam between the client and the wires. A transport connects to one sidecar; an answer source is anything that can
 * be asked a question. Extension authors and tests write their own; ours are `http-transport.ts`, `direct-source.ts`
 * and, in its own subpath, `grpc.ts`.
 *
 * Failures cross this seam as `ConversationError`, or as a `DaprChatError` where only the transport knows the class.
 */
import type { ConversationEvent, ConversationRequest, JsonObject } from '@dapr-chat/protocol'
import type { SidecarMetadata } from '@dapr-chat/protocol/dapr'
import type { ChatWarning } from '../warning.ts'

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
  /**
   * What becomes of a part of the question that the runtime does not carry: `throw` refuses the question, `warn` leaves
   * the part out and says so in the warnings.
   * @default 'throw'
   */
  readonly onUnsupported?: 'throw' | 'warn'
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
  /** The answer as the wire had it, parsed; absent where it streams, and where the source does not say. */
  readonly raw?: unknown
  /** What was done otherwise than asked. */
  readonly warnings?: readonly ChatWarning[]
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
  /**
   * Posts JSON to a method of another application, through Dapr's service invocation, and returns its answer whatever
   * its status. A transport without this takes no source of kind `invoke`.
   */
  invoke?(target: InvokeTarget, context: CallContext): Promise<Response>
  /** Gives back what the transport holds. */
  close(): Promise<void>
}

/** A method of another application and what it is sent. */
export interface InvokeTarget {
  /** The application's id, or the name of an `HTTPEndpoint`. */
  readonly appId: string
  readonly path: string
  readonly accept: string
  /** JSON. */
  readonly body: string
}

/**
 * Where answers come from: `native` is the sidecar's conversation API, through the client's transport; `invoke` is an
 * application behind the sidecar's service invocation, and `direct` a server without Dapr, which both speak OpenAI's
 * chat API. `simulated`, which can only be the last, says how a whole answer is shown as a stream.
 */
export type StreamSource =
  | { readonly kind: 'native' }
  | {
      readonly kind: 'invoke'
      /** The application: a dapr-chat that runs behind its own daprd, or the name of an `HTTPEndpoint`. */
      readonly appId: string
      /**
       * The path of the application's chat API.
       * @default 'v1/chat/completions'
       */
      readonly path?: string
      /** The model to ask for. Default: the component, which is how dapr-chat names its models. */
      readonly model?: string
    }
  | {
      readonly kind: 'direct'
      /** Such as `https://api.openai.com/v1`. */
      readonly baseURL: string
      readonly apiKey?: string
      readonly model: string
    }
  | {
      readonly kind: 'simulated'
      /**
       * The pieces of its text: words with the space after them, characters as people see them, or all of it.
       * @default 'whole'
       */
      readonly chunk?: 'word' | 'grapheme' | 'whole'
    }

/** How the tokens of an answer came: from a source that streams, or as a whole answer that is shown as a stream. */
export type StreamingMode = 'native' | 'invoke' | 'direct' | 'simulated'
