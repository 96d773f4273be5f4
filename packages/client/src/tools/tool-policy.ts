/** How the tools of one call are run, from the options that a program gave. */
import { InvalidRequestError } from '../errors.ts'
import type { ChatWarning } from '../warning.ts'
import type { ChatTool, ChatToolChoice } from './chat-tool.ts'
import type { Approve } from './run-tool.ts'
import { ToolSet } from './tool-set.ts'

/** How many tools run at once: all, one after the other in the order of their calls, or so many. */
export type ToolExecution = 'parallel' | 'sequential' | { readonly concurrency: number }

/** What a question takes about tools. */
export interface ToolCallOptions {
  /** What the model may call: tools that the client can run, and plain descriptions of functions. */
  readonly tools?: readonly ChatTool[]
  /** After tools have run, a choice that forced a call counts as `auto`. */
  readonly toolChoice?: ChatToolChoice
  /**
   * How often the model is asked at most while it calls tools. 1 never runs a tool: the calls are returned. Above that
   * the tools are run and the model reads their results; the tools that it calls in the last step are run as well, so that
   * `messages` holds no call without its result.
   * @default 1
   */
  readonly maxSteps?: number
  /**
   * How many of the tools that one answer calls run at once.
   * @default 'parallel'
   */
  readonly toolExecution?: ToolExecution
  /**
   * What becomes of a tool that fails, that does not exist or that is called with wrong arguments: `message` tells the
   * model, `throw` ends the call with `ToolExecutionError`, `UnknownToolError` or `ToolInputError`.
   * @default 'message'
   */
  readonly onToolError?: 'message' | 'throw'
  /** Decides whether a tool that needs approval may run. Needed where a tool has `needsApproval`. */
  readonly approve?: Approve
}

/** What is the same for all tools of one call. */
export interface ToolPolicy {
  readonly tools: ToolSet
  readonly execution: ToolExecution
  readonly onError: 'message' | 'throw'
  readonly approve: Approve | undefined
  /** Told what was done otherwise than the model wrote. */
  warn(warning: ChatWarning): void
}

/**
 * The policy of a call; `undefined` where no tool is run.
 * @throws InvalidRequestError where names are too much alike, or where an approval is needed and nobody can give it.
 */
export function toolPolicy(options: ToolCallOptions): Omit<ToolPolicy, 'warn'> | undefined {
  const { maxSteps = 1, toolExecution = 'parallel', onToolError = 'message', approve } = options
  const tools = new ToolSet(options.tools ?? [])
  if (maxSteps === 1 || !tools.runsAny) return undefined
  const { needingApproval } = tools
  if (needingApproval && !approve) {
    throw new InvalidRequestError(
      `Cannot run tool "${needingApproval.name}": it needs approval, so option "approve" must be set`,
    )
  }
  return { tools, execution: toolExecution, onError: onToolError, approve }
}
