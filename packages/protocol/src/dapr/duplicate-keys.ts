/**
 * Finds members that stand twice in one JSON object, which `JSON.parse` hides and protojson refuses. It reads text that
 * `JSON.parse` has accepted, and therefore trusts its syntax.
 *
 * There are two steps, because nearly every body has no duplicate: a count that costs about what scanning for quotes
 * costs, and only where the count does not add up a walk that knows which member belongs to which message. Duplicates
 * of members that the message does not have are no error.
 */
import type { DescField, DescMessage } from '@bufbuild/protobuf'

const QUOTE = 34
const COLON = 58
const BACKSLASH = 92

/**
 * The name of a duplicated member that `schema` knows, or `undefined` where there is none.
 * @param text what `JSON.parse` was given.
 * @param value what it returned.
 */
export function findDuplicate(schema: DescMessage, text: string, value: unknown): string | undefined {
  return countMembers(text) === countKeys(value) ? undefined : walk(schema, text)
}

/** Where the string that opens at `open` closes. */
function closingQuote(text: string, open: number): number {
  let close = text.indexOf('"', open + 1)
  for (;;) {
    let backslashes = 0
    while (text.charCodeAt(close - 1 - backslashes) === BACKSLASH) backslashes++
    if (backslashes % 2 === 0) return close
    close = text.indexOf('"', close + 1)
  }
}

/** Whether a colon follows, which makes the string before it a member's name. */
function isName(text: string, after: number): boolean {
  let at = after
  for (;;) {
    const code = text.charCodeAt(at++)
    if (code === COLON) return true
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return false
  }
}

function countMembers(text: string): number {
  let members = 0
  for (let open = text.indexOf('"'); open >= 0; ) {
    const close = closingQuote(text, open)
    if (isName(text, close + 1)) members++
    open = text.indexOf('"', close + 1)
  }
  return members
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  let keys = 0
  if (Array.isArray(value)) {
    for (const item of value) keys += countKeys(item)
    return keys
  }
  for (const item of Object.values(value)) keys += 1 + countKeys(item)
  return keys
}

/**
 * What the members of an object are: fields of a message, keys of a map whose values are of one kind, keys that all
 * count (Struct and Any), or members of something unknown, which nobody looks at.
 */
type Kind = { readonly message: DescMessage } | { readonly values: Kind } | 'every' | 'none'

/** An object (with the names seen in it) or an array (without) that is open, and what its values are. */
interface Level {
  readonly kind: Kind
  readonly seen: Set<unknown> | undefined
  /** The kind of the value that comes next. */
  next: Kind
}

function walk(schema: DescMessage, text: string): string | undefined {
  const levels: Level[] = []
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 123: // {
        levels.push({ kind: levels.at(-1)?.next ?? { message: schema }, seen: new Set(), next: 'none' })
        break
      case 91: {
        // [
        const kind = levels.at(-1)?.next ?? 'none'
        levels.push({ kind, seen: undefined, next: kind })
        break
      }
      case 125: // }
      case 93: // ]
        levels.pop()
        break
      case QUOTE: {
        const close = closingQuote(text, at)
        const level = levels.at(-1)
        if (level?.seen && isName(text, close + 1)) {
          const name: string = JSON.parse(text.slice(at, close + 1))
          const member = memberOf(level.kind, name)
          if (member !== undefined) {
            if (level.seen.has(member.identity)) return name
            level.seen.add(member.identity)
          }
          level.next = member?.kind ?? 'none'
        }
        at = close
      }
    }
  }
  return undefined
}

/** What a name means in an object of a kind; `undefined` where it means nothing. */
function memberOf(kind: Kind, name: string): { identity: unknown; kind: Kind } | undefined {
  if (kind === 'none') return undefined
  if (kind === 'every') return { identity: name, kind: 'every' }
  if ('values' in kind) return { identity: name, kind: kind.values }
  const field = kind.message.fields.find((field) => field.name === name || field.jsonName === name)
  return field && { identity: field, kind: kindOf(field) }
}

function kindOf(field: DescField): Kind {
  if (field.message)
    return field.fieldKind === 'map' ? { values: messageKind(field.message) } : messageKind(field.message)
  return field.fieldKind === 'map' ? { values: 'none' } : 'none'
}

function messageKind(message: DescMessage): Kind {
  return message.typeName.startsWith('google.protobuf.') ? 'every' : { message }
}
