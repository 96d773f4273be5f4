/** What is particular about one provider, for the suite that is the same for all. */
import type { JsonObject } from '@dapr-chat/protocol'
import type { Fields } from '@dapr-chat/protocol/openai'
import type { AnyProviderDefinition } from '../../src/providers/provider.ts'
import type { Question } from './questions.ts'
import type { ContractSubject } from './subject.ts'
import type { Differences } from './support.ts'

/** What the body of a request must hold: members that are there, or a test of the whole. */
export type ExpectedBody = JsonObject | ((body: Fields) => boolean)

/** A provider that asks its vendor over the network. */
export interface NetworkContract extends ContractSubject {
  /** The key, or the secret half of it, that stands in the metadata. */
  readonly secret: string
  /** What each request becomes; absent for those that the provider refuses. */
  readonly sends: Readonly<Partial<Record<Question, ExpectedBody>>>
  /** What is not simply there. */
  readonly differs: Differences
  /** The vendor's own word for the finish reason `length`. */
  readonly wordForLength: string
  /** A piece of a refusal of the model's, where the wire has refusals. */
  refusal?(text: string): Uint8Array
  /** An early count of tokens, 1 and 1, where the wire reports more than once and `start` does not already. */
  earlyCount?(): Uint8Array
  /**
   * The end of an answer of 10 prompt tokens, 4 of them cached, and of 8 completion tokens, 5 of them thinking; as
   * much of that as the wire can say.
   */
  detailedEnd(): readonly Uint8Array[]
}

/** A provider that answers by itself. */
export interface OfflineContract {
  readonly definition: AnyProviderDefinition
  readonly differs: Differences
  /** The text of the answer to this question. */
  answer(question: string): string
  /** Metadata that makes an answer take its time. */
  readonly slowly: Readonly<Record<string, string>>
}
