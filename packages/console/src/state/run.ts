/** One question of the playground to one component: the answer as it comes, and its figures. */
import { ConversationError } from '@dapr-chat/protocol'
import type { ChatCompletionChunk, ChatUsage } from '@dapr-chat/protocol/openai'
import { batch, signal } from '@preact/signals'
import { type ChatBody, streamChat } from '../api/chat.ts'
import { newTrace } from '../api/trace.ts'
import type { DraftToolCall } from './draft.ts'

/** How a run stands. */
export type RunState = 'running' | 'done' | 'stopped' | 'failed'

/** The figures of a run; absent ones are not known (yet). */
export interface RunFigures {
  readonly firstTokenMs?: number
  readonly durationMs?: number
  readonly usage?: ChatUsage
  /** Pieces of the answer. */
  readonly chunks: number
  readonly finishReason?: string
}

/** A question that was asked. */
export class Run {
  readonly body: ChatBody
  readonly trace = newTrace()
  readonly state = signal<RunState>('running')
  readonly text = signal('')
  readonly reasoning = signal('')
  readonly toolCalls = signal<readonly DraftToolCall[]>([])
  readonly figures = signal<RunFigures>({ chunks: 0 })
  readonly error = signal<ConversationError | undefined>()
  /** Resolves when the run is over, however it went. */
  readonly over: Promise<void>
  readonly #abort = new AbortController()
  readonly #start = performance.now()

  constructor(body: ChatBody) {
    this.body = body
    this.over = this.#run()
  }

  /** Stops the answer where it is; the model stops too. */
  stop(): void {
    this.#abort.abort()
  }

  /** Output tokens in a second, from the first token on; undefined where it cannot be said. */
  get tokensPerSecond(): number | undefined {
    const { usage, durationMs, firstTokenMs } = this.figures.value
    if (usage === undefined || durationMs === undefined || firstTokenMs === undefined) return undefined
    const seconds = (durationMs - firstTokenMs) / 1_000
    return seconds > 0 ? usage.completion_tokens / seconds : undefined
  }

  async #run(): Promise<void> {
    try {
      for await (const chunks of streamChat(this.body, this.#abort.signal, this.trace.traceparent)) {
        batch(() => {
          for (const chunk of chunks) this.#take(chunk)
        })
      }
      this.state.value = 'done'
    } catch (thrown) {
      if (this.#abort.signal.aborted) this.state.value = 'stopped'
      else {
        this.error.value = ConversationError.from(thrown)
        this.state.value = 'failed'
      }
    } finally {
      this.#figure({ durationMs: this.#now() })
    }
  }

  #take({ choices: [choice], usage }: ChatCompletionChunk): void {
    if (usage) this.#figure({ usage })
    if (choice === undefined) return
    const { content, refusal, reasoning_content: reasoning, tool_calls: calls = [] } = choice.delta
    if (content || refusal || reasoning || calls.length > 0) {
      const { chunks, firstTokenMs = this.#now() } = this.figures.value
      this.#figure({ chunks: chunks + 1, firstTokenMs })
    }
    this.text.value += (content ?? '') + (refusal ?? '')
    this.reasoning.value += reasoning ?? ''
    for (const call of calls) this.#takeCall(call)
    if (choice.finish_reason) this.#figure({ finishReason: choice.finish_reason })
  }

  #takeCall({
    index,
    id,
    function: part,
  }: NonNullable<ChatCompletionChunk['choices'][number]['delta']['tool_calls']>[number]) {
    const calls = [...this.toolCalls.value]
    const known = calls[index] ?? { id: '', name: '', arguments: '' }
    calls[index] = {
      id: id ?? known.id,
      name: known.name + (part?.name ?? ''),
      arguments: known.arguments + (part?.arguments ?? ''),
    }
    this.toolCalls.value = calls
  }

  #figure(figures: Partial<RunFigures>): void {
    this.figures.value = { ...this.figures.value, ...figures }
  }

  #now(): number {
    return performance.now() - this.#start
  }
}
