/** The client: what a program says and asks for in, an answer or a stream of it out. */
import { type ConversationRequest, errorAdvice, type JsonObject } from '@dapr-chat/protocol'
import type { SidecarMetadata } from '@dapr-chat/protocol/dapr'
import { abortable, CallSignal, pause } from './abortable.ts'
import type { CallFrame } from './call-frame.ts'
import { toChatError } from './chat-error.ts'
import { ChatStream } from './chat-stream.ts'
import { Conversation } from './conversation/conversation.ts'
import type { FramedCalls } from './conversation/framed-calls.ts'
import type { ConversationOptions } from './conversation/options.ts'
import { readEnvironment } from './environment.ts'
import { ComponentNotFoundError, InvalidRequestError, SidecarUnavailableError } from './errors.ts'
import { type ChatInput, inputMessages } from './message.ts'
import { askThrough } from './middleware.ts'
import {
  type CallOptions,
  type ClientOptions,
  checkCallOptions,
  checkClientOptions,
  checkGenerateOptions,
  type GenerateOptions,
  mergeOptions,
} from './options.ts'
import type { OutputSpec } from './output/output-spec.ts'
import { makeRequest } from './request.ts'
import { type ChatResult, makeEnvelope } from './result.ts'
import { retryPolicy } from './retry/policy.ts'
import { withRetries } from './retry/retry.ts'
import { type OpenAnswer, type OpenQuestion, Sources } from './sources.ts'
import { toolPolicy } from './tools/tool-policy.ts'
import { HttpTransport } from './transport/http-transport.ts'
import type { CallContext, Transport } from './transport/transport.ts'
import { Turn } from './turn.ts'

/** One component that the sidecar has loaded. */
export type ComponentInfo = SidecarMetadata['components'][number]

/** How long `ready` waits where it is not told, in milliseconds; the same as in Dapr's own clients. */
const READY_TIMEOUT_MS = 60_000

/** How long `ready` waits between two looks, in milliseconds. */
const READY_INTERVAL_MS = 100

/** A client of one sidecar. Making one does no I/O; it may be used for any number of calls at once. */
export class DaprChatClient implements AsyncDisposable {
  readonly #options: ClientOptions
  readonly #component: string | undefined
  readonly #transport: Transport
  readonly #sources: Sources
  /** The only conversation component there is, once the sidecar has said so. */
  #onlyComponent: string | undefined

  /** @throws InvalidRequestError for an option that does not exist or has an impossible value. */
  constructor(options: ClientOptions = {}) {
    checkClientOptions(options)
    const environment = readEnvironment()
    this.#options = options
    this.#component = options.component || environment.component
    this.#transport =
      options.transport ??
      new HttpTransport({
        endpoint: options.endpoint?.http || environment.httpEndpoint,
        apiToken: options.apiToken || environment.apiToken,
      })
    this.#sources = new Sources(options.streamSources ?? [{ kind: 'native' }], this.#transport)
  }

