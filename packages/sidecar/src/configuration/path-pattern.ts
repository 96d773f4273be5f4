/**
 * Patterns of paths as daprd's path matching takes them, which are those of Go's `http.ServeMux`: `{name}` stands for one
 * segment, `{name...}` for all that follow, `{$}` for the end, and a path that ends in a slash for everything below it.
 */
import type { Path, YamlDocument } from '../components/document.ts'

/** One pattern. */
export interface PathPattern {
  /** As written: the label of paths that match. */
  readonly text: string
  readonly segments: readonly PathSegment[]
  /** Whether paths that go on beyond the segments match. */
  readonly open: boolean
}

/** A segment of a pattern: its text, or whatever stands there. */
export type PathSegment = string | typeof ANY

/** Stands for any segment. */
export const ANY: unique symbol = Symbol('any segment')

/**
 * The pattern at a path of the document.
 * @throws DocumentError where it is none.
 */
export function readPathPattern(document: YamlDocument, path: Path): PathPattern {
  const text = normalPath(document.text(...path))
  const parts = text.slice(1).split('/')
  const last = parts.at(-1) ?? ''
  const names = parts.filter((part) => part.startsWith('{')).map((part) => part.slice(1, -1).replace(/\.\.\.$/, ''))
  const isWhole = parts.every((part, index) => isPart(part, index === parts.length - 1))
  if (!isWhole || new Set(names).size < names.length) {
    throw document.error(path, 'must be a path, in which {name} is a whole segment and {name...} the last one')
  }
  const open = last === '' || last.endsWith('...}')
  const segments = open ? parts.slice(0, -1) : last === '{$}' ? [...parts.slice(0, -1), ''] : parts
  return { text, segments: segments.map((part) => (part.startsWith('{') ? ANY : part)), open }
}

/** The pattern that a path matches; of several the one that says most about the path's first segments. */
export function matchingPattern(patterns: readonly PathPattern[], path: string): PathPattern | undefined {
  const segments = normalPath(path).slice(1).split('/')
  return patterns
    .filter((pattern) => matches(pattern, segments))
    .reduce<PathPattern | undefined>(
      (best, pattern) => (best && !isNarrower(pattern, best) ? best : pattern),
      undefined,
    )
}

/** With one slash in front, and nowhere two in a row. */
function normalPath(path: string): string {
  return `/${path}`.replaceAll(/\/{2,}/g, '/')
}

function isPart(part: string, isLast: boolean): boolean {
  if (part === '{$}') return isLast
  if (/^\{[A-Za-z_]\w*\}$/.test(part)) return true
  if (/^\{[A-Za-z_]\w*\.\.\.\}$/.test(part)) return isLast
  return !/[{}]/.test(part)
}

function matches({ segments, open }: PathPattern, path: readonly string[]): boolean {
  if (open ? path.length < segments.length : path.length !== segments.length) return false
  return segments.every((segment, index) => (segment === ANY ? path[index] !== '' : segment === path[index]))
}

function isNarrower(pattern: PathPattern, other: PathPattern): boolean {
  for (const [index, segment] of pattern.segments.entries()) {
    const against = other.segments[index]
    if (against === undefined) return true
    if ((segment === ANY) !== (against === ANY)) return against === ANY
  }
  return other.open && pattern.segments.length >= other.segments.length && !pattern.open
}
