/** What stands between the socket and a vendor's package: it looks at the bytes of an answer first. */
import type { ConversationError } from '@dapr-chat/protocol'

/**
 * Reads one answer ahead of the vendor's package and passes on what that can read. Failures do not throw: what came
 * before one is passed on first, and `failure` is looked at after that.
 */
export interface Screen {
  /** Why the answer failed, once it has. Nothing more is passed on then. */
  readonly failure: ConversationError | undefined
  /** Whether the provider has said that the answer is over. */
  readonly done: boolean
  /** Whether the finish reason has come: a connection that breaks from here on has cost nothing of the answer. */
  readonly finished: boolean
  /** The model that answers, where the answer says it and the package does not. */
  readonly model: string | undefined
  /** What the package may read of these bytes; often nothing. */
  push(bytes: Uint8Array): Uint8Array
  /** The body has ended. Returns what is still to be passed on, and sets `failure` unless the answer was whole. */
  end(): Uint8Array
}

/** Nothing to pass on. */
export const noBytes: Uint8Array = new Uint8Array(0)
