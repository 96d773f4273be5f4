import type { ConversationCall, ConversationRequest } from '@dapr-chat/protocol'

/** A call for a provider under test. */
export interface CallOptions extends Partial<ConversationRequest> {
  /** Stops the call; its reason has to be a `ConversationError`, as in the sidecar. */
  readonly signal?: AbortSignal
}

/** A call as the pipeline would make it; without messages it asks `Hello?`. */
export function callOf({ signal, ...request }: CallOptions = {}): ConversationCall {
  return {
    component: 'test',
    request: { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello?' }] }], ...request },
    caller: { id: 'anonymous' },
    signal: signal ?? new AbortController().signal,
  }
}
