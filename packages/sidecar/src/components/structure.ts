/**
 * The shape of a YAML text, looked at before the text is composed: the composer takes time that grows with the square
 * of a mapping's keys, and brings the whole process down where lists nest by the thousand. `document.ts` asks.
 */
import { type CST, Parser } from 'yaml'

/** Far more than a resource needs, and far less than would take long or exhaust the stack. */
const MAX_DEPTH = 100
const MAX_NODES = 10_000

/** Where a text is too much. */
export interface Excess {
  /** How many characters stand before the place. */
  readonly offset: number
  /** What must hold. */
  readonly mustHold: string
}

type Place = readonly [token: CST.Token, depth: number]

/** The first place at which a text nests too deep or has too many nodes; `undefined` for every text of a sane shape. */
export function findExcess(text: string): Excess | undefined {
  let nodes = 0
  const waiting: Place[] = []
  for (const token of new Parser().parse(text)) {
    waiting.push([token, 0])
    for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
      const [{ offset }, depth] = place
      if (depth > MAX_DEPTH) return { offset, mustHold: `must not nest deeper than ${MAX_DEPTH} levels` }
      // What stands outside of the document is comments and empty lines.
      if (depth > 0 && ++nodes > MAX_NODES) return { offset, mustHold: `must not have more than ${MAX_NODES} nodes` }
      // The last one is the first to be looked at.
      waiting.push(...within(place).reverse())
    }
  }
  return undefined
}

function within([token, depth]: Place): Place[] {
  if (token.type === 'document') return token.value ? [[token.value, depth]] : []
  if (!('items' in token)) return []
  return token.items.flatMap(({ key, value }) =>
    [key, value].flatMap((child): Place[] => (child ? [[child, depth + 1]] : [])),
  )
}
