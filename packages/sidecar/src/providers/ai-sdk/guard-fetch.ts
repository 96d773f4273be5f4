/**
 * The `fetch` that a vendor's package gets for one call. Under it is our own `Exchange`, so that the four clocks, the
 * call's signal and backpressure hold as for every other provider; above it, a package that finds a clean stream of
 * events or none at all. A failure ends the stream early instead of breaking it, because a broken stream throws away
 * what it still holds; the caller of the package looks at `failure` when the stream has ended.
 */
import { ConversationError, type JsonObject, type JsonValue } from '@dapr-chat/protocol'
import type { ClockLimits } from '../upstream/clocks.ts'
import type { Connections } from '../upstream/connections.ts'
import { Exchange, type ExchangeHead } from '../upstream/exchange.ts'
import { readFailedAnswer } from '../upstream/failed-answer.ts'
import { notAnAnswer } from './failure.ts'
import type { Screen } from './screen.ts'

/** What a call is made with. */
export interface GuardOptions {
  readonly connections: Connections
  readonly limits: ClockLimits
  readonly signal: AbortSignal
  /** Is told when the head of an answer has come. */
  answered(): void
  /** Makes the screen that reads one answer. */
  screen(): Screen
  /** Members that go into the body beside what the package writes, and win over it. */
  readonly body: JsonObject
  /** Headers beside those of the package. */
  readonly headers: Readonly<Record<string, string>>
}

export class GuardedFetch {
  readonly #options: GuardOptions
  #exchange: Exchange | undefined
  #screen: Screen | undefined
  #failure: ConversationError | undefined

  constructor(options: GuardOptions) {
    this.#options = options
  }

  /** Whether a request has been made. */
  get asked(): boolean {
    return this.#exchange !== undefined
  }

  /** Why there is no answer, or no whole one. */
  get failure(): ConversationError | undefined {
    return this.#failure
  }

  /** Whether the provider has said that the answer is over. */
  get done(): boolean {
    return this.#screen?.done ?? false
  }

  /** The model that answers, where only the bytes say it. */
  get model(): string | undefined {
    return this.#screen?.model
  }

  /** To be given to the package. */
  readonly fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const { connections, signal, limits, body, headers } = this.#options
    const url = new URL(input instanceof Request ? input.url : input)
    const request = {
      path: url.pathname + url.search,
      headers: { ...Object.fromEntries(new Headers(init.headers)), ...headers },
      body: withMembers(String(init.body), body),
    }
    // A package that asks twice, as Google's does to have a long answer continued, has read the first to its end.
    this.close()
    const exchange = new Exchange(connections, request, signal, limits)
    const screen = this.#options.screen()
    this.#exchange = exchange
    this.#screen = screen
    try {
      const head = await exchange.head()
      this.#options.answered()
      if (head.status < 200 || head.status > 299) throw await readFailedAnswer(exchange, head, signal)
      if (contentType(head).startsWith('text/html')) throw notAnAnswer('an HTML page')
      return new Response(this.#body(exchange, screen), { headers: plainHeaders(head) })
    } catch (thrown) {
      this.#failure = ConversationError.from(thrown)
      throw this.#failure
    }
  }

  /** Model output has arrived. */
  committed(): void {
    this.#exchange?.committed()
  }

  /** Lets go of the answer; one that has not ended takes its connection with it. */
  close(): void {
    this.#exchange?.close(this.done)
  }

  #body(exchange: Exchange, screen: Screen): ReadableStream<Uint8Array> {
    return new ReadableStream(
      {
        pull: async (controller) => {
          for (;;) {
            const bytes = await this.#read(exchange, screen)
            const passed = bytes ? screen.push(bytes) : this.#failure ? undefined : screen.end()
            if (passed && passed.length > 0) controller.enqueue(passed)
            this.#failure ??= screen.failure
            if (!bytes || screen.done || this.#failure) {
              controller.close()
              return
            }
            if (passed && passed.length > 0) return
          }
        },
      },
      // The socket is read when the package asks, and not before.
      { highWaterMark: 0 },
    )
  }

  /** A connection that breaks, or falls silent, after the finish reason has cost nothing of the answer: an end too. */
  async #read(exchange: Exchange, screen: Screen): Promise<Uint8Array | undefined> {
    try {
      return await exchange.read()
    } catch (thrown) {
      const error = ConversationError.from(thrown)
      if (!screen.finished || (error.code !== 'interrupted' && error.clock !== 'idle')) this.#failure = error
      return undefined
    }
  }
}

function withMembers(text: string, members: JsonObject): string {
  if (Object.keys(members).length === 0) return text
  return JSON.stringify(merge(JSON.parse(text) as JsonObject, members))
}

/** Objects within objects are merged too, so that one member of Gemini's `generationConfig` leaves the others alone. */
function merge(base: JsonObject, members: JsonObject): JsonObject {
  const merged: Record<string, JsonValue> = { ...base }
  for (const [name, value] of Object.entries(members)) {
    const present = merged[name]
    merged[name] = isObject(present) && isObject(value) ? merge(present, value) : value
  }
  return merged
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function contentType({ headers }: ExchangeHead): string {
  return typeof headers['content-type'] === 'string' ? headers['content-type'].toLowerCase() : ''
}

/** The headers that packages look at; those about the body's bytes are true of the connection only. */
function plainHeaders({ headers }: ExchangeHead): Record<string, string> {
  const about = new Set(['content-length', 'content-encoding', 'transfer-encoding', 'connection'])
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' && !about.has(name) ? [[name, value]] : [],
    ),
  )
}
