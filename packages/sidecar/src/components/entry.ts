/**
 * One entry of a component's `spec.metadata`: where its value comes from (the file, the environment, a secret) and
 * what it is as text. `manifest.ts` calls it for every entry.
 */
import type { YamlDocument } from './document.ts'
import { type Environment, environmentValue, expandValue, type ValueScope } from './value.ts'

/** Where in a secret store a value is. */
export interface SecretReference {
  /** The name of the secret. */
  readonly name: string
  /** Which of the secret's values; a secret with one value has it under its own name. */
  readonly key: string
}

/** A name and its value, as `resolve.ts` takes them. */
export interface MetadataEntry {
  readonly name: string
  /** The value as text, whatever type it had in the file; variables and placeholders are filled in. */
  readonly value: string
  /** Variables without which the value cannot be had: unset or empty, and without a default. */
  readonly unset: readonly string[]
  /** Whether the value is asked for by `envRef`, where an unset variable means an empty value as in daprd. */
  readonly byReference: boolean
  /** The secret that is to take the place of the value; absent where there is none, or where it has done so. */
  readonly secretKeyRef?: SecretReference
  /** Whether the value came out of a secret store: it is shown nowhere, whatever the setting. */
  readonly fromSecretStore?: boolean
  /** The line of the value, counted from 1. */
  readonly line: number
}

/** An entry with what is to be said about it. */
export interface ReadEntry {
  readonly entry: MetadataEntry
  readonly warning?: string
}

/**
 * Reads entry number `index`.
 * @throws DocumentError where the entry has no name, a reference of it is not text, or its value contains itself.
 */
export function readEntry(document: YamlDocument, index: number, scope: ValueScope): ReadEntry {
  const path = ['spec', 'metadata', index] as const
  const name = document.text(...path, 'name')
  if (name === '') throw document.error([...path, 'name'], 'must be set')
  const given = document.at(...path, 'value') ?? undefined
  const reference = document.text(...path, 'envRef')
  const secretName = document.text(...path, 'secretKeyRef', 'name')
  const secretKey = document.text(...path, 'secretKeyRef', 'key')
  const base = { name, line: document.line(...path, given === undefined && reference ? 'envRef' : 'value') }

  // As in daprd, a value that is asked for by envRef is not asked for from a secret store too.
  if (given === undefined && reference !== '') {
    if (isDenied(reference, scope.environment)) {
      return {
        entry: { ...base, value: '', unset: [], byReference: true },
        warning: `envRef of metadata "${name}" must name a variable that components may read: current value is ${JSON.stringify(reference)}; the value stays empty`,
      }
    }
    const value = environmentValue(scope.environment, reference)
    const unset = value === undefined ? [reference] : []
    return { entry: { ...base, value: value ?? '', unset, byReference: true } }
  }
  if (isCyclic(given)) throw document.error([...path, 'value'], 'must not contain itself')
  const unset = new Set<string>()
  const value = textOfValue(given, (text) => {
    const expanded = expandValue(text, scope)
    for (const variable of expanded.unset) unset.add(variable)
    return expanded.text
  })
  const secretKeyRef = secretName !== '' && { name: secretName, key: secretKey || secretName }
  return { entry: { ...base, value, unset: [...unset], byReference: false, ...(secretKeyRef && { secretKeyRef }) } }
}

/** The variables that daprd keeps from components: its own, its token for the app, and all beyond `DAPR_ENV_KEYS`. */
function isDenied(name: string, environment: Environment): boolean {
  const upper = name.toUpperCase()
  if (upper === 'APP_API_TOKEN' || upper.startsWith('DAPR_') || upper.includes(' ')) return true
  const allowed = environmentValue(environment, 'DAPR_ENV_KEYS')
  return allowed !== undefined && !allowed.split(' ').includes(upper)
}

/** Strings as they are, nothing as an empty text, everything else as JSON. Variables are filled in before quoting. */
export function textOfValue(value: unknown, expand: (text: string) => string): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? expand(value) : jsonOf(value, expand)
}

/** `JSON.stringify` does not know the big integers that the YAML reader makes of whole numbers. */
function jsonOf(value: unknown, expand: (text: string) => string): string {
  if (typeof value === 'string') return JSON.stringify(expand(value))
  if (Array.isArray(value)) return `[${value.map((item) => jsonOf(item, expand)).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${jsonOf(member, expand)}`)
    return `{${members.join(',')}}`
  }
  return String(value)
}

/** Whether an anchor stands inside of itself, which YAML allows and text cannot say. */
function isCyclic(value: unknown, within: readonly unknown[] = []): boolean {
  if (typeof value !== 'object' || value === null) return false
  return within.includes(value) || Object.values(value).some((member) => isCyclic(member, [...within, value]))
}
