/**
 * The vendors' signatures of the model's thinking. A vendor wants each block of thinking back where it stood, with the
 * signature it came with; the vocabulary has one text and one signature for an answer. Of one signed block in front of
 * the answer that is the signature itself; of more, of one that stands elsewhere, or of one that is hidden, a list of
 * the blocks in JSON, which only this file reads.
 */

import type { SharedV4ProviderMetadata } from '@ai-sdk/provider'
import { asFields, asList, asNumber, asText, type Fields } from '@dapr-chat/protocol/openai'

/** What a vendor's package says of a block, and wants to hear again: a signature, or thinking that it hides. */
const members = ['signature', 'thoughtSignature', 'redactedData', 'redactedContent'] as const

/** What must go back with a block. */
export type Seal = { readonly [K in (typeof members)[number]]?: string }

/** Where a block of thinking stands in an answer. */
export interface ThinkingPlace {
  /** After how much of the answer's text, in UTF-16 code units. */
  readonly text: number
  /** After how many of its tool calls. */
  readonly calls: number
}

/** A block of thinking, as it is sent back. */
export interface ThinkingBlock {
  readonly text: string
  readonly seal: Seal
  readonly after: ThinkingPlace
}

/** Reads what a package says beside a part of the stream; it says it under one name or under several. */
export function sealOf(metadata: SharedV4ProviderMetadata | undefined): Seal | undefined {
  for (const values of Object.values(metadata ?? {})) {
    const seal = sealFrom(values)
    if (seal) return seal
  }
  return undefined
}

function sealFrom(values: Fields): Seal | undefined {
  for (const name of members) {
    const value = asText(values[name])
    if (value !== undefined) return { [name]: value.toWellFormed() }
  }
  return undefined
}

/** The signature of a call or of text, where the block it stands in is of no interest. */
export function signatureOf(metadata: SharedV4ProviderMetadata | undefined): string | undefined {
  const seal = sealOf(metadata)
  return seal?.signature ?? seal?.thoughtSignature
}

/** Puts together the signature of an answer's thinking while it arrives. */
export class SignatureWriter {
  readonly #blocks: { chars: number; seal: Seal; text?: number; calls?: number }[] = []

  /** A block of thinking begins. */
  start({ text, calls }: ThinkingPlace = { text: 0, calls: 0 }): void {
    this.#blocks.push({ chars: 0, seal: {}, ...(text > 0 && { text }), ...(calls > 0 && { calls }) })
  }

  /** The block has grown by so many UTF-16 code units. */
  grow(chars: number): void {
    if (this.#blocks.length === 0) this.start()
    const block = this.#blocks.at(-1)
    if (block) block.chars += chars
  }

  /** The block has been sealed. Returns the signature of the answer so far. */
  seal(seal: Seal): string {
    this.grow(0)
    const block = this.#blocks.at(-1)
    if (block) block.seal = seal
    const alone = this.#blocks.length === 1 && block?.text === undefined && block?.calls === undefined
    const only = alone ? (seal.signature ?? seal.thoughtSignature) : undefined
    return only ?? JSON.stringify(this.#blocks)
  }
}

/** The blocks that a signature stands for; those without a seal are not worth sending back. */
export function readThinking(reasoning: string, signature: string): ThinkingBlock[] {
  const blocks = parseBlocks(signature)
  if (!blocks) return [{ text: reasoning, seal: { signature }, after: { text: 0, calls: 0 } }]
  let at = 0
  return blocks.flatMap((block) => {
    const text = reasoning.slice(at, at + (asNumber(block.chars) ?? 0))
    at += text.length
    const seal = sealFrom(asFields(block.seal) ?? {})
    const after = { text: asNumber(block.text) ?? 0, calls: asNumber(block.calls) ?? 0 }
    return seal ? [{ text, seal, after }] : []
  })
}

function parseBlocks(signature: string): Fields[] | undefined {
  if (!signature.startsWith('[{')) return undefined
  try {
    return asList(JSON.parse(signature)).map((block) => asFields(block) ?? {})
  } catch {
    return undefined
  }
}
