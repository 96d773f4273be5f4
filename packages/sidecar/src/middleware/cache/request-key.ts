/** What makes two requests the same for the response cache. */
import { createHash } from 'node:crypto'
import type { ConversationCall } from '@dapr-chat/protocol'
import { canonicalJson } from './canonical-json.ts'

/**
 * The key of a call's answer: SHA-256 over who asks, which component, which model and every field of the request. Only
 * the context id is left out: it is given back to the caller and says nothing to the model. Whether the answer streams is
 * no part of a request here, and so both ways share an entry.
 * @param model the model that the component asks where the request names none.
 */
export function requestKey({ caller, component, request }: ConversationCall, model: string | undefined): string {
  // Field by field what is left out, never what is taken: a field that is added to requests is part of the key at once.
  const { contextId: _, ...asked } = request
  const identity = { caller: caller.id, component, request: { ...asked, model: asked.model ?? model } }
  return createHash('sha256').update(canonicalJson(identity)).digest('base64url')
}
