/** The dim line below an answer on a terminal: who answered, how much and how fast. Used by `ask` and `chat`. */
import type { ChatResult } from '@dapr-chat/client'

/** Makes its answers itself, so they cost nothing. Other prices are not known on this side of the sidecar. */
const FREE = 'conversation.echo'

/**
 * `echo · 2 in / 2 out · first 3 ms · 412 tok/s · $0`; what was not reported is left out, the cost among it.
 * @param who the component that answered, with the model where one was asked for.
 * @param type the type of the component, where it is known.
 */
export function usageLine(
  who: string,
  { usage, metrics }: Pick<ChatResult, 'usage' | 'metrics'>,
  type?: string,
): string {
  const { durationMs, timeToFirstChunkMs: firstMs, streaming } = metrics
  const parts = [who]
  if (usage) parts.push(`${usage.prompt_tokens} in / ${usage.completion_tokens} out`)
  if (streaming === 'none' || firstMs === undefined) parts.push(`total ${duration(durationMs)}`)
  else parts.push(`first ${duration(firstMs)}`)
  const streamedMs = durationMs - (streaming === 'none' ? 0 : (firstMs ?? 0))
  // Over less than ten milliseconds a rate says nothing about the model.
  if (usage?.completion_tokens && streamedMs >= 10) {
    parts.push(`${rate(usage.completion_tokens / (streamedMs / 1000))} tok/s`)
  }
  const cost = metrics.costUsd ?? (type?.toLowerCase() === FREE ? 0 : undefined)
  if (cost !== undefined) parts.push(dollars(cost))
  if (streaming === 'simulated') parts.push('simulated stream')
  return parts.join(' · ')
}

function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`
}

function rate(perSecond: number): string {
  return perSecond < 10 ? perSecond.toFixed(1) : String(Math.round(perSecond))
}

/** Two digits that count, and whole cents where there are any. */
function dollars(amount: number): string {
  if (amount === 0) return '$0'
  return `$${amount >= 0.01 ? amount.toFixed(2) : amount.toLocaleString('en-US', { maximumSignificantDigits: 2 })}`
}
