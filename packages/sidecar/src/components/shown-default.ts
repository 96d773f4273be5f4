/** The defaults of settings as a user would write them, for the pages about components and for the command line. */
import type { Setting } from '../providers/provider.ts'

/** The default as text, empty where there is none. Durations are declared in milliseconds. */
export function shownDefault({ type, default: value }: Setting): string {
  if (value === undefined) return ''
  if (type !== 'duration' || typeof value !== 'number') return String(value)
  if (value > 0 && value % 60_000 === 0) return `${value / 60_000}m`
  return value % 1_000 === 0 ? `${value / 1_000}s` : `${value}ms`
}
