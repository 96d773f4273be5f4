/**
 * JSON in what a model wrote, which may have put it into a code fence or talked before and after it. Used for every answer
 * in text: a provider that passes over the response format answers so too.
 */
import type { JsonValue } from '@dapr-chat/protocol'
import { Allow, parse as parsePartial } from 'partial-json'

/** How many openings of an object or a list are tried; a text full of them is no answer, and each costs a pass over it. */
const mostTries = 64

/** What may be unfinished in a partial value. A number may not: its first digits are another number. */
const unfinished = Allow.STR | Allow.OBJ | Allow.ARR | Allow.BOOL | Allow.NULL

/**
 * The JSON value of a text that `accepts` takes: the whole text, or else the first object or list in it.
 * @returns nothing where there is none.
 */
export function findJson(
  text: string,
  accepts: (value: JsonValue) => boolean,
): { readonly value: JsonValue } | undefined {
  const whole = parse(text)
  if (whole && accepts(whole.value)) return whole
  let at = 0
  for (let tries = 0; tries < mostTries; tries++) {
    const start = opening(text, at)
    if (start === -1) return undefined
    const end = closing(text, start)
    const found = end === -1 ? undefined : parse(text.slice(start, end))
    if (found && accepts(found.value)) return found
    // The parts of an answer that was cut off are not the answer.
    if (end === -1 && /^(\{\s*"|\[\s*[[{"\d])/.test(text.slice(start, start + 100))) return undefined
    // Nor is what stands inside something that is whole but no JSON, such as {a: {"b": 1}}.
    at = end === -1 ? start + 1 : end
  }
  return undefined
}

/**
 * The value of a text that is still arriving, as far as it can be told: strings, lists and objects may be cut short.
 * @returns undefined while there is nothing to show.
 */
export function findPartialJson(text: string): unknown {
  const start = text.search(/\{\s*(?:["}]|$)|\[\s*(?:["{[\]\d]|$)/)
  if (start === -1) return undefined
  try {
    // Throws for a few texts that can be no JSON.
    return parsePartial(text.slice(start), unfinished)
  } catch {
    return undefined
  }
}

function parse(text: string): { readonly value: JsonValue } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

function opening(text: string, from: number): number {
  const offset = text.slice(from).search(/[{[]/)
  return offset === -1 ? -1 : from + offset
}

/** Behind the bracket that closes the one at `start`, or -1. Brackets in strings do not count. */
function closing(text: string, start: number): number {
  let depth = 0
  let quoted = false
  for (let at = start; at < text.length; at++) {
    const character = text[at]
    if (quoted) {
      if (character === '\\') at++
      else if (character === '"') quoted = false
    } else if (character === '"') quoted = true
    else if (character === '{' || character === '[') depth++
    else if ((character === '}' || character === ']') && --depth === 0) return at + 1
  }
  return -1
}
