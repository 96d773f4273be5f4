/** Which vendors' keys there are, told by name alone, and one key under the three names that Google's has. */
import type { Environment } from '../environment.ts'

/** The vendors, as the report names them. */
const VENDORS = ['GEMINI', 'OPENAI', 'ANTHROPIC', 'DEEPSEEK', 'MISTRAL'] as const

/** The names of one and the same key: who has a value lends it to the others, the first one first. */
const GOOGLE_NAMES = ['GOOGLE_API_KEY', 'GOOGLE_AI_API_KEY', 'GEMINI_API_KEY'] as const

/** The environment with all names of Google's key. */
export interface FilledAliases {
  readonly variables: Environment
  /** What to say where the names hold different keys. */
  readonly warning?: string
}

/** Fills in the names that have no value. One that has a value keeps it; an empty value is none. */
export function fillAliases(given: Environment): FilledAliases {
  const set = GOOGLE_NAMES.filter((name) => given[name])
  const [first] = set
  if (first === undefined) return { variables: given }
  const missing = GOOGLE_NAMES.filter((name) => !given[name])
  const variables = { ...given, ...Object.fromEntries(missing.map((name) => [name, given[first]])) }
  const differ = set.some((name) => given[name] !== given[first])
  return { variables, ...(differ && { warning: `${set.join(' and ')} hold different keys: each keeps its own` }) }
}

/** Whether each vendor has a key. */
export function vendorKeys(environment: Environment): Record<(typeof VENDORS)[number], boolean> {
  const entries = VENDORS.map((vendor) => [vendor, Boolean(environment[`${vendor}_API_KEY`])])
  return Object.fromEntries(entries)
}
