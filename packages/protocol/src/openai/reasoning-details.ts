/**
 * OpenRouter's `reasoning_details`: blocks of thinking with the vendors' signatures, or encrypted. OpenRouter wants them back
 * in order and unchanged. In the vocabulary they are one signature: the blocks in JSON, with the number of their characters
 * in the place of the text, which the thinking holds already. Only this file reads it.
 * @see https://openrouter.ai/docs/use-cases/reasoning-tokens#preserving-reasoning-blocks
 */
import { asFields, asList, asNumber, asText, type Fields } from './lenient.ts'

/** The members that hold the text of a block, by its type. */
const textMembers = { 'reasoning.text': 'text', 'reasoning.summary': 'summary' } as const

/** The text of a block, under either of its names. */
export function detailText(detail: unknown): string {
  const { text, summary } = asFields(detail) ?? {}
  return asText(text) ?? asText(summary) ?? ''
}

/** Puts the blocks of one answer together while they arrive. */
export class ReasoningDetails {
  readonly #blocks: Record<string, unknown>[] = []

  /** Takes in a `reasoning_details`. Returns the signature of the answer so far, if this brought any. */
  push(value: unknown): string | undefined {
    let sealed = false
    for (const item of asList(value)) {
      const detail = asFields(item)
      if (!detail) continue
      this.#merge(detail)
      sealed ||= isSealed(detail)
    }
    return sealed ? JSON.stringify(this.#blocks) : undefined
  }

  #merge({ text, summary, ...detail }: Fields): void {
    const chars = detailText({ text, summary }).length
    const last = this.#blocks.at(-1)
    if (last && !isSealed(last) && last.type === detail.type && last.index === detail.index) {
      const given = Object.entries(detail).filter(([, value]) => value !== null && value !== undefined)
      Object.assign(last, Object.fromEntries(given), { chars: (asNumber(last.chars) ?? 0) + chars })
    } else {
      this.#blocks.push({ ...detail, chars })
    }
  }
}

function isSealed(detail: Fields): boolean {
  return asText(detail.signature) !== undefined || asText(detail.data) !== undefined
}

/** The `reasoning_details` that a signature stands for; `undefined` for a signature of another kind. */
export function readReasoningDetails(signature: string, reasoning: string): Fields[] | undefined {
  if (!signature.startsWith('[{')) return undefined
  let blocks: readonly unknown[]
  try {
    blocks = asList(JSON.parse(signature))
  } catch {
    return undefined
  }
  let at = 0
  const details = blocks.map((value) => {
    const { chars, ...detail } = asFields(value) ?? {}
    const text = reasoning.slice(at, at + (asNumber(chars) ?? 0))
    at += text.length
    const member = Object.entries(textMembers).find(([type]) => type === detail.type)?.[1]
    return member === undefined ? detail : { ...detail, [member]: text }
  })
  return details.every(({ type }) => asText(type)?.startsWith('reasoning.')) ? details : undefined
}
