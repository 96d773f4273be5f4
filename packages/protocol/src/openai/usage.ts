import { tokenCount, type Usage } from '../conversation/usage.ts'
import { asFields } from './lenient.ts'
import type { ChatUsage } from './types.ts'

/** Token counts from OpenAI's names. `undefined` where the value holds no counts. */
export function readUsage(value: unknown): Usage | undefined {
  const usage = asFields(value)
  if (!usage) return undefined
  const promptTokens = tokenCount(usage.prompt_tokens)
  const completionTokens = tokenCount(usage.completion_tokens)
  if (promptTokens === undefined && completionTokens === undefined) return undefined
  const prompt = asFields(usage.prompt_tokens_details)
  const completion = asFields(usage.completion_tokens_details)
  const details = {
    cachedTokens: tokenCount(prompt?.cached_tokens) ?? tokenCount(usage.prompt_cache_hit_tokens),
    promptAudioTokens: tokenCount(prompt?.audio_tokens),
    reasoningTokens: tokenCount(completion?.reasoning_tokens),
    completionAudioTokens: tokenCount(completion?.audio_tokens),
    acceptedPredictionTokens: tokenCount(completion?.accepted_prediction_tokens),
    rejectedPredictionTokens: tokenCount(completion?.rejected_prediction_tokens),
  }
  return {
    promptTokens: promptTokens ?? 0,
    completionTokens: completionTokens ?? 0,
    totalTokens: tokenCount(usage.total_tokens) ?? (promptTokens ?? 0) + (completionTokens ?? 0),
    ...defined(details),
  }
}

/** Token counts in OpenAI's names; a detail that was not reported is left out. */
export function writeUsage(usage: Usage): ChatUsage {
  const prompt = defined({ cached_tokens: usage.cachedTokens, audio_tokens: usage.promptAudioTokens })
  const completion = defined({
    reasoning_tokens: usage.reasoningTokens,
    audio_tokens: usage.completionAudioTokens,
    accepted_prediction_tokens: usage.acceptedPredictionTokens,
    rejected_prediction_tokens: usage.rejectedPredictionTokens,
  })
  return {
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
    total_tokens: usage.totalTokens,
    ...(Object.keys(prompt).length > 0 && { prompt_tokens_details: prompt }),
    ...(Object.keys(completion).length > 0 && { completion_tokens_details: completion }),
  }
}

function defined<T extends Record<string, number | undefined>>(record: T): { [K in keyof T]?: number } {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: number
  }
}
