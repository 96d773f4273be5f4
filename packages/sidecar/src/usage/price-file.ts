/** Reads the operator's own prices: a YAML file with models and what a million of their tokens costs in US dollars. */
import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import type { ModelPrice } from './pricing.ts'

const names = ['input', 'output', 'cached'] as const

/**
 * The prices of a file, by model.
 * @throws RangeError that names the file and what must hold, where it cannot be used.
 */
export async function readPrices(file: string): Promise<ReadonlyMap<string, ModelPrice>> {
  let content: unknown
  try {
    content = parse(await readFile(file, 'utf8'))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new RangeError(`Cannot read prices from ${file}: it must be a YAML file: ${reason}`, { cause })
  }
  if (!isMapping(content)) {
    throw new RangeError(`Cannot read prices from ${file}: it must name models, each with input and output`)
  }
  return new Map(Object.entries(content).map(([model, price]) => [model, priceOf(file, model, price)]))
}

function priceOf(file: string, model: string, price: unknown): ModelPrice {
  const fields = isMapping(price) ? price : {}
  const [input, output, cached] = names.map((name) => {
    const value = fields[name]
    const missing = value === undefined && name === 'cached'
    if (missing || (typeof value === 'number' && value >= 0 && Number.isFinite(value))) return value
    throw new RangeError(
      `Cannot read prices from ${file}: "${name}" of model "${model}" must be US dollars for a million tokens: current value is ${JSON.stringify(value)}`,
    )
  })
  const unknown = Object.keys(fields).find((name) => !(names as readonly string[]).includes(name))
  if (unknown !== undefined) {
    throw new RangeError(
      `Cannot read prices from ${file}: model "${model}" must have ${names.join(', ')} and nothing else: current value has "${unknown}"`,
    )
  }
  return { input: input as number, output: output as number, ...(cached !== undefined && { cached: cached as number }) }
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
