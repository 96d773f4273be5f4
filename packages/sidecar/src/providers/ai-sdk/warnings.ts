/**
 * What the vendors' packages warn of. Some of it means that the question was changed, and is an error. The rest, which
 * is about sampling and limits, leaves an answer to the question, and the operator is told.
 */

import type { SharedV4Warning } from '@ai-sdk/provider'
import type { ConversationError } from '@dapr-chat/protocol'
import type { ProviderContext } from '../provider.ts'
import { notSupported } from './failure.ts'

/** Settings of sampling that a model ignores or bends: the answer is one to the question all the same. */
const harmless =
  /^(temperature|topP|topK|seed|frequencyPenalty|presencePenalty|stopSequences|maxOutputTokens|reasoning|strict|extended thinking|budgetTokens|adaptive thinking|providerOptions\..*)$/

/**
 * Tells the operator of the warnings that can be lived with.
 * @returns the error that one of the others is.
 */
export function judgeWarnings(
  warnings: readonly SharedV4Warning[],
  warn: ProviderContext['warn'],
): ConversationError | undefined {
  for (const warning of warnings) {
    const refusal = refusalOf(warning)
    if (refusal) return refusal
    const [kind, message] = wordsOf(warning)
    warn(kind, message.toWellFormed())
  }
  return undefined
}

function refusalOf(warning: SharedV4Warning): ConversationError | undefined {
  if (warning.type === 'unsupported' && !harmless.test(warning.feature)) {
    const details = warning.details === undefined ? '' : `: ${warning.details}`
    return notSupported(`${warning.feature}${details}`.toWellFormed())
  }
  if (warning.type === 'other' && /unsupported.*content part/.test(warning.message)) {
    return notSupported(warning.message.toWellFormed())
  }
  return undefined
}

function wordsOf(warning: SharedV4Warning): [kind: string, message: string] {
  switch (warning.type) {
    case 'unsupported':
    case 'compatibility': {
      const details = warning.details === undefined ? 'the model does not take it' : warning.details
      return [warning.feature, `the setting ${warning.feature} was left out or changed: ${details}`]
    }
    case 'deprecated':
      return [warning.setting, `the setting ${warning.setting} is deprecated: ${warning.message}`]
    default:
      return [warning.type, warning.message]
  }
}
