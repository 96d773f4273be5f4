/**
 * Fields of a component's document that are none: daprd passes over them without a word, and a misspelt `scopes` opens the
 * component to every app. `manifest.ts` has a line said for each.
 */
import type { Path, YamlDocument } from './document.ts'
import { nearest } from './nearest.ts'

/** A field that has no effect. */
export interface UnknownField {
  /** What to say of it. */
  readonly message: string
  /** Counted from 1. */
  readonly line: number
}

/** The fields that daprd reads, and whether Kubernetes, or whoever else, may have more of their own there. */
interface Mapping {
  readonly path: Path
  readonly fields: readonly string[]
  readonly shared?: boolean
}

/** Every field that has no effect: of those that others may read, the ones that look like a slip. */
export function unknownFields(document: YamlDocument): UnknownField[] {
  const entries = Array.from({ length: document.count('spec', 'metadata') }, (_, at) => ['spec', 'metadata', at])
  const mappings: readonly Mapping[] = [
    { path: [], fields: ['apiVersion', 'kind', 'metadata', 'spec', 'auth', 'scopes'], shared: true },
    { path: ['metadata'], fields: ['name', 'namespace'], shared: true },
    { path: ['spec'], fields: ['type', 'version', 'ignoreErrors', 'initTimeout', 'metadata'] },
    ...entries.map((path) => ({ path, fields: ['name', 'value', 'secretKeyRef', 'envRef'] })),
    ...entries.map((path) => ({ path: [...path, 'secretKeyRef'], fields: ['name', 'key'] })),
    { path: ['auth'], fields: ['secretStore'] },
  ]
  return mappings.flatMap((mapping) => unknownIn(document, mapping))
}

function unknownIn(document: YamlDocument, { path, fields, shared = false }: Mapping): UnknownField[] {
  const value = document.at(...path)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
  return Object.keys(value).flatMap((name) => {
    if (fields.some((field) => field.toLowerCase() === name.toLowerCase())) return []
    const meant = nearest(name, fields)
    if (shared && meant === undefined) return []
    const hint = meant === undefined ? '' : `; did you mean "${meant}"?`
    const where = path.filter((key) => typeof key === 'string').join('.')
    const field = JSON.stringify(name).slice(0, 100)
    const message = `${where === '' ? '' : `${where}: `}the field ${field} is unknown and has no effect${hint}`
    return [{ message, line: document.line(...path, name) }]
  })
}
