/**
 * The calls in progress. Each has the one signal that stops it, whoever wants it stopped; together they are what a
 * sidecar that goes down waits for. The APIs open calls, the composition root drains them.
 */
import { ConversationError } from '@dapr-chat/protocol'

/** A call in progress. */
export class OpenCall {
  readonly #controller = new AbortController()
  readonly #onClose: (call: OpenCall) => void
  #closed = false

  constructor(onClose: (call: OpenCall) => void) {
    this.#onClose = onClose
  }

  /** Aborts with a `ConversationError` that says who stopped the call. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** The caller has left. Of a call that is over, it is no news: gRPC says so of every one. */
  cancel(): void {
    if (!this.#closed) this.abort(new ConversationError('cancelled', 'the caller has left'))
  }

  /** Stops the call, for the given reason. */
  abort(reason: ConversationError): void {
    this.#controller.abort(reason)
  }

  /** The call is over, however it went. */
  close(): void {
    this.#closed = true
    this.#onClose(this)
  }
}

/** All calls in progress. */
export class OpenCalls {
  readonly #calls = new Set<OpenCall>()
  /** Who waits for calls to end, and for which. */
  readonly #waiting = new Set<{ readonly calls: Set<OpenCall>; readonly resolve: () => void }>()
  #draining = false
  #empty: (() => void) | undefined

  /** How many calls are in progress. */
  get size(): number {
    return this.#calls.size
  }

  /** Whether no more calls are accepted. */
  get draining(): boolean {
    return this.#draining
  }

  /**
   * Begins a call.
   * @throws ConversationError `shutting_down` once the sidecar drains.
   */
  open(): OpenCall {
    if (this.#draining) throw shuttingDown()
    const call = new OpenCall((ended) => {
      this.#calls.delete(ended)
      if (this.#calls.size === 0) this.#empty?.()
      for (const waiter of this.#waiting) {
        waiter.calls.delete(ended)
        if (waiter.calls.size > 0) continue
        this.#waiting.delete(waiter)
        waiter.resolve()
      }
    })
    this.#calls.add(call)
    return call
  }

  /** Resolves when every call that is in progress now is over, however many begin meanwhile. */
  ended(): Promise<void> {
    if (this.#calls.size === 0) return Promise.resolve()
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.add({ calls: new Set(this.#calls), resolve })
    return promise
  }

  /**
   * Refuses new calls, lets the running ones end for as long as `limitMs` milliseconds, then stops the rest. One that
   * is stopped and still does not end, because its caller has stopped reading, is waited for `goodbyeMs` milliseconds.
   */
  async drain(limitMs: number, goodbyeMs: number): Promise<void> {
    this.#draining = true
    if (this.#calls.size === 0) return
    const { promise: over, resolve } = Promise.withResolvers<void>()
    this.#empty = resolve
    let timer = setTimeout(() => {
      for (const call of this.#calls) call.abort(shuttingDown())
      timer = setTimeout(resolve, goodbyeMs)
    }, limitMs)
    await over
    clearTimeout(timer)
  }
}

function shuttingDown(): ConversationError {
  return new ConversationError('shutting_down', 'the sidecar is shutting down')
}
