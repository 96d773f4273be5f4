/** Gemini's chunks: which of them are an answer's, what model it is, and whether the finish reason has come. */
import { asFields, asList, asText, type Fields } from '@dapr-chat/protocol/openai'
import type { EventDialect } from '../ai-sdk/event-stream-screen.ts'

export class GeminiDialect implements EventDialect {
  /** No event says that it is the last one. */
  readonly done = false
  #finished = false
  #model: string | undefined

  get finished(): boolean {
    return this.#finished
  }

  get model(): string | undefined {
    return this.#model
  }

  read(chunk: Fields): Fields | undefined {
    if (!isAnswer(chunk)) return undefined
    this.#model ??= asText(chunk.modelVersion)
    const reason = asText(asFields(asList(chunk.candidates)[0])?.finishReason)
    const blocked = asText(asFields(chunk.promptFeedback)?.blockReason)
    // With `CONTINUATION` the package asks for the rest.
    this.#finished ||= (reason !== undefined && reason !== 'CONTINUATION') || blocked !== undefined
    return chunk
  }

  /** Without `alt=sse` the chunks come as one list. */
  split(body: Fields): readonly Fields[] | undefined {
    const chunks = 'list' in body ? asList(body.list).map((chunk) => asFields(chunk) ?? {}) : [body]
    return chunks.some(isAnswer) ? chunks : undefined
  }

  missing(): readonly Fields[] {
    return []
  }
}

function isAnswer(chunk: Fields): boolean {
  return chunk.candidates !== undefined || chunk.promptFeedback !== undefined || chunk.usageMetadata !== undefined
}
