/** Our own client as one more way to an answer, beside the surfaces that are read by hand. */
import assert from 'node:assert/strict'
import { type ChatResult, type DaprChatClient, DaprChatError, ProviderError } from '@dapr-chat/client'
import type { Outcome, Surface } from './surfaces.ts'

/** A streamed answer of a component, as the client's users have it at the end. */
export function clientStream(client: DaprChatClient, component?: string): Surface {
  return async (question) => {
    const stream = client.generateStream(question, component === undefined ? {} : { component })
    try {
      return outcomeOf(await stream.result)
    } catch (error) {
      return { text: stream.partial.text, error: errorOf(error) }
    }
  }
}

/** A whole answer. */
export function clientWhole(client: DaprChatClient): Surface {
  return async (question) => {
    try {
      return outcomeOf(await client.generate(question))
    } catch (error) {
      return { text: '', error: errorOf(error) }
    }
  }
}

function outcomeOf({ choices, finishReason, rawFinishReason, usage, toolCalls }: ChatResult): Outcome {
  const { message } = choices[0]
  return {
    text: message.content ?? '',
    reasoning: message.reasoning_content ?? '',
    refusal: message.refusal ?? '',
    toolCalls: toolCalls.map(({ id, function: called }) => ({ id, name: called.name, args: called.arguments })),
    finishReason,
    rawFinishReason: rawFinishReason ?? null,
    usage: usage ? [usage.prompt_tokens, usage.completion_tokens, usage.total_tokens] : null,
  }
}

function errorOf(error: unknown): NonNullable<Outcome['error']> {
  assert.ok(error instanceof DaprChatError)
  const isProvider = error instanceof ProviderError
  const names = isProvider ? [error.code, error.reason] : [error.code]
  const wait = isProvider && error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }
  return { message: error.message, status: 500, done: false, names, ...wait }
}
