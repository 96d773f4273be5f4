/** What a tool returned, as the text that the model reads. */

/**
 * A string stays as it is; `undefined` becomes `null`; everything else becomes JSON, with big integers as strings. What
 * JSON cannot hold becomes `String(value)`.
 */
export function serializeResult(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === undefined) return 'null'
  try {
    return JSON.stringify(value, bigintAsText) ?? String(value)
  } catch {
    return String(value)
  }
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}
