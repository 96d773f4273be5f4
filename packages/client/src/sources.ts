/** Chooses where an answer comes from: the sources of a client in their order, and what is known of each. */
import type { ConversationEvent } from '@dapr-chat/protocol'
import { UnsupportedFeatureError } from './errors.ts'
import type { ChatWarning } from './result.ts'
import { DirectSource } from './transport/direct-source.ts'
import type { AnswerSource, SourceCall, StreamingMode, StreamSource, Transport } from './transport/transport.ts'

/** A question that does not yet know its component: only the sidecar has components. */
export type OpenQuestion = Omit<SourceCall, 'component'> & {
  /** The component to ask, found out when it is needed. */
  component(): Promise<string>
  /** Whether a stream is wanted, must be, or is not. */
  readonly streaming: 'auto' | 'require' | 'off'
}

/** An answer whose head has arrived, and how it came. */
export interface OpenAnswer {
  readonly mode: StreamingMode
  /** The component, or the model where there is no sidecar. */
  readonly component: string
  readonly events: AsyncIterable<readonly ConversationEvent[]>
  readonly warnings: readonly ChatWarning[]
}

interface Entry {
  readonly kind: StreamSource['kind']
  readonly source: AnswerSource
  /** What it is called where it is not asked for a component. */
  readonly model: string | undefined
  /** Whether it streams, once an answer has shown it. */
  streams: boolean | undefined
}

/** The sources of one client. */
export class Sources {
  readonly #entries: readonly Entry[]

  constructor(sources: readonly StreamSource[], transport: Transport) {
    this.#entries = sources.map((source) =>
      source.kind === 'native'
        ? { kind: source.kind, source: transport, model: undefined, streams: undefined }
        : { kind: source.kind, source: new DirectSource(source), model: source.model, streams: undefined },
    )
  }

  /**
   * Asks. A source that turned out not to stream has answered in whole: that answer is used, unless a stream is
   * required, and the next stream is asked of the next source.
   * @throws UnsupportedFeatureError where a stream is required and no source streams.
   */
  async ask(question: OpenQuestion): Promise<OpenAnswer> {
    const { streaming } = question
    const [first] = this.#entries
    if (first && streaming === 'off') return this.#askOne(first, question)
    const able = this.#entries.filter((entry) => entry.streams !== false)
    if (first && able.length === 0 && streaming === 'auto') return this.#askOne(first, question)
    for (const entry of able) {
      const answer = await this.#askOne(entry, question)
      if (answer.mode !== 'simulated' || streaming === 'auto') return answer
    }
    throw new UnsupportedFeatureError('Cannot stream the answer: the runtime that was asked gives whole answers only', {
      hint: 'Run dapr-chat instead of a stock daprd, or allow streaming "auto".',
    })
  }

  async #askOne(entry: Entry, question: OpenQuestion): Promise<OpenAnswer> {
    const component = entry.model ?? (await question.component())
    const { request, signal, headers } = question
    const wanted = question.streaming !== 'off'
    const call = { component, request, signal, headers }
    const { streamed, events } = await entry.source.stream(call, { streaming: wanted })
    if (wanted) entry.streams = streamed
    const warnings = wanted && !streamed ? [simulated] : []
    return { mode: streamed ? entry.kind : 'simulated', component, events, warnings }
  }
}

const simulated: ChatWarning = {
  code: 'simulated_stream',
  message: 'The runtime gives whole answers only: this one is shown as a stream, and came in one piece.',
}
