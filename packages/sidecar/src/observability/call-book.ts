/**
 * All calls of a sidecar: those that run, and a word to everybody who wants to know when one begins or has ended. The
 * telemetry middleware writes it; metrics, traces, the usage store and the console read it.
 */
import type { Caller, CallOrigin, ConversationCall, ConversationError, TraceContext } from '@dapr-chat/protocol'
import type { CallContent, CallSummary } from '@dapr-chat/protocol/console'
import { CallRecord, type RecordedComponent } from './call-record.ts'
import type { ContentBook } from './content-book.ts'

/** Somebody who wants to know. What it throws is its own affair: no call fails because of it. */
export interface CallSink {
  /** A call begins. */
  began?(record: CallRecord): void
  /**
   * A call has ended.
   * @param costUsd what it cost in US dollars, where it is known.
   */
  ended(record: CallRecord, costUsd: number | undefined): void
  /** A call was refused before it reached a component. Of its record, nothing but the error has ever happened. */
  refused?(record: CallRecord): void
}

/** A call that reaches no component, as far as anything is known of it. */
export interface RefusedCall {
  /** The component of ours that it named; absent where there is none of that name. */
  readonly component: Pick<RecordedComponent, 'name' | 'type'> | undefined
  readonly caller: Caller
  readonly origin: CallOrigin
  readonly trace: TraceContext | undefined
}

/** Stands for the component of a call that named none of ours: what callers make up is in no label and no group. */
const NO_COMPONENT = { name: '', type: '' }

/** What a call cost in US dollars; nothing where the price or the tokens are not known. */
export type PriceOf = (record: CallRecord) => number | undefined

/** What a book of calls works with. */
export interface CallBookOptions {
  readonly priceOf: PriceOf
  /** Where what is said is kept; absent where the operator did not ask for that. */
  readonly contents: ContentBook | undefined
  /** Is told what sinks throw. */
  reportInternal(error: unknown): void
}

/** The calls of a sidecar. */
export class CallBook {
  readonly #running = new Map<string, CallRecord>()
  readonly #sinks = new Set<CallSink>()
  readonly #priceOf: PriceOf
  readonly #reportInternal: (error: unknown) => void

  readonly #contents: ContentBook | undefined

  constructor({ priceOf, contents, reportInternal }: CallBookOptions) {
    this.#priceOf = priceOf
    this.#contents = contents
    this.#reportInternal = reportInternal
  }

  /** Lets somebody know from now on. The result ends it. */
  add(sink: CallSink): () => void {
    this.#sinks.add(sink)
    return () => this.#sinks.delete(sink)
  }

  /** The calls in progress, the oldest first. */
  running(): CallSummary[] {
    return Array.from(this.#running.values(), (record) => record.summary())
  }

  /** The record of a call in progress. */
  find(id: string): CallRecord | undefined {
    return this.#running.get(id)
  }

  /** What was said in a call, so far or in all; absent where it is not kept, or no more. */
  content(id: string): CallContent | undefined {
    return this.#contents?.content(id)
  }

  /** A call begins. */
  begin(call: ConversationCall, component: RecordedComponent): CallRecord {
    const record = new CallRecord(call, component)
    this.#running.set(record.id, record)
    this.#tell((sink) => sink.began?.(record))
    return record
  }

  /** A call has ended, with an error or without. */
  end(record: CallRecord, thrown?: unknown): void {
    record.end(thrown)
    this.#running.delete(record.id)
    if (this.#sinks.size === 0) return
    const costUsd = this.#priceOf(record)
    this.#tell((sink) => sink.ended(record, costUsd))
  }

  /** A call reaches no component: it is told of like one that has failed, and counted for none. */
  refuse({ component = NO_COMPONENT, caller, origin, trace }: RefusedCall, error: ConversationError): void {
    const call: ConversationCall = {
      component: component.name,
      // Nobody could read it, or nobody may.
      request: { messages: [] },
      caller,
      signal: AbortSignal.abort(error),
      origin,
      ...(trace && { trace }),
    }
    const { name, type } = component
    const record = new CallRecord(call, { name, type, provider: '', model: undefined, endpoint: undefined })
    record.refuse(error)
    this.#tell((sink) => sink.refused?.(record))
  }

  #tell(word: (sink: CallSink) => void): void {
    for (const sink of this.#sinks) {
      try {
        word(sink)
      } catch (error) {
        this.#reportInternal(error)
      }
    }
  }
}