  /**
   * Asks, and waits for the whole answer.
   * @throws DaprChatError of the kind that says what to do about it.
   */
  generate<T>(input: ChatInput, options: GenerateOptions & { readonly output: OutputSpec<T> }): Promise<ChatResult<T>>
  generate(input: ChatInput, options?: GenerateOptions): Promise<ChatResult>
  async generate<T>(input: ChatInput, options: GenerateOptions = {}): Promise<ChatResult<T>> {
    return toResult(this.#prepare<T>(input, options, 'off'))
  }

  /**
   * Asks, and hands out the answer as it arrives. The call is made when the stream is first read.
   * @throws InvalidRequestError at once, for an input or an option that cannot be sent.
   */
  generateStream<T>(input: ChatInput, options: GenerateOptions & { readonly output: OutputSpec<T> }): ChatStream<T>
  generateStream(input: ChatInput, options?: GenerateOptions): ChatStream
  generateStream<T>(input: ChatInput, options: GenerateOptions = {}): ChatStream<T> {
    return new ChatStream(this.#prepare<T>(input, options, 'auto'))
  }

  /** A conversation that remembers what was said. Makes no call until something is asked in it. */
  conversation(options: ConversationOptions = {}): Conversation {
    const calls: FramedCalls = {
      generate: async (input, question, frame) => toResult(this.#prepare(input, question, 'off', frame)),
      generateStream: (input, question, frame) => new ChatStream(this.#prepare(input, question, 'auto', frame)),
    }
    return new Conversation(calls, options)
  }

  /**
   * Sends a request of Dapr's alpha2 API as it is, in its JSON spelling, and returns the answer in the same. The
   * component is the request's `name`, or chosen as for `generate`.
   * @throws DaprChatError of the kind that says what to do about it.
   */
  async converse(request: JsonObject, options: CallOptions = {}): Promise<JsonObject> {
    return this.#exchange(options, async (context) => {
      const named = typeof request.name === 'string' && request.name !== '' ? request.name : undefined
      return this.#transport.converse(named ?? (await this.#chooseComponent(undefined, context)), request, context)
    })
  }

  /** The conversation components that the sidecar has loaded. */
  async components(options: CallOptions = {}): Promise<readonly ComponentInfo[]> {
    return this.#exchange(options, (context) => this.#conversationComponents(context))
  }

  /**
   * Waits until the sidecar can be called, and says what it is.
   * @param options.timeoutMs how long to wait, 60000 where it is not given.
   * @throws SidecarUnavailableError where it could not be called in time.
   */
  async ready(options: Pick<CallOptions, 'signal' | 'timeoutMs'> = {}): Promise<SidecarMetadata> {
    let last: SidecarUnavailableError | undefined
    try {
      return await this.#exchange({ timeoutMs: READY_TIMEOUT_MS, ...options, retry: false }, async (context) => {
        while (true) {
          try {
            await this.#transport.health(context)
            return await this.#transport.metadata(context)
          } catch (thrown) {
            if (!(thrown instanceof SidecarUnavailableError)) throw thrown
            last = thrown
          }
          await pause(READY_INTERVAL_MS, context.signal)
        }
      })
    } catch (error) {
      throw options.signal?.aborted ? error : (last ?? error)
    }
  }

