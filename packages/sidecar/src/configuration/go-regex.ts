/** Regular expressions as daprd takes them, which are Go's (github.com/google/re2/wiki/Syntax), in JavaScript's words. */
import type { Path, YamlDocument } from '../components/document.ts'

/** Flags at the beginning, as Go writes them: the only place where JavaScript can follow them. */
const LEADING_FLAGS = /^\(\?([ims]+)\)/

/** Beginning and end of the whole text, which JavaScript has no letters for. */
const anchors: Readonly<Record<string, string>> = { '\\A': '(?<![^])', '\\z': '(?![^])' }

/**
 * The regular expression at a path.
 * @throws DocumentError where it is none.
 */
export function readRegex(document: YamlDocument, path: Path): RegExp {
  const text = document.text(...path)
  const [leading = '', flags = ''] = LEADING_FLAGS.exec(text) ?? []
  const source = text
    .slice(leading.length)
    .replaceAll('(?P<', '(?<')
    .replaceAll(/\\./gs, (escaped) => anchors[escaped] ?? escaped)
  try {
    return new RegExp(source, `g${flags}`)
  } catch (error) {
    throw document.error(path, `must be a regular expression (${error instanceof Error ? error.message : error})`)
  }
}

/** What is written for one match, as the library's own `replace` asks for it. */
export type Replacement = (match: string, ...groups: readonly unknown[]) => string

/**
 * Go's template of a replacement: `$1`, `$name` and `${name}` stand for groups, and a name is as long as it can be. A group
 * that there is none of, or that matched nothing, leaves nothing.
 */
export function readReplacement(template: string): Replacement {
  return (match, ...groups) => {
    const named = groups.at(-1)
    const numbered = [
      match,
      ...groups.slice(
        0,
        groups.findIndex((group) => typeof group === 'number'),
      ),
    ]
    return template.replaceAll(/\$(?:\$|\{(\w+)\}|(\w+))?/g, (_, braced?: string, bare?: string) => {
      const name = braced ?? bare
      if (name === undefined) return '$'
      const group = /^\d+$/.test(name) ? numbered[Number(name)] : (named as Record<string, unknown>)[name]
      return typeof group === 'string' ? group : ''
    })
  }
}
