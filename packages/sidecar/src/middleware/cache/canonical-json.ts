/**
 * One text for each value, whatever order its members came in. `request-key.ts` takes the digest of it, so that two
 * values must never have the same text unless they mean the same.
 */
import { createHash } from 'node:crypto'

/**
 * Writes a value as JSON with sorted members and without those that are `undefined`. Bytes stand as their SHA-256 in
 * angle brackets, and numbers that JSON does not have by their names: neither can be the text of anything else.
 */
export function canonicalJson(value: unknown): string {
  if (value instanceof Uint8Array) return `<${createHash('sha256').update(value).digest('hex')}>`
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`
}
