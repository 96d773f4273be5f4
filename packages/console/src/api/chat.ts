/**
 * Asks a component over `POST /v1/chat/completions` and reads the answer as it streams. The playground and "say hello" use it.
 * What it reads was written by the sidecar that served the page, so that the leniency of a reader for providers would only
 * make the page larger.
 */
import { ConversationError, type ErrorCode, errorCodes, errorRow } from '@dapr-chat/protocol'
import type { ChatCompletionChunk, ChatErrorBody } from '@dapr-chat/protocol/openai'
import { SseDecoder } from '@dapr-chat/protocol/sse'
import { ApiError, send } from './http.ts'

/** A request in OpenAI's shape; `model` names a component, or a component and one of its models. */
export type ChatBody = Readonly<Record<string, unknown>> & { readonly model: string }

/** Who the page is to the sidecar. */
export const CALLER = 'console'

/**
 * The chunks of one answer, as many at once as one read brought.
 * @param traceparent the trace that the call belongs to, by which it is found in the log.
 * @throws ConversationError where the call fails, after what came before the failure; the abort of `signal` as it is.
 */
export async function* streamChat(
  body: ChatBody,
  signal: AbortSignal,
  traceparent: string,
): AsyncGenerator<readonly ChatCompletionChunk[]> {
  const response = await ask({ ...body, stream: true, stream_options: { include_usage: true } }, signal, traceparent)
  const bytes = response.body?.getReader()
  let chunks: ChatCompletionChunk[] = []
  let failure: ConversationError | undefined
  let isDone = false
  const decoder = new SseDecoder({
    onEvent({ data }) {
      if (data === '[DONE]') isDone = true
      else {
        const event = JSON.parse(data) as ChatCompletionChunk | ChatErrorBody
        if (!('error' in event)) chunks.push(event)
        else failure ??= new ConversationError(codeOf(event.error.code, 200), event.error.message)
      }
    },
  })
  while (bytes) {
    const { done, value } = await bytes.read().catch((cause: unknown) => {
      if (signal.aborted) throw cause
      throw broken(cause)
    })
    if (done) decoder.end()
    else decoder.push(value)
    if (chunks.length > 0) yield chunks
    chunks = []
    if (failure) throw failure
    if (isDone) return
    if (done) throw broken()
  }
}

function broken(cause?: unknown): ConversationError {
  return new ConversationError('interrupted', 'the connection to the sidecar broke', { cause })
}

async function ask(body: object, signal: AbortSignal, traceparent: string): Promise<Response> {
  try {
    return await send('/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'dapr-caller-app-id': CALLER, traceparent },
      body: JSON.stringify(body),
      signal,
    })
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const { status, code, message } = error
    throw new ConversationError(status === 0 ? 'unavailable' : codeOf(code, status), message, { cause: error })
  }
}

/** Our own kind of failure, from the code by which the OpenAI-compatible API names it, or else from the status. */
function codeOf(code: string | null, status: number): ErrorCode {
  const named = code === null ? undefined : errorCodes.find((each) => errorRow(each).openaiCode === code)
  return named ?? (status >= 400 && status < 500 ? 'invalid_params' : 'internal')
}
