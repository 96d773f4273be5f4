/**
 * What happens to calls, as a stream of events to every open page of the console. What comes within a moment leaves
 * together, of one call only the newest; a page that reads too slowly, or a sidecar that is too busy to show it all, costs
 * events and never memory: the page is told to read the log again. The composition root makes it and ends it.
 */
import type { ServerResponse } from 'node:http'
import type { CallSummary, ConsoleEvent } from '@dapr-chat/protocol/console'
import { encodeSse, SSE_HEADERS, SSE_PING } from '@dapr-chat/protocol/sse'
import type { CallBook, CallSink } from '../../observability/call-book.ts'
import type { CallRecord } from '../../observability/call-record.ts'
import { EventStream } from '../../server/event-stream.ts'
import type { KeepAlive } from '../../server/keep-alive.ts'

/** How long events wait for others, in milliseconds. */
const GATHER_MS = 100

/** How often a page is told how far running calls have come, in milliseconds. */
const PROGRESS_MS = 1_000

/** The most calls that leave together. */
const MAX_GATHERED = 500

/** The most pages at a time. */
const MAX_PAGES = 32

/** One open page. */
interface Page {
  readonly stream: EventStream
  /** Whether whoever opened it may still read. */
  readonly mayRead: () => boolean
  /** Whether it has not read what it was sent before. */
  behind: boolean
  /** Whether something was left out. */
  missed: boolean
}

/** The pages that are open. */
export class CallFeed implements CallSink {
  readonly #book: CallBook
  readonly #keepAlive: KeepAlive
  readonly #pages = new Set<Page>()
  /** By the call's id: the events that leave next. */
  #gathered = new Map<string, CallSummary>()
  #gathering: NodeJS.Timeout | undefined
  #progress: NodeJS.Timeout | undefined
  /** By the id of a running call: how far it had come when the pages were last told. */
  #told = new Map<string, string>()
  #closed = false

  constructor(book: CallBook, keepAlive: KeepAlive) {
    this.#book = book
    this.#keepAlive = keepAlive
    book.add(this)
  }

  /**
   * Takes a response over for a page.
   * @param mayRead is asked once a second; when it says no, the stream ends.
   * @returns false where there are too many pages, or no more streams: nothing has been sent then.
   */
  open(response: ServerResponse, mayRead: () => boolean): boolean {
    if (this.#closed || this.#pages.size >= MAX_PAGES) return false
    const stream = new EventStream(response, SSE_HEADERS, this.#keepAlive, SSE_PING)
    const page: Page = { stream, mayRead, behind: false, missed: false }
    this.#pages.add(page)
    response.once('close', () => this.#end(page))
    this.#progress ??= setInterval(() => this.#tellProgress(), PROGRESS_MS).unref()
    return true
  }

  began(record: CallRecord): void {
    if (this.#pages.size > 0) this.#gather(record.summary())
  }

  ended(record: CallRecord, costUsd: number | undefined): void {
    this.#told.delete(record.id)
    if (this.#pages.size > 0) this.#gather(record.summary(costUsd))
  }

  refused(record: CallRecord): void {
    if (this.#pages.size > 0) this.#gather(record.summary())
  }

  /** Sends what is gathered and ends all streams. */
  close(): void {
    this.#closed = true
    this.#send()
    for (const page of this.#pages) this.#end(page)
  }

  #gather(call: CallSummary): void {
    if (this.#gathered.size >= MAX_GATHERED && !this.#gathered.has(call.id)) {
      for (const page of this.#pages) page.missed = true
      return
    }
    this.#gathered.set(call.id, call)
    this.#gathering ??= setTimeout(() => this.#send(), GATHER_MS)
  }

  #tellProgress(): void {
    for (const page of this.#pages) {
      if (!page.mayRead()) this.#end(page)
    }
    const told = new Map<string, string>()
    for (const call of this.#book.running()) {
      const progress = `${call.chunks} ${call.attempts}`
      told.set(call.id, progress)
      if (this.#told.get(call.id) !== progress) this.#gather(call)
    }
    this.#told = told
  }

  #send(): void {
    clearTimeout(this.#gathering)
    this.#gathering = undefined
    let text = ''
    for (const call of this.#gathered.values()) text += encode({ type: 'call', call })
    this.#gathered = new Map()
    for (const page of this.#pages) this.#write(page, text)
  }

  #write(page: Page, text: string): void {
    if (page.behind) {
      page.missed ||= text !== ''
      return
    }
    const reload = page.missed ? encode({ type: 'reload' }) : ''
    page.missed = false
    const full = text + reload === '' ? undefined : page.stream.write(text + reload)
    if (full === undefined) return
    page.behind = true
    void full.then(() => {
      page.behind = false
      if (page.missed && this.#pages.has(page)) this.#write(page, '')
    })
  }

  #end(page: Page): void {
    if (!this.#pages.delete(page)) return
    page.stream.end()
    if (this.#pages.size > 0) return
    clearInterval(this.#progress)
    this.#progress = undefined
    this.#told.clear()
  }
}

function encode(event: ConsoleEvent): string {
  return encodeSse(JSON.stringify(event))
}