  /** Gives back the connections. Calls that are still running are left to end. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#transport.close()
  }

  #prepare<T>(input: ChatInput, given: GenerateOptions, usual: 'auto' | 'off', frame?: CallFrame): Turn<T> {
    checkGenerateOptions(given)
    const options = mergeOptions(this.#options.defaults ?? {}, given)
    const { signal, timeoutMs = this.#options.timeoutMs, output, onStep, maxSteps = 1 } = options
    const tools = toolPolicy(options)
    const request = makeRequest(input, options)
    const asked = options.streaming ?? 'auto'
    const streaming = asked === 'auto' ? usual : asked
    return new Turn({
      request: output ? output.ask(request) : request,
      messages: inputMessages(input),
      limits: { signal, timeoutMs },
      envelope: makeEnvelope(request.contextId),
      streams: usual === 'auto' || streaming === 'require',
      tools,
      maxSteps,
      // The overloads say what its value is; without it there is none.
      output: output as OutputSpec<T> | undefined,
      pricing: this.#options.pricing ?? {},
      onStep,
      frame,
      ask: (question, own) => this.#ask(question, options, streaming, own),
    })
  }

  async #ask(
    request: ConversationRequest,
    options: GenerateOptions,
    streaming: OpenQuestion['streaming'],
    signal: AbortSignal,
  ): Promise<OpenAnswer> {
    const { middleware = [] } = this.#options
    if (middleware.length === 0) return this.#askSources(request, options, streaming, signal)
    const component = await this.#nameFor(options, signal)
    return askThrough(middleware, { component, request, signal }, (call) => {
      // The trace context has the names of its headers.
      const headers = { ...call.trace, ...options.headers }
      const asked = { ...options, component: call.component, headers }
      return this.#askSources(call.request, asked, streaming, call.signal)
    })
  }

  async #askSources(
    request: ConversationRequest,
    options: GenerateOptions,
    streaming: OpenQuestion['streaming'],
    signal: AbortSignal,
  ): Promise<OpenAnswer> {
    const context: CallContext = { signal, headers: options.headers ?? {} }
    const component = () => this.#chooseComponent(options.component, context)
    try {
      const { onUnsupported } = options
      const retry = retryPolicy(options.retry, this.#options.retry)
      const question = { ...context, request, streaming, component, retry, ...(onUnsupported && { onUnsupported }) }
      return await this.#sources.ask(question)
    } catch (thrown) {
      throw await this.#withChoices(thrown, context)
    }
  }

  /** What middleware is told of where a question goes: the component, or the model where there is no sidecar. */
  #nameFor(options: GenerateOptions, signal: AbortSignal): Promise<string> {
    const [first] = this.#options.streamSources ?? []
    const given = options.component || (first?.kind === 'direct' ? first.model : undefined)
    const context = { signal, headers: options.headers ?? {} }
    const retry = retryPolicy(options.retry, this.#options.retry)
    return withRetries(() => this.#chooseComponent(given, context), retry, signal)
  }

  /** One exchange that is not a question, with its signal and its errors. */
  async #exchange<T>(options: CallOptions, exchange: (context: CallContext) => Promise<T>): Promise<T> {
    checkCallOptions(options)
    const { signal, timeoutMs = this.#options.timeoutMs, headers = {} } = options
    using call = new CallSignal({ signal, timeoutMs })
    call.start()
    const context = { signal: call.signal, headers }
    try {
      call.signal.throwIfAborted()
      const retry = retryPolicy(options.retry, this.#options.retry)
      return await abortable(
        withRetries(() => exchange(context), retry, call.signal),
        call.signal,
      )
    } catch (thrown) {
      throw toChatError(await this.#withChoices(thrown, context))
    }
  }

  async #chooseComponent(given: string | undefined, context: CallContext): Promise<string> {
    const named = given || this.#component || this.#onlyComponent
    if (named) return named
    const names = (await this.#conversationComponents(context)).map(({ name }) => name)
    const [only, ...others] = names
    if (only === undefined) {
      throw new InvalidRequestError('Cannot choose a component: the sidecar has no conversation component', {
        hint: 'Put a component of type conversation.echo, conversation.openai or the like among its resources.',
      })
    }
    if (others.length > 0) {
      throw new InvalidRequestError(
        `Cannot choose a component: one must be named, because the sidecar has several: ${names.join(', ')}`,
        { hint: 'Set the option component, or DAPR_LLM_COMPONENT_DEFAULT.' },
      )
    }
    this.#onlyComponent = only
    return only
  }

  async #conversationComponents(context: CallContext): Promise<readonly ComponentInfo[]> {
    const { components } = await this.#transport.metadata(context)
    return components.filter(({ type }) => type.startsWith('conversation.'))
  }

  /** A component that does not exist is easier to put right with the names of those that do. */
  async #withChoices(thrown: unknown, context: CallContext): Promise<unknown> {
    const error = toChatError(thrown)
    // One that has a hint already is not of this sidecar.
    if (!(error instanceof ComponentNotFoundError) || error.hint !== undefined) return thrown
    this.#onlyComponent = undefined
    const components = await this.#conversationComponents(context).catch(() => [])
    const available = components.map(({ name }) => name)
    const { message, component, requestId, cause } = error
    const hint =
      available.length > 0
        ? `The sidecar has these conversation components: ${available.join(', ')}.`
        : errorAdvice.component_not_found
    return new ComponentNotFoundError(message, { component, requestId, cause, available, hint })
  }
}

/** Reads a call to its end. */
async function toResult<T>(turn: Turn<T>): Promise<ChatResult<T>> {
  for await (const _ of turn.items());
  return turn.result
}
