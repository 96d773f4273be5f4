/**
 * What a text in a component file means: durations, booleans, environment variables and Dapr's placeholders.
 * `entry.ts` expands the texts, `resolve.ts` reads durations and booleans out of them.
 */
import { randomUUID } from 'node:crypto'

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** What stands behind the variables and placeholders of a value. */
export interface ValueScope {
  /** Where `${VAR}`, `{podName}` and `{namespace}` are looked up. */
  readonly environment: Environment
  /** The sidecar's app id, for `{appID}` and `{namespace}`. */
  readonly appId: string
}

/** A text with its variables and placeholders filled in. */
export interface Expanded {
  readonly text: string
  /** The variables that the text needs and that are unset or empty; each stands for an empty text. */
  readonly unset: readonly string[]
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3, // U+00B5, the micro sign
  μs: 1e-3, // U+03BC, the Greek letter
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
}

/**
 * Reads a duration in Go's syntax (`1h30m`, `1.5s`, `250ms`) or in whole seconds (`10`), as Dapr's metadata decoder does.
 * @returns milliseconds, 0 for an empty text, or `undefined` where the text is no duration.
 */
export function parseDuration(text: string): number | undefined {
  if (text === '') return 0
  if (/^[+-]?\d+$/.test(text)) return Number(text) * 1_000
  if (!/^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(text)) return undefined
  let milliseconds = 0
  for (const [, amount, unit = ''] of text.matchAll(/([\d.]+)([^\d.]+)/g)) {
    milliseconds += Number(amount) * (UNIT_MS[unit] ?? 0)
  }
  return text.startsWith('-') ? -milliseconds : milliseconds
}

/** Reads a boolean as Dapr's metadata decoder does: a few words for yes in any case, and everything else means no. */
export function parseBoolean(text: string): boolean {
  return /^(?:y|yes|true|t|on|1)$/i.test(text)
}

/** The value of an environment variable; `undefined` where it is unset or empty, which mean the same everywhere here. */
export function environmentValue(environment: Environment, name: string): string | undefined {
  return Object.hasOwn(environment, name) ? environment[name] || undefined : undefined
}

// One alternative for each form: the escape, a variable whose default may itself hold braces once, and a placeholder.
const FORMS =
  /\$\$\{|\$\{(?<variable>[A-Za-z_]\w*)(?::-(?<fallback>(?:[^{}]|\{[^{}]*\})*))?\}|\{(?<placeholder>uuid|podName|namespace|appID)\}/g

/**
 * Fills in `${VAR}`, `${VAR:-default}` and Dapr's placeholders `{uuid}`, `{podName}`, `{namespace}` and `{appID}`;
 * `$${` stands for a plain `${`. Everything is done in one pass over the text as written, so that what comes out of a
 * variable is taken as it is, whatever braces a secret may hold.
 */
export function expandValue(text: string, scope: ValueScope): Expanded {
  const unset: string[] = []
  const variable = (name: string): string => {
    const value = environmentValue(scope.environment, name)
    if (value === undefined && !unset.includes(name)) unset.push(name)
    return value ?? ''
  }
  const placeholder = (name: string): string => {
    switch (name) {
      case 'uuid':
        return randomUUID()
      case 'podName':
        return variable('POD_NAME')
      case 'namespace':
        return `${environmentValue(scope.environment, 'NAMESPACE') ?? 'default'}.${scope.appId}`
      default:
        return scope.appId
    }
  }
  const expand = (source: string): string =>
    source.replaceAll(FORMS, (...match): string => {
      const groups: Partial<Record<'variable' | 'fallback' | 'placeholder', string>> = match.at(-1)
      if (groups.placeholder !== undefined) return placeholder(groups.placeholder)
      if (groups.variable === undefined) return '${'
      if (groups.fallback === undefined) return variable(groups.variable)
      return environmentValue(scope.environment, groups.variable) ?? expand(groups.fallback)
    })
  return { text: expand(text), unset }
}
