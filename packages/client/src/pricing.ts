/** What answers cost, from prices that the program gives: no price is known here, because prices change. */
import type { ChatUsage } from '@dapr-chat/protocol/openai'
import { InvalidRequestError } from './errors.ts'

/** What a model costs, in US dollars for a million tokens. */
export interface ModelPrice {
  readonly input: number
  readonly output: number
  /**
   * Prompt tokens that the provider's own cache served.
   * @default the price of `input`
   */
  readonly cachedInput?: number
}

/** Prices by the model's name as the answer has it: the whole name, or its beginning with a `*` at the end. */
export type PriceTable = Readonly<Record<string, ModelPrice>>

/** An answer, as far as its cost goes. */
interface Priced {
  readonly model?: string | undefined
  readonly usage?: ChatUsage | undefined
}

const priceKeys = ['input', 'output', 'cachedInput']

/** @throws InvalidRequestError for a price that is none. */
export function checkPrices(prices: PriceTable): void {
  for (const [model, price] of Object.entries(prices)) {
    const { input, output, cachedInput = 0 } = price
    const known = Object.keys(price).every((key) => priceKeys.includes(key))
    if (known && [input, output, cachedInput].every((value) => Number.isFinite(value) && value >= 0)) continue
    throw new InvalidRequestError(
      `Cannot use option "pricing": the price of "${model}" must hold input, output and, if known, cachedInput, in dollars for a million tokens: current value is ${JSON.stringify(price)}`,
    )
  }
}

/**
 * What a call cost, in US dollars; `undefined` unless the model, the tokens and the price of every answer are known.
 * @param answers the answers of the call, one for each step.
 */
export function costUsd(answers: readonly Priced[], prices: PriceTable): number | undefined {
  let sum = 0
  for (const { model, usage } of answers) {
    const price = model === undefined ? undefined : priceOf(model, prices)
    if (!usage || !price) return undefined
    const { input, output, cachedInput = input } = price
    const cached = usage.prompt_tokens_details?.cached_tokens ?? 0
    sum += (usage.prompt_tokens - cached) * input + cached * cachedInput + usage.completion_tokens * output
  }
  return answers.length > 0 ? sum / 1_000_000 : undefined
}

/** The most exact entry wins. */
function priceOf(model: string, prices: PriceTable): ModelPrice | undefined {
  if (Object.hasOwn(prices, model)) return prices[model]
  const [best] = Object.keys(prices)
    .filter((name) => name.endsWith('*') && model.startsWith(name.slice(0, -1)))
    .sort((a, b) => b.length - a.length)
  return best === undefined ? undefined : prices[best]
}
