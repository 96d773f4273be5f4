/** Asks a server that speaks OpenAI's chat API, without Dapr in between. */
import { ConversationError } from '@dapr-chat/protocol'
import { readChatError, writeChatRequest } from '@dapr-chat/protocol/openai'
import { UnsupportedFeatureError } from '../errors.ts'
import { BodyReader } from './body.ts'
import { readChatAnswer } from './chat-answer.ts'
import type { AnswerSource, SourceAnswer, SourceCall, StreamSource } from './transport.ts'

/** Where the server is and what it is asked for. */
export type DirectSourceOptions = Omit<Extract<StreamSource, { kind: 'direct' }>, 'kind'>

/** A server that speaks OpenAI's chat API. Makes no call until it is asked. */
export class DirectSource implements AnswerSource {
  readonly #options: DirectSourceOptions
  readonly #url: string

  constructor(options: DirectSourceOptions) {
    this.#options = options
    this.#url = `${options.baseURL.replace(/\/+$/, '')}/chat/completions`
  }

  async stream(call: SourceCall, { streaming }: { readonly streaming: boolean }): Promise<SourceAnswer> {
    if (call.request.scrub) {
      throw new UnsupportedFeatureError('Cannot scrub personal data of a direct call: scrubPii needs the sidecar')
    }
    const response = await this.#post(call, streaming)
    if (!response.ok) {
      const body = await new BodyReader(response, call.signal).text()
      throw readChatError({ status: response.status, headers: Object.fromEntries(response.headers), body })
    }
    return readChatAnswer(response, call.signal)
  }

  async #post(call: SourceCall, stream: boolean): Promise<Response> {
    const { apiKey, model } = this.#options
    const openai = new URL(this.#url).hostname === 'api.openai.com'
    try {
      return await fetch(this.#url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: stream ? 'text/event-stream' : 'application/json',
          ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
          ...call.headers,
        },
        body: JSON.stringify(writeChatRequest(call.request, { model: call.request.model ?? model, stream, openai })),
        signal: call.signal,
      })
    } catch (cause) {
      call.signal.throwIfAborted()
      throw new ConversationError('unavailable', `Cannot reach ${this.#url}: the server must be running`, { cause })
    }
  }
}
