/** What is thrown when a model would not answer in the shape that was asked for. */
import type { ConversationChoice } from '@dapr-chat/protocol'
import { StructuredOutputError } from '../errors.ts'
import type { OutputSpec } from './output-spec.ts'

/** The error for the last answer, after `attempts` of them. */
export function structuredOutputError(
  { mode, answerTool }: OutputSpec<unknown>,
  { text, refusal, toolCalls }: ConversationChoice,
  issues: readonly string[],
  { attempts, component }: { readonly attempts: number; readonly component: string | undefined },
): StructuredOutputError {
  const call = toolCalls.find(({ name }) => name === answerTool)
  const whom = component === undefined ? '' : ` of component "${component}"`
  return new StructuredOutputError(
    `Cannot read the structured answer${whom} in mode "${mode}" after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}: ${issues.join('; ')}`,
    {
      component,
      text: call?.arguments ?? text,
      issues,
      attempts,
      ...(refusal !== '' && { refusal }),
    },
  )
}
