/**
 * The vendors' signatures of the model's thinking. A vendor wants each block of thinking back with the signature it
 * came with; the vocabulary has one text and one signature for an answer. Of one signed block that is the signature
 * itself; of more, or of a block that is hidden, a list of the blocks in JSON, which only this file reads.
 */

import type { SharedV4ProviderMetadata } from '@ai-sdk/provider'
import { asFields, asList, asNumber, asText, type Fields } from '@dapr-chat/protocol/openai'

/** What a vendor's package says of a block, and wants to hear again: a signature, or thinking that it hides. */
const members = ['signature', 'thoughtSignature', 'redactedData', 'redactedContent'] as const

/** What must go back with a block. */
export type Seal = { readonly [K in (typeof members)[number]]?: string }

/** A block of thinking, as it is sent back. */
export interface ThinkingBlock {
  readonly text: string
  readonly seal: Seal
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
  readonly #blocks: { chars: number; seal: Seal }[] = []

  /** A block of thinking begins. */
  start(): void {
    this.#blocks.push({ chars: 0, seal: {} })
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
    const only = this.#blocks.length === 1 ? (seal.signature ?? seal.thoughtSignature) : undefined
    return only ?? JSON.stringify(this.#blocks)
  }
}

/** The blocks that a signature stands for; those without a seal are not worth sending back. */
export function readThinking(reasoning: string, signature: string): ThinkingBlock[] {
  const blocks = parseBlocks(signature)
  if (!blocks) return [{ text: reasoning, seal: { signature } }]
  let at = 0
  return blocks.flatMap((block) => {
    const text = reasoning.slice(at, at + (asNumber(block.chars) ?? 0))
    at += text.length
    const seal = sealFrom(asFields(block.seal) ?? {})
    return seal ? [{ text, seal }] : []
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
