/** One run of one tool: its arguments read and checked, its approval asked for, its time limited, its result as text. */
import type { ChatToolCall } from '@dapr-chat/protocol/openai'
import { abortable } from '../abortable.ts'
import { type DaprChatError, ToolExecutionError, ToolInputError } from '../errors.ts'
import { describeIssue, validate } from '../schema/input-schema.ts'
import { serializeResult } from './serialize.ts'
import type { Tool, ToolContext } from './tool.ts'

/** What `approve` is asked. */
export interface ApprovalRequest {
  readonly call: ChatToolCall
  /** The arguments, checked. */
  readonly input: unknown
  /** Aborted when the call is. */
  readonly signal: AbortSignal
}

/**
 * Whether a tool may run. `false` ends the call after this step, with the stop reason `approval-denied`; a text is told
 * to the model in place of a result, and the conversation goes on.
 */
export type Approval = boolean | string

/** Decides whether a tool that needs approval may run. */
export type Approve = (request: ApprovalRequest) => Approval | Promise<Approval>

/** How a run ended. */
export interface ToolOutcome {
  /** For the model. */
  readonly content: string
  /** Why it failed. */
  readonly error?: DaprChatError
  /** Whether it was not allowed, and whether that ends the call. */
  readonly denied?: 'told' | 'stop'
}

/**
 * Runs a tool. Its own failures are outcomes and are not thrown.
 * @throws the signal's reason when the call is aborted, and what `approve` or `needsApproval` throws.
 */
export async function runTool(
  tool: Tool,
  call: ChatToolCall,
  context: ToolContext,
  approve: Approve | undefined,
): Promise<ToolOutcome> {
  const read = await readInput(tool, call)
  if ('error' in read) return failed(read.error)
  const { input } = read
  const { signal } = context
  const { needsApproval = false } = tool
  const asks =
    typeof needsApproval === 'function' ? await abortable(settle(needsApproval, input), signal) : needsApproval
  if (asks) {
    const approval = await abortable(
      settle(() => approve?.({ call, input, signal }) ?? false),
      signal,
    )
    if (typeof approval === 'string') return { content: `Error: ${approval}`, denied: 'told' }
    if (!approval) return { content: `Error: the call of tool "${tool.name}" was not approved`, denied: 'stop' }
  }
  return execute(tool, input, context)
}

/** The outcome of a run that failed. */
export function failed(error: DaprChatError): ToolOutcome {
  return { content: `Error: ${error.message}`, error }
}

async function readInput(
  tool: Tool,
  call: ChatToolCall,
): Promise<{ readonly input: never } | { readonly error: ToolInputError }> {
  const { arguments: text } = call.function
  let value: unknown
  try {
    value = text.trim() === '' ? {} : JSON.parse(text)
  } catch (cause) {
    const message = `Cannot run tool "${tool.name}": its arguments must be JSON: current value is ${text}`
    return { error: new ToolInputError(message, { cause }) }
  }
  const checked = await validate(tool.input, value)
  if (checked.issues === undefined) return { input: checked.value as never }
  const message = `Cannot run tool "${tool.name}": its arguments must fit its schema: ${checked.issues.map(describeIssue).join('; ')}`
  return { error: new ToolInputError(message) }
}

/** The call's signal and the tool's own deadline, whichever comes first; the tool sees both in one signal. */
async function execute(tool: Tool, input: never, context: ToolContext): Promise<ToolOutcome> {
  const { timeoutMs } = tool
  const own = new AbortController()
  const signal = AbortSignal.any([context.signal, own.signal])
  const late = new ToolExecutionError(`Tool "${tool.name}" failed: it took longer than its timeoutMs of ${timeoutMs}`)
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => own.abort(late), timeoutMs)
  try {
    const result = await abortable(
      settle(() => tool.execute(input, { ...context, signal })),
      signal,
    )
    return { content: serializeResult(result) }
  } catch (thrown) {
    context.signal.throwIfAborted()
    if (thrown === late) return failed(late)
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    return failed(new ToolExecutionError(`Tool "${tool.name}" failed: ${reason}`, { cause: thrown }))
  } finally {
    clearTimeout(timer)
  }
}

/** A callback's answer as a promise, also where it throws at once. */
async function settle<T, A extends readonly unknown[]>(
  callback: (...args: A) => T | Promise<T>,
  ...args: A
): Promise<T> {
  return callback(...args)
}
