/** What the vendors' packages warn of: most of it can be lived with, some of it means that the question was changed. */

import type { SharedV4Warning } from '@ai-sdk/provider'
import type { ConversationError } from '@dapr-chat/protocol'
import { notSupported } from './failure.ts'

/** Settings of sampling that a model ignores or bends: the answer is one to the question all the same. */
const harmless =
  /^(temperature|topP|topK|seed|frequencyPenalty|presencePenalty|stopSequences|maxOutputTokens|reasoning|strict|extended thinking|budgetTokens|adaptive thinking|providerOptions\..*)$/

/** A warning that part of the question was left out is an error; one about sampling is not. */
export function refusalOf(warnings: readonly SharedV4Warning[]): ConversationError | undefined {
  for (const warning of warnings) {
    if (warning.type === 'unsupported' && !harmless.test(warning.feature)) {
      const details = warning.details === undefined ? '' : `: ${warning.details}`
      return notSupported(`${warning.feature}${details}`.toWellFormed())
    }
    if (warning.type === 'other' && /unsupported.*content part/.test(warning.message)) {
      return notSupported(warning.message.toWellFormed())
    }
  }
  return undefined
}
