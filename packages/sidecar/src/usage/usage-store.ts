/**
 * The sidecar's side of the usage store. Calls that have ended are collected and go to the store's thread together, so
 * that no conversation waits for a disk. A store that fails costs rows and never a conversation.
 */
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { CallDetail, CallList, Overview, OverviewWindow } from '@dapr-chat/protocol/console'
import { IN_MEMORY } from '../store/sqlite-database.ts'
import type { CallQuery, UsageLimits } from './usage-database.ts'
import type { UsageAnswer, UsageAnswers, UsageAsk, UsageQuestion } from './usage-messages.ts'

/** What a usage store works with. */
export interface UsageStoreOptions extends UsageLimits {
  /** Is told, once in a row, that rows could not be written. */
  warn(message: string): void
}

/** A call that has ended, as the book of calls tells of it. */
export interface EndedCall {
  detail(costUsd?: number): CallDetail
}

/** How long calls are collected, in milliseconds: a crash loses at most these. */
const COLLECT_MS = 1_000

/** More calls than this are not kept while the thread is busy; the newest are left out. */
const MAX_WAITING = 10_000

interface Waiter {
  resolve(value: unknown): void
  reject(error: Error): void
}

/** All calls of a sidecar. Its thread starts with the first use. */
export class UsageStore {
  readonly #options: UsageStoreOptions
  readonly #waiters = new Map<number, Waiter>()
  #worker: Worker | undefined
  #asked = 0
  #waiting: CallDetail[] = []
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()
  #failing = false

  constructor(options: UsageStoreOptions) {
    this.#options = options
  }

  /** A call has ended: the sidecar's book of calls tells it. */
  ended(record: EndedCall, costUsd: number | undefined): void {
    this.add(record.detail(costUsd))
  }

  /** A call was refused: a row of its own, because it is what an operator looks for. */
  refused(record: EndedCall): void {
    this.add(record.detail())
  }

  /** Adds a call that has ended; it is written within a second. */
  add(call: CallDetail): void {
    if (this.#waiting.length >= MAX_WAITING) return
    this.#waiting.push(call)
    this.#timer ??= setTimeout(() => void this.flush(), COLLECT_MS).unref()
  }

  /** Writes what is still waiting; never fails. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const calls = this.#waiting
    if (calls.length === 0) return this.#writing
    this.#waiting = []
    this.#writing = this.#writing.then(() => this.#write(calls))
    return this.#writing
  }

  /**
   * The newest calls that match; those still waiting to be written are among them.
   * @throws Error where the store cannot be read.
   */
  async list(query: CallQuery): Promise<CallList> {
    await this.flush()
    return this.#ask({ kind: 'list', query })
  }

  /**
   * One call, if it has ended and is still there.
   * @throws Error where the store cannot be read.
   */
  async find(id: string): Promise<CallDetail | undefined> {
    await this.flush()
    return this.#ask({ kind: 'find', id })
  }

  /**
   * The figures of a window that ends now.
   * @throws Error where the store cannot be read.
   */
  async overview(window: OverviewWindow): Promise<Omit<Overview, 'open'>> {
    await this.flush()
    return this.#ask({ kind: 'overview', window, now: Date.now() })
  }

  /** Writes what is waiting and ends the thread. */
  async close(): Promise<void> {
    // What is kept for the run alone is needed by nobody any more.
    if (this.#worker || this.#options.path !== IN_MEMORY) await this.flush()
    clearTimeout(this.#timer)
    if (!this.#worker) return
    // Whatever became of the file: the process goes down.
    await this.#ask({ kind: 'close' }).catch(() => {})
    await this.#worker?.terminate()
  }

  async #write(calls: readonly CallDetail[]): Promise<void> {
    try {
      await this.#ask({ kind: 'add', calls })
      this.#failing = false
    } catch (thrown) {
      if (this.#failing) return
      this.#failing = true
      const reason = thrown instanceof Error ? thrown.message : String(thrown)
      this.#options.warn(`Cannot write usage: calls are answered, but not counted in ${this.#options.path}: ${reason}`)
    }
  }

  #ask<Kind extends UsageAsk['kind']>(ask: Extract<UsageAsk, { readonly kind: Kind }>): Promise<UsageAnswers[Kind]> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const id = ++this.#asked
    const worker = this.#thread()
    // A process that goes down waits for what it has asked, and for nothing else.
    worker.ref()
    this.#waiters.set(id, { resolve, reject })
    worker.postMessage({ id, ask } satisfies UsageQuestion)
    return promise as Promise<UsageAnswers[Kind]>
  }

  #thread(): Worker {
    if (this.#worker) return this.#worker
    const { path, maxBytes, maxAgeMs } = this.#options
    // Published code has another extension than its source.
    const file = new URL(`./usage-thread${extname(import.meta.url)}`, import.meta.url)
    const workerData = { path, maxBytes, maxAgeMs } satisfies UsageLimits
    // Without the flags of the process: some, such as those of a program given with -e, no thread can start with.
    const worker = new Worker(file, { workerData, execArgv: [] })
    worker.on('message', ({ id, value, failure }: UsageAnswer) => {
      const waiter = this.#waiters.get(id)
      this.#waiters.delete(id)
      if (this.#waiters.size === 0) worker.unref()
      if (failure === undefined) waiter?.resolve(value)
      else waiter?.reject(new Error(failure))
    })
    const ended = (error: Error) => {
      if (this.#worker === worker) this.#worker = undefined
      for (const waiter of this.#waiters.values()) waiter.reject(error)
      this.#waiters.clear()
    }
    worker.on('error', ended)
    worker.on('exit', () => ended(new Error('the thread of the usage store has ended')))
    this.#worker = worker
    return worker
  }
}
