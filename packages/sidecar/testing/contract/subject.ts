/** What a contract suite runs on, and how it asks. */
import type { AnyProviderDefinition, Provider } from '../../src/providers/provider.ts'
import { type CallOptions, callOf } from '../call-of.ts'
import { type Outcome, outcomeOf } from '../outcome.ts'
import type { Piece, ScriptedAnswer } from '../scripted-answer.ts'
import { type ScriptedProvider, scriptedProvider } from '../scripted-provider.ts'
import { vendorProvider } from '../vendor-provider.ts'
import type { ProviderWire } from '../wires/provider-wire.ts'

/** A kind of provider, and the words of its vendor. */
export interface ContractSubject {
  readonly definition: AnyProviderDefinition
  /** The metadata of a component that asks this endpoint. */
  metadata(endpoint: string): Readonly<Record<string, string>>
  /** Makes the vendor's words; once for each answer, because some count as they speak. */
  wire(): ProviderWire
}

/** The subject's provider, asking this endpoint. `await using` closes it. */
export function providerOf(
  { definition, metadata }: ContractSubject,
  endpoint: string,
  more: Readonly<Record<string, string>> = {},
): Provider & AsyncDisposable {
  return vendorProvider(definition, { ...metadata(endpoint), ...more })
}

/** An answer of the subject's vendor. */
export function answerOf(
  { wire }: ContractSubject,
  body: (words: ProviderWire) => ScriptedAnswer['body'],
): ScriptedAnswer {
  const words = wire()
  return { headers: { 'content-type': words.contentType }, body: body(words) }
}

/** What comes of one call to a provider that answers this. */
export async function outcomeFor(
  subject: ContractSubject,
  answer: ScriptedAnswer,
  call: CallOptions = {},
): Promise<Outcome & { readonly upstream: ScriptedProvider }> {
  await using upstream = await scriptedProvider(answer)
  await using provider = providerOf(subject, upstream.url)
  return { ...(await outcomeOf(provider.converse(callOf(call)))), upstream }
}

/** A whole answer: some texts, and the end. */
export function texts(words: ProviderWire, ...said: readonly string[]): Uint8Array[] {
  return [...words.start(), ...said.map((text) => words.text(text)), ...words.finish(ending)]
}

/** The end of an answer where nothing else is said. */
export const ending = { reason: 'stop', promptTokens: 3, completionTokens: 2 } as const

/** All the bytes of some pieces. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(pieces)
}

/** Every byte in a write of its own. */
export function* bytewise(bytes: Uint8Array): Generator<Piece> {
  for (const byte of bytes) yield Uint8Array.of(byte)
}
