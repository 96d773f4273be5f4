/**
 * A conversation through a vendor's package, at the level of its language model: the package writes the request and
 * reads the events; connections, clocks, failures and the order of things are ours.
 */

import type { LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider'
import {
  type ConversationCall,
  ConversationError,
  type ConversationEvent,
  type ConversationRequest,
  type Converse,
  isOutput,
  type JsonObject,
} from '@dapr-chat/protocol'
import type { ProviderContext } from '../provider.ts'
import type { ClockLimits } from '../upstream/clocks.ts'
import type { Connections } from '../upstream/connections.ts'
import { traceHeaders } from '../upstream/trace-headers.ts'
import { AnswerReader } from './answer-reader.ts'
import { packageError } from './failure.ts'
import { GuardedFetch } from './guard-fetch.ts'
import { PartBatches } from './part-batches.ts'
import type { Screen } from './screen.ts'

/** A request on its way to the vendor. */
export interface WrittenRequest {
  readonly options: LanguageModelV4CallOptions
  /** Members that go into the body beside what the package writes, and win over it. */
  readonly body: JsonObject
}

/** What a vendor's folder says of its package. */
export interface Vendor {
  readonly connections: Connections
  readonly limits: ClockLimits
  /** The model to ask where the request names none. */
  readonly model: string
  /** The package's model, asking through `fetch`. Loads the package, which is the reason to wait. */
  open(model: string, fetch: GuardedFetch['fetch']): Promise<LanguageModelV4>
  /** The request as the package takes it, and what goes into the body beside. */
  write(request: ConversationRequest, model: string): WrittenRequest | Promise<WrittenRequest>
  /** Is told what is left out of requests. */
  readonly warn: ProviderContext['warn']
  /** Makes the screen that reads one answer. */
  screen(): Screen
  /** Whether an event that the package does not know carries nothing of the answer. Absent where the screen sorts. */
  isForeign?(event: unknown): boolean
}

/** The provider's function. */
export function converseThrough(vendor: Vendor): Converse {
  return async function* converse(call: ConversationCall): AsyncGenerator<readonly ConversationEvent[]> {
    const { connections, limits } = vendor
    const model = call.request.model ?? vendor.model
    const { options, body } = await vendor.write(call.request, model)
    const { signal, observer } = call
    const answered = () => observer?.answered()
    const headers = traceHeaders(call.trace)
    const screen = () => vendor.screen()
    const guard = new GuardedFetch({ connections, limits, signal, answered, screen, body, headers })
    let parts: PartBatches<Part> | undefined
    try {
      const opened = await unlessAborted(vendor.open(model, guard.fetch), call.signal)
      const { stream } = await opened.doStream(options)
      parts = new PartBatches(stream)
      yield* readAnswer(parts, guard, vendor, call.signal)
    } catch (thrown) {
      throw guard.failure ?? packageError(thrown, guard.asked)
    } finally {
      parts?.cancel()
      guard.close()
    }
  }
}

/** What is loaded and looked up before anything is sent has no clock of the call, and a caller who leaves does not wait. */
async function unlessAborted<T>(opening: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const leave = () => reject(signal.reason)
  signal.addEventListener('abort', leave, { once: true })
  try {
    return await Promise.race([opening, aborted])
  } finally {
    signal.removeEventListener('abort', leave)
  }
}

type Part = Awaited<ReturnType<LanguageModelV4['doStream']>>['stream'] extends ReadableStream<infer T> ? T : never

async function* readAnswer(
  parts: PartBatches<Part>,
  guard: GuardedFetch,
  vendor: Vendor,
  signal: AbortSignal,
): AsyncGenerator<readonly ConversationEvent[]> {
  const reader = new AnswerReader({
    get model() {
      return guard.model
    },
    get done() {
      return guard.done
    },
    get failed() {
      return guard.failure !== undefined
    },
    isForeign: (event) => vendor.isForeign?.(event) ?? false,
    warn: vendor.warn,
  })
  let committed = false
  for (;;) {
    const batch = await parts.next()
    // A caller who has left does not get what is still under way.
    if (signal.aborted) throw ConversationError.from(signal.reason)
    const events = batch ? reader.read(batch) : []
    if (!batch) reader.end()
    if (events.length > 0) {
      if (!committed && events.some(isOutput)) {
        committed = true
        guard.committed()
      }
      yield events
    }
    // The reason why the stream ended early comes before what the package made of it.
    if (!batch && guard.failure) throw guard.failure
    if (reader.failure) throw guard.failure ?? reader.failure
    if (!batch) return
  }
}
