/**
 * The little of Dapr's state API that the store needs: read a key, write it unless somebody else has meanwhile, delete it
 * (docs.dapr.io/reference/api/state_api). What goes wrong is an `Error` for the log; callers of a conversation are not told
 * where the store is.
 */
import { Pool } from 'undici'

/** How a state store is reached. */
export interface StateApiOptions {
  /** The name of the state component. */
  readonly name: string
  /** The base address of the daprd's HTTP API. */
  readonly endpoint: URL
  /** What the daprd asks for as `dapr-api-token`. */
  readonly token: string | undefined
  /** The most bytes that are read of an answer. */
  readonly maxAnswerBytes: number
  /** How long a connection may take to be made, in milliseconds. */
  readonly connectMs: number
}

/** What stands under a key. */
export interface StateEntry {
  readonly text: string
  /** Absent where the state component has none. */
  readonly etag: string | undefined
}

/** What is to stand under a key. */
export interface NewStateEntry {
  readonly value: object
  /** Of what was read; absent where nothing was. */
  readonly etag: string | undefined
  /** When the store may forget it, in milliseconds from now; 0 means never. */
  readonly ttlMs: number
}

interface Answer {
  readonly status: number
  readonly etag: string | undefined
  readonly text: string
}

/** The most connections at once; further questions wait for one, each within its own time. */
const MAX_CONNECTIONS = 64

/** How much of an unexpected answer stands in the error. */
const SHOWN_CHARACTERS = 300

/** A connection to one state store. */
export class StateApi {
  readonly #options: StateApiOptions
  readonly #path: string
  readonly #pool: Pool

  constructor(options: StateApiOptions) {
    const { endpoint, name, connectMs } = options
    this.#options = options
    this.#path = `${endpoint.pathname.replace(/\/+$/, '')}/v1.0/state/${encodeURIComponent(name)}`
    // Timers off: the signal of each question ends it, whatever it waits for.
    this.#pool = new Pool(endpoint.origin, {
      connections: MAX_CONNECTIONS,
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { timeout: connectMs, allowH2: false },
    })
  }

  /** What stands under the key; `undefined` for nothing. */
  async read(key: string, signal: AbortSignal): Promise<StateEntry | undefined> {
    const answer = await this.#ask('read', 'GET', `/${encodeURIComponent(key)}?consistency=strong`, signal)
    if (answer.status === 204) return undefined
    if (answer.status !== 200) throw this.#refused('read', answer)
    // Older runtimes answer 200 without a body where there is nothing.
    return answer.text === '' ? undefined : { text: answer.text, etag: answer.etag }
  }

  /** Writes unless somebody else has written since the ETag was read, and says whether it did. */
  async write(key: string, { value, etag, ttlMs }: NewStateEntry, signal: AbortSignal): Promise<boolean> {
    const entry = {
      key,
      value,
      ...(etag !== undefined && { etag }),
      options: { concurrency: 'first-write', consistency: 'strong' },
      // -1 also undoes the time that an earlier write has set.
      metadata: { ttlInSeconds: ttlMs > 0 ? String(Math.ceil(ttlMs / 1_000)) : '-1' },
    }
    const answer = await this.#ask('write to', 'POST', '', signal, JSON.stringify([entry]))
    if (isSuccess(answer)) return true
    // An ETag of another form than the store's own is 400: the entry was made anew. Older runtimes say 500 for both.
    if (answer.status === 409 || (answer.status !== 404 && /etag/i.test(answer.text))) return false
    throw this.#refused('write to', answer)
  }

  /** Deletes what stands under the key, if anything does. */
  async delete(key: string, signal: AbortSignal): Promise<void> {
    const answer = await this.#ask('write to', 'DELETE', `/${encodeURIComponent(key)}`, signal)
    if (!isSuccess(answer)) throw this.#refused('write to', answer)
  }

  /** The error for an entry that cannot be understood. */
  unusable(reason: string, cause?: unknown): Error {
    return new Error(`Cannot use what the state store "${this.#options.name}" holds: ${reason}`, { cause })
  }

  /** Closes all connections; questions that are open fail. */
  async close(): Promise<void> {
    await this.#pool.destroy()
  }

  async #ask(
    action: 'read' | 'write to',
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    signal: AbortSignal,
    body?: string,
  ): Promise<Answer> {
    const { token, endpoint } = this.#options
    try {
      const response = await this.#pool.request({
        method,
        path: `${this.#path}${path}`,
        signal,
        headers: {
          ...(token !== undefined && { 'dapr-api-token': token }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body }),
      })
      const { etag } = response.headers
      return {
        status: response.statusCode,
        etag: typeof etag === 'string' && etag !== '' ? etag : undefined,
        text: await this.#text(response.body),
      }
    } catch (cause) {
      const reason = signal.aborted
        ? `${endpoint.origin} must answer within the time of --store-timeout`
        : `a daprd must answer at ${endpoint.origin}: ${messageOf(cause)}`
      throw this.#failed(action, reason, cause)
    }
  }

  async #text(body: AsyncIterable<Buffer>): Promise<string> {
    const { maxAnswerBytes } = this.#options
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of body) {
      bytes += chunk.length
      if (bytes > maxAnswerBytes) throw new Error(`the answer must have at most ${maxAnswerBytes} bytes`)
      chunks.push(chunk)
    }
    return Buffer.concat(chunks).toString('utf8')
  }

  #refused(action: 'read' | 'write to', { status, text }: Answer): Error {
    const { name, endpoint } = this.#options
    // A daprd without that store answers 400 or 500; 404 comes from what has no such route, such as a sidecar of dapr-chat.
    if (status === 404) {
      return this.#failed(
        action,
        `DAPR_HTTP_ENDPOINT or DAPR_HTTP_PORT must lead to a daprd with the state component "${name}": ${endpoint.origin} has no state API`,
      )
    }
    return this.#failed(action, `it answered ${status} ${text.slice(0, SHOWN_CHARACTERS)}`.trimEnd())
  }

  #failed(action: string, reason: string, cause?: unknown): Error {
    return new Error(`Cannot ${action} the state store "${this.#options.name}": ${reason}`, { cause })
  }
}

function isSuccess({ status }: Answer): boolean {
  return status >= 200 && status < 300
}

/** What refused a connection at several addresses has its words in a code alone. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.message || ('code' in error ? String(error.code) : error.name)
}
