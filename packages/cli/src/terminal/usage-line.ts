/** The dim line below an answer on a terminal: who answered, how much and how fast. Used by `ask` and `chat`. */
import type { ChatResult } from '@dapr-chat/client'

/** `echo · 2 in / 2 out · first 3 ms · 412 tok/s`; what was not reported is left out. */
export function usageLine(component: string, { usage, metrics }: Pick<ChatResult, 'usage' | 'metrics'>): string {
  const { durationMs, timeToFirstChunkMs: firstMs, streaming } = metrics
  const parts = [component]
  if (usage) parts.push(`${usage.prompt_tokens} in / ${usage.completion_tokens} out`)
  if (streaming === 'none' || firstMs === undefined) parts.push(`total ${duration(durationMs)}`)
  else parts.push(`first ${duration(firstMs)}`)
  const streamedMs = durationMs - (streaming === 'none' ? 0 : (firstMs ?? 0))
  // Over less than ten milliseconds a rate says nothing about the model.
  if (usage?.completion_tokens && streamedMs >= 10) {
    parts.push(`${rate(usage.completion_tokens / (streamedMs / 1000))} tok/s`)
  }
  if (streaming === 'simulated') parts.push('simulated stream')
  return parts.join(' · ')
}

function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`
}

function rate(perSecond: number): string {
  return perSecond < 10 ? perSecond.toFixed(1) : String(Math.round(perSecond))
}
