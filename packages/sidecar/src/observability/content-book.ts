/**
 * What was said in the last calls, kept in memory alone and only where the operator asked for it. The middleware
 * `capture-content.ts` fills it, after personal data was taken out; the console reads it.
 */
import type { ConversationCall } from '@dapr-chat/protocol'
import type { CallContent } from '@dapr-chat/protocol/console'
import { writeChatRequest } from '@dapr-chat/protocol/openai'
import { LRUCache } from 'lru-cache'

/** The most calls that are kept. */
const MAX_CALLS = 200

/** The most characters of all of them together. */
const MAX_CHARACTERS = 32 * 1024 * 1024

/** The most characters of one request and of one answer. */
const MAX_PART_CHARACTERS = 128 * 1024

/** The words of one call. */
export class CallWords implements CallContent {
  readonly request: CallContent['request']
  #answer = ''

  constructor(call: ConversationCall) {
    this.request = requestOf(call)
  }

  /** The answer as far as it came; what is too long is cut. */
  get answer(): string {
    return this.#answer
  }

  /** More of the answer's first choice. */
  add(text: string): void {
    if (this.#answer.length < MAX_PART_CHARACTERS)
      this.#answer += text.slice(0, MAX_PART_CHARACTERS - this.#answer.length)
  }
}

/** The words of the last calls; the oldest make room. */
export class ContentBook {
  readonly #calls = new LRUCache<string, CallWords>({ max: MAX_CALLS, maxSize: MAX_CHARACTERS })

  /** Begins to keep a call. The room for its answer is taken at once, because nobody knows how long it will be. */
  begin(id: string, call: ConversationCall): CallWords {
    const words = new CallWords(call)
    this.#calls.set(id, words, { size: JSON.stringify(words.request).length + MAX_PART_CHARACTERS })
    return words
  }

  /** What was said in a call; absent where it is not kept, or no more. */
  content(id: string): CallContent | undefined {
    const words = this.#calls.peek(id)
    return words && { request: words.request, answer: words.answer }
  }
}

/** The request as our own OpenAI-compatible API takes it, so that it can be asked again. */
function requestOf({ component, request }: ConversationCall): CallContent['request'] {
  const model = request.model === undefined ? component : `${component}/${request.model}`
  const { stream: _, ...written } = writeChatRequest(request, { model, stream: false, fileAddresses: true })
  const { length } = JSON.stringify(written)
  if (length <= MAX_PART_CHARACTERS) return written
  return {
    model,
    messages: [],
    omitted: `the request has ${length} characters, and more than ${MAX_PART_CHARACTERS} are not kept`,
  }
}
