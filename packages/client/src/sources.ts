/** Chooses where an answer comes from: the sources of a client in their order, and what is known of each. */
import { ConversationError, type ConversationEvent, errorAdvice } from '@dapr-chat/protocol'
import { UnsupportedFeatureError } from './errors.ts'
import type { CompleteRetryPolicy } from './retry/policy.ts'
import { withRetries } from './retry/retry.ts'
import { untilOutput } from './retry/until-output.ts'
import { DirectSource } from './transport/direct-source.ts'
import { InvokeSource } from './transport/invoke-source.ts'
import { NativeSource } from './transport/native-source.ts'
import { type SimulatedChunk, simulateStream } from './transport/simulated-stream.ts'
import type { AnswerSource, SourceCall, StreamingMode, StreamSource, Transport } from './transport/transport.ts'
import type { ChatWarning } from './warning.ts'

/** A question that does not yet know its component: only the sidecar has components. */
export type OpenQuestion = Omit<SourceCall, 'component'> & {
  /** The component to ask, found out when it is needed. */
  component(): Promise<string>
  /** Whether a stream is wanted, must be, or is not. */
  readonly streaming: 'auto' | 'require' | 'off'
  /** When a try that failed is followed by another. */
  readonly retry: CompleteRetryPolicy
}

/** An answer whose head has arrived, and how it came. */
export interface OpenAnswer {
  readonly mode: StreamingMode
  /** The component, or the model where there is no sidecar. */
  readonly component: string
  readonly events: AsyncIterable<readonly ConversationEvent[]>
  readonly warnings: readonly ChatWarning[]
  /** How often it was asked for. */
  readonly attempts: number
  /** The answer as the wire had it, parsed; absent where it streams, and where the source does not say. */
  readonly raw?: unknown
}

type StreamedBy = Exclude<StreamingMode, 'simulated'>

interface Entry {
  readonly kind: StreamedBy
  readonly source: AnswerSource
  /** What it is called where it is not asked for a component. */
  readonly model: string | undefined
  /** Why it does not stream, once an answer has shown that. */
  unable: string | undefined
  /** Whether it has no conversation API at all. */
  absent: boolean
}

interface Answered extends Omit<OpenAnswer, 'mode' | 'attempts'> {
  readonly kind: StreamedBy
  readonly streamed: boolean
}

/** The sources of one client. */
export class Sources {
  readonly #entries: readonly Entry[]
  readonly #chunk: SimulatedChunk

  /** @throws InvalidRequestError for a source that does not go with the transport. */
  constructor(sources: readonly StreamSource[], transport: Transport) {
    const entries = sources.flatMap((source) => makeEntry(source, transport) ?? [])
    this.#entries = entries.length > 0 ? entries : [nativeEntry(transport)]
    const simulated = sources.find(({ kind }) => kind === 'simulated')
    this.#chunk = (simulated?.kind === 'simulated' ? simulated.chunk : undefined) ?? 'whole'
    // Whoever names nothing else wants a whole answer, shown in pieces.
    if (entries.length === 0) for (const entry of this.#entries) entry.unable = 'only "simulated" is among the sources'
  }

  /**
   * Asks. A source that turned out not to stream has answered in whole: that answer is used, unless a stream is
   * required, and the next stream is asked of the next source. Tries that fail before the first output are repeated as
   * the question's policy says.
   * @throws UnsupportedFeatureError where a stream is required and no source streams.
   */
  ask(question: OpenQuestion): Promise<OpenAnswer> {
    const { retry, signal } = question
    return withRetries(
      async ({ attempt, last }) => {
        const answer = await this.#askOnce(question)
        const events = last ? answer.events : await untilOutput(answer.events, signal)
        return { ...answer, events, attempts: attempt }
      },
      retry,
      signal,
    )
  }

  async #askOnce(question: OpenQuestion): Promise<Omit<OpenAnswer, 'attempts'>> {
    if (question.streaming === 'off') return this.#shown(await this.#whole(question), [])
    for (const entry of this.#entries) {
      if (entry.unable !== undefined) continue
      const answer = await this.#askOne(entry, question, true)
      if (answer?.streamed) return { ...answer, mode: entry.kind }
      entry.unable = answer ? 'it answered in whole' : 'it has no conversation API'
      if (answer && question.streaming === 'auto') return this.#shown(answer, [this.#simulated()])
    }
    if (question.streaming === 'auto') return this.#shown(await this.#whole(question), [this.#simulated()])
    throw new UnsupportedFeatureError(`Cannot stream the answer: a source must be able to: ${this.#reasons()}`, {
      hint: 'Run dapr-chat instead of a stock daprd, or allow streaming "auto".',
    })
  }

  /** A whole answer, from the first source that has any. */
  async #whole(question: OpenQuestion): Promise<Answered> {
    const present = this.#entries.filter(({ absent }) => !absent)
    for (const entry of present) {
      const answer = await this.#askOne(entry, question, false)
      if (answer) return answer
    }
    // Nothing is left to lose: the next question finds out anew whether it was a fault that has passed.
    for (const entry of this.#entries) Object.assign(entry, { absent: false, unable: undefined })
    throw new UnsupportedFeatureError('Cannot ask: a source must have a conversation API, and none has', {
      hint: errorAdvice.not_found,
    })
  }

  /** `undefined` where the source has no conversation API. */
  async #askOne(entry: Entry, question: OpenQuestion, streaming: boolean): Promise<Answered | undefined> {
    const component = entry.model ?? (await question.component())
    const { request, signal, headers, onUnsupported } = question
    const call: SourceCall = { component, request, signal, headers, ...(onUnsupported && { onUnsupported }) }
    try {
      const { warnings = [], ...answer } = await entry.source.stream(call, { streaming })
      return { ...answer, kind: entry.kind, component, warnings }
    } catch (thrown) {
      if (!(thrown instanceof ConversationError && thrown.code === 'not_found') || this.#entries.length === 1)
        throw thrown
      entry.absent = true
      return undefined
    }
  }

  #shown(answer: Answered, more: readonly ChatWarning[]): Omit<OpenAnswer, 'attempts'> {
    const events = more.length > 0 ? simulateStream(answer.events, this.#chunk) : answer.events
    return { ...answer, mode: 'simulated', events, warnings: [...answer.warnings, ...more] }
  }

  #simulated(): ChatWarning {
    const message = `This answer came in one piece and is shown as a stream, because no source streams: ${this.#reasons()}.`
    return { code: 'simulated_stream', message }
  }

  #reasons(): string {
    return this.#entries.flatMap(({ kind, unable }) => (unable === undefined ? [] : `${kind}: ${unable}`)).join('; ')
  }
}

function makeEntry(source: StreamSource, transport: Transport): Entry | undefined {
  switch (source.kind) {
    case 'native':
      return nativeEntry(transport)
    case 'invoke':
      return entryOf('invoke', new InvokeSource(source, transport), source.model)
    case 'direct':
      return entryOf('direct', new DirectSource(source), source.model)
    case 'simulated':
      return undefined
  }
}

function nativeEntry(transport: Transport): Entry {
  return entryOf('native', new NativeSource(transport), undefined)
}

function entryOf(kind: StreamedBy, source: AnswerSource, model: string | undefined): Entry {
  return { kind, source, model, unable: undefined, absent: false }
}
