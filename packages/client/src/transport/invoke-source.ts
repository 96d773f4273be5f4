/**
 * Asks an application that speaks OpenAI's chat API, such as a dapr-chat behind its own daprd, through the service
 * invocation of any daprd: mTLS, load balancing and Dapr's policies in between, and the tokens as they come.
 */
import { ConversationError, isErrorCode } from '@dapr-chat/protocol'
import { ERROR_HEADER, readErrorResponse } from '@dapr-chat/protocol/dapr'
import { readChatError, writeChatRequest } from '@dapr-chat/protocol/openai'
import { ComponentNotFoundError, InvalidRequestError, UnsupportedFeatureError } from '../errors.ts'
import { BodyReader } from './body.ts'
import { readChatAnswer } from './chat-answer.ts'
import type { AnswerSource, SourceAnswer, SourceCall, StreamSource, Transport } from './transport.ts'

/** Which application is asked, and for what. */
export type InvokeSourceOptions = Omit<Extract<StreamSource, { kind: 'invoke' }>, 'kind'>

/** An application behind service invocation. Makes no call until it is asked. */
export class InvokeSource implements AnswerSource {
  readonly #options: InvokeSourceOptions
  readonly #invoke: NonNullable<Transport['invoke']>

  /** @throws InvalidRequestError for a transport that cannot invoke. */
  constructor(options: InvokeSourceOptions, transport: Transport) {
    if (!transport.invoke) {
      throw new InvalidRequestError(
        'Cannot use a source of kind "invoke": the transport must be able to invoke, which only HTTP is',
      )
    }
    this.#options = options
    this.#invoke = transport.invoke.bind(transport)
  }

  async stream(call: SourceCall, { streaming }: { readonly streaming: boolean }): Promise<SourceAnswer> {
    if (call.request.scrub) {
      throw new UnsupportedFeatureError(
        "Cannot scrub personal data of an invoked call: OpenAI's chat API has no field for scrubPii",
      )
    }
    const { appId, path = 'v1/chat/completions' } = this.#options
    const body = JSON.stringify(writeChatRequest(call.request, { model: this.#modelOf(call), stream: streaming }))
    const accept = streaming ? 'text/event-stream' : 'application/json'
    const response = await this.#invoke({ appId, path, accept, body }, call)
    if (response.ok) return readChatAnswer(response, call.signal)
    const failure = await readInvokeError(response, call.signal)
    if (failure.code !== 'component_not_found') throw failure
    const { message, requestId } = failure
    const hint = `Name a component of application "${appId}", with the option component or the source's model.`
    throw new ComponentNotFoundError(message, { available: [], requestId, hint, cause: failure })
  }

  /** On dapr-chat a model is a component, or a component and one of its models. */
  #modelOf({ component, request }: SourceCall): string {
    const { model } = this.#options
    if (model !== undefined) return request.model ?? model
    return request.model === undefined ? component : `${component}/${request.model}`
  }
}

/** daprd's own failures have an error code of Dapr's, the application's are passed on as they are. */
async function readInvokeError(response: Response, signal: AbortSignal): Promise<ConversationError> {
  const { status, headers } = response
  const body = await new BodyReader(response, signal).text()
  if (hasDaprCode(body)) return readErrorResponse({ status, headers, body })
  const failure = readChatError({ status, headers: Object.fromEntries(headers), body })
  // A dapr-chat says which of its failures it is.
  const code = headers.get(ERROR_HEADER)
  if (!isErrorCode(code) || code === failure.code) return failure
  const { message, retryAfterMs, requestId } = failure
  return new ConversationError(code, message, {
    status,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(requestId !== undefined && { requestId }),
  })
}

function hasDaprCode(body: string): boolean {
  try {
    const json: unknown = JSON.parse(body)
    return typeof json === 'object' && json !== null && 'errorCode' in json
  } catch {
    return false
  }
}
