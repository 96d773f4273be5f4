/** What stands for an environment variable in a Prompty file. Resolved where a value is used, and nowhere else. */
import { PromptTemplateError } from '../errors.ts'

/** The variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * A value with its references resolved, in lists and mappings too: `${env:NAME}`, `${env:NAME:default}`, and the older
 * `${NAME}` and `${NAME:default}`. A reference is a whole value. An empty variable counts as not set.
 * @throws PromptTemplateError for a variable that is not set and has no default, and for a reference to a file.
 */
export function resolveEnvironment(value: unknown, environment: Environment, what: string): unknown {
  if (typeof value === 'string') return resolve(value, environment, what)
  if (Array.isArray(value)) return value.map((one) => resolveEnvironment(one, environment, what))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, resolveEnvironment(one, environment, what)]),
  )
}

function resolve(value: string, environment: Environment, what: string): string {
  const [, kind, name = '', fallback] = /^\$\{(?:(env|file):)?([^:}]+)(?::(.*))?\}$/s.exec(value.trim()) ?? []
  if (name === '') return value
  if (kind === 'file') {
    throw new PromptTemplateError(
      `Cannot read ${what}: references to files are not followed: current value is ${value}`,
    )
  }
  const resolved = environment[name] || fallback
  if (resolved !== undefined) return resolved
  throw new PromptTemplateError(
    `Cannot read ${what}: the environment variable ${name} must be set, or the reference must have a default, as \${env:${name}:default}`,
  )
}
