/** What only our client throws: kinds of failure that never cross a wire, for `docs/troubleshooting.md`. */
import type { ChatErrorCode } from '@dapr-chat/client'

/** A kind of failure in words. */
export interface FailureWords {
  /** The class that a program catches. */
  readonly class: string
  readonly meaning: string
  readonly fix: string
}

/** Those of the client's codes that no row of the error table becomes. */
export const clientFailures = {
  runtime_version: {
    class: 'RuntimeVersionError',
    meaning: 'The daprd that was asked is older than an option of the call.',
    fix: 'Run Dapr of the version in `required` or dapr-chat, or allow it to be left out with `onUnsupported: "warn"`.',
  },
  tool_input: {
    class: 'ToolInputError',
    meaning: 'The model called a tool with arguments that are no JSON or do not fit its schema.',
    fix: 'Describe the arguments better, or leave `onToolError` as it is, so that the model is told and can do better.',
  },
  tool_execution: {
    class: 'ToolExecutionError',
    meaning: 'A tool threw, or took too long; what it threw is the `cause`.',
    fix: 'Correct the tool, or raise its timeout.',
  },
  tool_unknown: {
    class: 'UnknownToolError',
    meaning: 'The model called a tool that does not exist.',
    fix: 'Give the call that tool, or say in the instructions which tools there are.',
  },
  structured_output: {
    class: 'StructuredOutputError',
    meaning: 'The answers did not have the shape that was asked for, as often as the model was asked.',
    fix: 'Look at `issues` and `text`; make the schema simpler, allow more attempts, or use a model that follows schemas.',
  },
  prompt_template: {
    class: 'PromptTemplateError',
    meaning: 'A prompt cannot be read or rendered.',
    fix: 'Correct the front matter, the template or the value that the message names.',
  },
  context_overflow: {
    class: 'ContextOverflowError',
    meaning: 'The instructions and the question alone are larger than the budget of the conversation.',
    fix: 'Shorten the question or the instructions, or raise `context.maxTokens`.',
  },
  store_conflict: {
    class: 'StoreConflictError',
    meaning: 'Others kept on writing to the same conversation.',
    fix: 'Try again, or give each writer a conversation of its own.',
  },
} as const satisfies Partial<Record<ChatErrorCode, FailureWords>>
