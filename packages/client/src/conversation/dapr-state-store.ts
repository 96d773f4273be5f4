/**
 * Keeps conversations in a state store of Dapr, one key for each, so that every replica of an app finds them. Writes
 * carry the ETag of what was read, and one that lost against another is made again on what the other wrote
 * (docs.dapr.io/reference/api/state_api).
 */
import { ConversationError } from '@dapr-chat/protocol'
import { pause } from '../abortable.ts'
import { readEnvironment, readHttpEndpoint } from '../environment.ts'
import { DaprChatError, SidecarUnavailableError, StoreConflictError } from '../errors.ts'
import { type ConversationStore, newestTurns, type StoredConversation, withAddition } from './store.ts'

/** How a state store is reached and used. */
export interface DaprStateStoreOptions {
  /** The sidecar's HTTP API. Default: Dapr's environment variables, then port 3500 on this machine. */
  readonly endpoint?: string
  /** Default: `DAPR_API_TOKEN`. */
  readonly apiToken?: string
  /** How long a conversation is kept after its last turn, in seconds. Default: as long as the store keeps it. */
  readonly ttlSeconds?: number
  /**
   * Stands in front of the conversation's id in the key.
   * @default 'conversation-'
   */
  readonly keyPrefix?: string
  /**
   * How often a write is tried while others write to the same conversation.
   * @default 10
   */
  readonly maxAttempts?: number
}

/** The longest wait between two attempts, in milliseconds; each is random, so that writers do not meet again. */
const MAX_WAIT_MS = 100

interface Entry {
  readonly conversation: StoredConversation | undefined
  readonly etag: string | undefined
}

/**
 * A store in Dapr's state component of that name.
 * @throws InvalidRequestError for an endpoint that is no address.
 */
export function daprStateStore(name: string, options: DaprStateStoreOptions = {}): ConversationStore {
  const environment = readEnvironment()
  const endpoint = readHttpEndpoint(options.endpoint ?? environment.httpEndpoint)
  const token = options.apiToken ?? environment.apiToken
  const { keyPrefix = 'conversation-', ttlSeconds, maxAttempts = 10 } = options
  const collection = `${endpoint}/v1.0/state/${encodeURIComponent(name)}`
  const keyOf = (id: string) => `${keyPrefix}${id}`

  async function ask(method: string, url: string, signal: AbortSignal | undefined, body?: unknown): Promise<Response> {
    try {
      return await fetch(url, {
        method,
        headers: {
          ...(token && { 'dapr-api-token': token }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(signal && { signal }),
      })
    } catch (cause) {
      signal?.throwIfAborted()
      throw new SidecarUnavailableError(`Cannot reach the state store "${name}": nothing answers at ${endpoint}`, {
        cause,
      })
    }
  }

  async function read(id: string, signal: AbortSignal | undefined): Promise<Entry> {
    const response = await ask('GET', `${collection}/${encodeURIComponent(keyOf(id))}?consistency=strong`, signal)
    if (!response.ok) throw await refused('read', response)
    const text = await response.text()
    // A key that does not exist is answered without a body.
    const conversation = text === '' ? undefined : parseConversation(text)
    return { conversation, etag: response.headers.get('etag') ?? undefined }
  }

  /** Returns whether nobody else had written since `etag` was read. */
  async function write(id: string, { conversation, etag }: Entry, signal: AbortSignal | undefined): Promise<boolean> {
    const entry = {
      key: keyOf(id),
      value: conversation,
      ...(etag !== undefined && { etag }),
      options: { concurrency: 'first-write', consistency: 'strong' },
      ...(ttlSeconds !== undefined && { metadata: { ttlInSeconds: String(ttlSeconds) } }),
    }
    const response = await ask('POST', collection, signal, [entry])
    if (response.ok) return true
    const failure = await refused('write', response)
    // Older runtimes tell of a conflict in the message alone.
    if (response.status === 409 || /etag/i.test(failure.message)) return false
    throw failure
  }

  async function refused(action: string, response: Response): Promise<DaprChatError> {
    const text = await response.text()
    // A daprd without that store answers 400 or 500; 404 comes from what has no such route, as the sidecar of dapr-chat.
    const hint =
      response.status === 404 &&
      `Check the endpoint: it must be that of a daprd with the state store "${name}"; ${endpoint} has no state API.`
    return new DaprChatError(
      'internal',
      `Cannot ${action} the state store "${name}": ${response.status} ${text}`.trim(),
      { retryable: response.status >= 500, ...(hint && { hint }) },
    )
  }

  return {
    async load(id, maxMessages, { signal } = {}) {
      const { conversation } = await read(id, signal)
      return conversation && newestTurns(conversation, maxMessages)
    },

    async append(id, addition, { signal } = {}) {
      for (let attempt = 1; attempt <= maxAttempts; attempt++) {
        if (attempt > 1) await pause(Math.random() * MAX_WAIT_MS, signal ?? new AbortController().signal)
        const { conversation, etag } = await read(id, signal)
        if (await write(id, { conversation: withAddition(conversation, addition), etag }, signal)) return
      }
      throw new StoreConflictError(
        `Cannot store the turn of conversation "${id}": nobody else may write to it at the same time: ${maxAttempts} attempts met others`,
      )
    },

    async delete(id, { signal } = {}) {
      const response = await ask('DELETE', `${collection}/${encodeURIComponent(keyOf(id))}`, signal)
      if (!response.ok) throw await refused('write', response)
    },
  }
}

function parseConversation(text: string): StoredConversation {
  const value: unknown = JSON.parse(text)
  if (typeof value === 'object' && value !== null && 'turns' in value && Array.isArray(value.turns)) {
    return value as StoredConversation
  }
  throw new ConversationError('internal', 'what the state store holds under the key is no conversation')
}
