/**
 * One HTTP request to a provider and its answer, pulled read by read. It sits on undici's `dispatch`, the form with
 * the least between socket and reader, and adds what a stream needs: the answer is read only as fast as it is pulled,
 * the signal or a clock ends it in any phase, and an answer that was left early takes its socket with it.
 */
import type { Socket } from 'node:net'
import { ConversationError } from '@dapr-chat/protocol'
import type { Dispatcher } from 'undici'
import { CallClocks, type ClockLimits } from './clocks.ts'
import type { Connections } from './connections.ts'

/** What to send. */
export interface ExchangeRequest {
  /** Path and query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The start of an answer. */
export interface ExchangeHead {
  readonly status: number
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** Bytes that may wait for a reader before the socket is paused. */
const HIGH_WATER_BYTES = 64 * 1024

/** How long an answer whose end was announced may take to end before its socket is closed, in milliseconds. */
const LINGER_MS = 1_000

interface Waiter {
  resolve(): void
}

/** One request and its answer. */
export class Exchange {
  readonly #clocks: CallClocks
  readonly #signal: AbortSignal
  readonly #onAbort: () => void
  /** The socket that is being connected for this request alone; what becomes of it is the controller's, later. */
  #connecting: Socket | undefined
  #controller: Dispatcher.DispatchController | undefined
  #head: ExchangeHead | undefined
  readonly #queue: Buffer[] = []
  #queuedBytes = 0
  #ended = false
  #failure: ConversationError | undefined
  #discarding = false
  #linger: NodeJS.Timeout | undefined
  #waiter: Waiter | undefined

  constructor(connections: Connections, request: ExchangeRequest, signal: AbortSignal, limits: ClockLimits) {
    this.#signal = signal
    this.#onAbort = () => this.#abort(ConversationError.from(signal.reason))
    this.#clocks = new CallClocks(limits, (error) => this.#abort(error))
    signal.addEventListener('abort', this.#onAbort, { once: true })
    if (signal.aborted) this.#onAbort()
    else this.#connecting = connections.dispatch({ ...request, method: 'POST' }, this.#handler())
  }

  /**
   * Status and headers.
   * @throws ConversationError where none come: `unavailable`, `timeout` or the signal's reason.
   */
  async head(): Promise<ExchangeHead> {
    while (!this.#head) {
      if (this.#failure) throw this.#failure
      await this.#wait()
    }
    return this.#head
  }

  /**
   * All bytes that have arrived since the last call; `undefined` when the answer has ended. What arrived before a
   * failure is given out first.
   * @throws ConversationError where the connection breaks, a clock runs out or the signal aborts.
   */
  async read(): Promise<Uint8Array | undefined> {
    for (;;) {
      // A caller who left does not get what is still queued.
      if (this.#signal.aborted && this.#failure) throw this.#failure
      if (this.#queuedBytes > 0) return this.#take()
      if (this.#failure) throw this.#failure
      if (this.#ended) return undefined
      this.#clocks.wait()
      await this.#wait()
    }
  }

  /** Model output has arrived: the clock of the first token stops, the clock of silence starts. */
  committed(): void {
    this.#clocks.committed()
  }

  /** The answer is complete but for the token counts: they are not waited for as long as words are. */
  finished(): void {
    this.#clocks.finished()
  }

  /**
   * Lets go of the answer. One that has not ended is cut, socket and all, unless the provider has announced its end:
   * then what is left is thrown away, so that the connection can serve the next call.
   */
  close(endAnnounced: boolean): void {
    this.#clocks.stop()
    this.#signal.removeEventListener('abort', this.#onAbort)
    this.#queue.length = 0
    this.#queuedBytes = 0
    if (this.#ended || this.#failure) return
    if (endAnnounced) {
      this.#discarding = true
      if (this.#controller?.paused) this.#controller.resume()
      this.#linger = setTimeout(() => this.#abort(abandoned()), LINGER_MS).unref()
    } else {
      this.#abort(abandoned())
    }
  }

  #handler(): Dispatcher.DispatchHandler {
    return {
      onRequestStart: (controller) => {
        this.#controller = controller
        if (this.#failure) controller.abort(this.#failure)
        else this.#clocks.connected()
      },
      onResponseStart: (_controller, status, headers) => {
        // 1xx answers announce another one.
        if (status < 200) return
        this.#head = { status, headers }
        this.#wake()
      },
      onResponseData: (controller, chunk) => {
        if (this.#discarding) return
        this.#queue.push(chunk)
        this.#queuedBytes += chunk.length
        if (this.#queuedBytes > HIGH_WATER_BYTES) controller.pause()
        this.#wake()
      },
      onResponseEnd: () => {
        this.#ended = true
        clearTimeout(this.#linger)
        this.#wake()
      },
      onResponseError: (_controller, error) => {
        clearTimeout(this.#linger)
        this.#failure ??= connectionError(error, this.#head !== undefined)
        this.#wake()
      },
    }
  }

  /** Everything in one piece: events that came together stay together, however many chunks of HTTP they came in. */
  #take(): Uint8Array {
    const [first] = this.#queue
    const bytes = first !== undefined && this.#queue.length === 1 ? first : Buffer.concat(this.#queue)
    this.#queue.length = 0
    this.#queuedBytes = 0
    if (this.#controller?.paused) this.#controller.resume()
    this.#clocks.pause()
    return bytes
  }

  #abort(reason: ConversationError): void {
    if (this.#ended || this.#failure) return
    this.#failure = reason
    if (this.#controller) this.#controller.abort(reason)
    else this.#connecting?.destroy(reason)
    this.#wake()
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiter = { resolve }
    })
  }

  #wake(): void {
    const waiter = this.#waiter
    this.#waiter = undefined
    waiter?.resolve()
  }
}

function abandoned(): ConversationError {
  return new ConversationError('cancelled', 'the answer is no longer wanted')
}

/** Says what happened to a connection in words that carry neither address nor key. */
function connectionError(error: Error, answered: boolean): ConversationError {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
  return answered
    ? new ConversationError(
        'interrupted',
        `the connection to the provider broke in the middle of the answer (${code})`,
        {
          cause: error,
        },
      )
    : new ConversationError('unavailable', `the provider could not be reached (${code})`, { cause: error })
}
