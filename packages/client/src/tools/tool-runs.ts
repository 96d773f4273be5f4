/** The tools that one answer calls: each is started the moment its call is complete, while the answer still arrives. */
import type { ConversationEvent } from '@dapr-chat/protocol'
import { type ChatToolCall, writeToolCall } from '@dapr-chat/protocol/openai'
import { UnknownToolError } from '../errors.ts'
import { failed, runTool, type ToolOutcome } from './run-tool.ts'
import type { Tool, ToolContext } from './tool.ts'
import type { ToolPolicy } from './tool-policy.ts'

/** What one of the model's calls came to. */
export interface ToolResult {
  readonly call: ChatToolCall
  /** What the model is told. */
  readonly content: string
  /** Whether the tool failed, does not exist, was called with wrong arguments, or was not approved. */
  readonly isError: boolean
  /** From the complete call to its result, in milliseconds. */
  readonly durationMs: number
}

/** What is the same for all tools of one step. */
export interface StepContext extends Pick<ToolContext, 'signal' | 'step'> {
  /** The conversation as the model saw it. */
  messages(): ToolContext['messages']
}

/** The runs of one step. Nothing here rejects: what ends the call is thrown by `take`. */
export class ToolRuns {
  readonly #policy: ToolPolicy
  readonly #context: StepContext
  readonly #limit: number
  readonly #growing = new Map<number, ChatToolCall>()
  readonly #calls: ChatToolCall[] = []
  readonly #results = new Map<ChatToolCall, ToolResult>()
  readonly #left: ChatToolCall[] = []
  readonly #waiting: (() => Promise<void>)[] = []
  #fresh: ToolResult[] = []
  #running = 0
  #denied = false
  #failure: { readonly thrown: unknown } | undefined
  #wake = Promise.withResolvers<void>()

  constructor(policy: ToolPolicy, context: StepContext) {
    const { execution } = policy
    this.#policy = policy
    this.#context = context
    this.#limit = typeof execution === 'object' ? execution.concurrency : execution === 'sequential' ? 1 : Infinity
  }

  /** Takes in what arrived, and starts what is complete. Only the first choice's calls count. */
  add(batch: readonly ConversationEvent[]): void {
    for (const event of batch) {
      if (event.type === 'tool-call-start' && event.choice === 0) {
        const { index, id, name, signature } = event
        this.#growing.set(index, writeToolCall({ id, name, arguments: '', ...(signature && { signature }) }))
      } else if (event.type === 'tool-call-delta' && event.choice === 0) {
        const call = this.#growing.get(event.index)
        if (call) call.function.arguments += event.arguments
      } else if (event.type === 'tool-call-end' && event.choice === 0) {
        const call = this.#growing.get(event.index)
        if (call && event.signature) call.signature = event.signature
        this.#complete(event.index)
      }
    }
  }

  /** The answer is over: every call in it is complete. */
  end(): void {
    for (const index of [...this.#growing.keys()]) this.#complete(index)
  }

  /**
   * The results that came since the last time, as they came.
   * @throws what ends the call: a tool's failure with `onToolError: 'throw'`, or what `approve` threw.
   */
  take(): readonly ToolResult[] {
    if (this.#failure) throw this.#failure.thrown
    const fresh = this.#fresh
    if (fresh.length > 0) this.#fresh = []
    return fresh
  }

  /** Whether a result is still to come. */
  get pending(): boolean {
    return this.#running > 0 || this.#waiting.length > 0
  }

  /** Resolves when there may be something to take. */
  get progress(): Promise<void> {
    return this.#wake.promise
  }

  /** All results so far, in the order of the calls. */
  get results(): readonly ToolResult[] {
    return this.#calls.flatMap((call) => this.#results.get(call) ?? [])
  }

  /** The calls of tools without code: the program's to answer. */
  get left(): readonly ChatToolCall[] {
    return this.#left
  }

  /** Whether a tool was not approved, and the call ends for it. */
  get denied(): boolean {
    return this.#denied
  }

  #complete(index: number): void {
    const call = this.#growing.get(index)
    if (!call) return
    this.#growing.delete(index)
    this.#calls.push(call)
    const { name } = call.function
    const { tools, warn } = this.#policy
    const found = tools.find(name)
    if (found.kind === 'leave') {
      this.#left.push(call)
      return
    }
    if (found.kind === 'run' && !found.exact) {
      const message = `The model called "${name}", which is no tool: "${found.tool.name}" was run in its place.`
      warn({ code: 'tool_name', message })
    }
    const startedAt = performance.now()
    this.#waiting.push(async () => {
      const outcome = found.kind === 'run' ? await this.#run(found.tool, call) : this.#unknown(name)
      this.#settle(call, outcome, performance.now() - startedAt)
    })
    this.#startNext()
  }

  #startNext(): void {
    if (this.#failure || this.#running >= this.#limit) return
    const start = this.#waiting.shift()
    if (!start) return
    this.#running++
    start()
      .catch((thrown: unknown) => {
        this.#failure ??= { thrown }
      })
      .finally(() => {
        this.#running--
        this.#startNext()
        this.#wake.resolve()
        this.#wake = Promise.withResolvers()
      })
  }

  #run(tool: Tool, call: ChatToolCall): Promise<ToolOutcome> {
    const { signal, step } = this.#context
    const context = { signal, step, toolCallId: call.id, messages: this.#context.messages() }
    return runTool(tool, call, context, this.#policy.approve)
  }

  #unknown(name: string): ToolOutcome {
    const names = this.#policy.tools.names.join(', ')
    return failed(new UnknownToolError(`Cannot run tool "${name}": it must be one of the tools: ${names}`))
  }

  #settle(call: ChatToolCall, { content, error, denied }: ToolOutcome, durationMs: number): void {
    if (error && this.#policy.onError === 'throw') throw error
    this.#denied ||= denied === 'stop'
    const result = { call, content, isError: error !== undefined || denied !== undefined, durationMs }
    this.#results.set(call, result)
    this.#fresh.push(result)
  }
}
