/**
 * Who has logged in to the console. A browser cannot put a token into a header by itself, and a script that keeps one can
 * lose it, so that the page exchanges the token once for a cookie that no script reads. The guard and the login ask here.
 */
import { createHash, randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'

/** How long a session lasts, in milliseconds, however much it is used: a working day. */
export const SESSION_MS = 12 * 60 * 60_000

/** The most sessions at a time; the one that was used longest ago makes room. */
const MAX_SESSIONS = 100

/** How many wrong tokens an address may try in a stretch of time. */
const MAX_WRONG_TOKENS = 10
const WRONG_TOKENS_MS = 60_000

/** The most addresses that are remembered for wrong tokens. */
const MAX_ADDRESSES = 10_000

/** The sessions of one sidecar. They end with the process. */
export class ConsoleSessions {
  /** By the digest of the id: the time that a look-up takes says nothing about an id. */
  readonly #sessions = new LRUCache<string, true>({ max: MAX_SESSIONS, ttl: SESSION_MS })
  readonly #wrongTokens = new LRUCache<string, number>({ max: MAX_ADDRESSES, ttl: WRONG_TOKENS_MS, noUpdateTTL: true })

  /** Begins a session. The id is for the cookie and is kept nowhere. */
  begin(): string {
    const id = randomBytes(32).toString('base64url')
    this.#sessions.set(digest(id), true)
    return id
  }

  /** Whether a request comes with a session. */
  has(request: FastifyRequest): boolean {
    const id = sessionIdOf(request)
    return id !== undefined && this.#sessions.get(digest(id)) !== undefined
  }

  /** Ends the session that a request comes with. */
  end(request: FastifyRequest): void {
    const id = sessionIdOf(request)
    if (id !== undefined) this.#sessions.delete(digest(id))
  }

  /** How long an address must wait before its next try, in milliseconds; 0 where it need not. */
  waitMs(address: string): number {
    const tooMany = (this.#wrongTokens.get(address) ?? 0) >= MAX_WRONG_TOKENS
    return tooMany ? Math.max(1, this.#wrongTokens.getRemainingTTL(address)) : 0
  }

  /** An address tried a wrong token. */
  tokenWasWrong(address: string): void {
    this.#wrongTokens.set(address, (this.#wrongTokens.get(address) ?? 0) + 1)
  }
}

/**
 * The cookie of a session.
 * @param id empty to have the browser forget it.
 */
export function sessionCookie(request: FastifyRequest, id: string): string {
  const age = id === '' ? 0 : SESSION_MS / 1_000
  // Behind a proxy with TLS only the page's origin tells.
  const secure = request.headers.origin?.startsWith('https:') ? '; Secure' : ''
  return `${cookieName(request)}=${id}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Strict${secure}`
}

function sessionIdOf(request: FastifyRequest): string | undefined {
  const prefix = `${cookieName(request)}=`
  const cookies = (request.headers.cookie ?? '').split(';').map((cookie) => cookie.trim())
  return cookies.find((cookie) => cookie.startsWith(prefix))?.slice(prefix.length)
}

/** Browsers share cookies between the ports of a host, so that two sidecars need two names: by the port that is asked. */
function cookieName({ headers }: FastifyRequest): string {
  return `dapr-chat-${/:(\d+)$/.exec(headers.host ?? '')?.[1] ?? '0'}`
}

function digest(id: string): string {
  return createHash('sha256').update(id).digest('base64url')
}
