/**
 * Token counts of alpha2 and its stream, to and from the vocabulary. The wire cannot tell a detail of zero from one that
 * was not reported, so details of zero are left out when writing and absent after reading.
 */
import { tokenCount, type Usage } from '../conversation/usage.ts'

/** A count as protobuf (bigint), protojson (string, or absent for zero) or a lenient server (number) has it. */
type Count = bigint | string | number | undefined

/** Usage of either spelling, as it is read. */
export interface WireUsage {
  readonly completionTokens?: Count
  readonly promptTokens?: Count
  readonly totalTokens?: Count
  readonly completionTokensDetails?:
    | undefined
    | {
        readonly acceptedPredictionTokens?: Count
        readonly audioTokens?: Count
        readonly reasoningTokens?: Count
        readonly rejectedPredictionTokens?: Count
      }
  readonly promptTokensDetails?: undefined | { readonly audioTokens?: Count; readonly cachedTokens?: Count }
}

/** Usage in protojson: counts are strings, zeros are absent, members in the order of their numbers. */
export interface UsageJson {
  completionTokens?: string
  promptTokens?: string
  totalTokens?: string
  completionTokensDetails?: {
    acceptedPredictionTokens?: string
    audioTokens?: string
    reasoningTokens?: string
    rejectedPredictionTokens?: string
  }
  promptTokensDetails?: { audioTokens?: string; cachedTokens?: string }
}

/** Reads usage of either spelling. */
export function readUsage(wire: WireUsage): Usage {
  const completion = wire.completionTokensDetails
  const prompt = wire.promptTokensDetails
  const cachedTokens = count(prompt?.cachedTokens)
  const promptAudioTokens = count(prompt?.audioTokens)
  const reasoningTokens = count(completion?.reasoningTokens)
  const completionAudioTokens = count(completion?.audioTokens)
  const acceptedPredictionTokens = count(completion?.acceptedPredictionTokens)
  const rejectedPredictionTokens = count(completion?.rejectedPredictionTokens)
  return {
    promptTokens: count(wire.promptTokens),
    completionTokens: count(wire.completionTokens),
    totalTokens: count(wire.totalTokens),
    ...(cachedTokens > 0 && { cachedTokens }),
    ...(promptAudioTokens > 0 && { promptAudioTokens }),
    ...(reasoningTokens > 0 && { reasoningTokens }),
    ...(completionAudioTokens > 0 && { completionAudioTokens }),
    ...(acceptedPredictionTokens > 0 && { acceptedPredictionTokens }),
    ...(rejectedPredictionTokens > 0 && { rejectedPredictionTokens }),
  }
}

/** Writes usage as protojson. */
export function writeUsage(usage: Usage): UsageJson {
  const completion = {
    ...text('acceptedPredictionTokens', usage.acceptedPredictionTokens),
    ...text('audioTokens', usage.completionAudioTokens),
    ...text('reasoningTokens', usage.reasoningTokens),
    ...text('rejectedPredictionTokens', usage.rejectedPredictionTokens),
  }
  const prompt = { ...text('audioTokens', usage.promptAudioTokens), ...text('cachedTokens', usage.cachedTokens) }
  return {
    ...text('completionTokens', usage.completionTokens),
    ...text('promptTokens', usage.promptTokens),
    ...text('totalTokens', usage.totalTokens),
    ...(Object.keys(completion).length > 0 && { completionTokensDetails: completion }),
    ...(Object.keys(prompt).length > 0 && { promptTokensDetails: prompt }),
  }
}

function text<K extends string>(name: K, value: number | undefined): { [P in K]?: string } {
  const tokens = tokenCount(value) ?? 0
  return (tokens === 0 ? {} : { [name]: String(tokens) }) as { [P in K]?: string }
}

function count(value: Count): number {
  return tokenCount(value === undefined ? 0 : Number(value)) ?? 0
}
