/** The form in which answers are compared: what differs from one sidecar, or one run, to the next is taken out. */
import type { Answer, Case, Json, JsonObject } from './case.ts'

/** Stands for what is not compared. */
export const anything = '…'

/** daprd's message goes on with words of its JSON library that change from build to build. */
const malformed = 'failed deserializing HTTP body: proto:'

/** An answer as the case wants it compared. */
export function normalForm(answer: Answer, { volatile = [], cut = {}, only }: Case): Json {
  const value = words(JSON.parse(JSON.stringify(answer)))
  const covered = volatile.reduce((json, path) => replace(json, path.split('.'), () => anything), value)
  const cleaned = Object.entries(cut).reduce(
    (json, [path, pattern]) => replace(json, path.split('.'), (text) => pattern.exec(String(text))?.[0] ?? text),
    covered,
  )
  // A connection that broke is no answer, whatever part of it the case looks at.
  if (only === undefined || 'failure' in answer) return cleaned
  return Object.fromEntries(only.map((path) => [path, inside(cleaned, path.split('.'))]))
}

function words(value: Json): Json {
  if (typeof value === 'string' && value.startsWith(malformed)) return `${malformed} ${anything}`
  if (Array.isArray(value)) return value.map(words)
  return isObject(value) ? mapMembers(value, (member) => words(member)) : value
}

function replace(value: Json, [name, ...rest]: readonly string[], by: (found: Json) => Json): Json {
  if (name === undefined) return by(value)
  if (!isObject(value)) return value
  return mapMembers(value, (member, key) => (key === name ? replace(member, rest, by) : member))
}

function inside(value: Json, path: readonly string[]): Json {
  return path.reduce<Json>((from, name) => {
    const found = typeof from === 'object' && from !== null ? (from as JsonObject)[name] : undefined
    return found ?? null
  }, value)
}

function mapMembers(value: JsonObject, map: (member: Json, key: string) => Json): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, map(member, key)]))
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
