/** Keeps a component's keys out of its errors: some providers quote the key that they refuse. */
import { ConversationError } from '@dapr-chat/protocol'

/** A shorter key is a placeholder for a server that checks none, and may be a word of any message. */
const MIN_SECRET_CHARS = 8

/** The same failure without the secrets, wherever its message quotes one. */
export function withoutSecrets(error: ConversationError, secrets: readonly string[]): ConversationError {
  const quoted = secrets.filter((secret) => secret.length >= MIN_SECRET_CHARS && error.message.includes(secret))
  if (quoted.length === 0) return error
  const message = quoted.reduce((text, secret) => text.replaceAll(secret, '***'), error.message)
  const { status, retryAfterMs } = error
  return new ConversationError(error.code, message, {
    ...(status !== undefined && { status }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  })
}
