/**
 * A daprd's state API in memory, for tests of the store that is behind one: ETags, first-write and times to live as a daprd
 * with a state component has them, and failures as a test scripts them.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A write that was accepted or refused. */
export interface StateWrite {
  readonly key: string
  readonly value: unknown
  readonly etag?: string
  readonly options?: { readonly concurrency?: string; readonly consistency?: string }
  readonly metadata?: Readonly<Record<string, string>>
}

/** A question before it is answered. */
export interface StateQuestion {
  readonly method: string
  /** `undefined` for writes, whose keys are in the body. */
  readonly key: string | undefined
  readonly headers: IncomingMessage['headers']
}

/** An answer instead of the store's own; without a status there is none for ever. */
export interface StateAnswer {
  readonly status?: number
  readonly body?: string
  readonly etag?: string
}

/** A running state API. */
export interface StateStore extends AsyncDisposable {
  readonly url: string
  /** The JSON under each key. */
  readonly entries: ReadonlyMap<string, string>
  readonly questions: readonly StateQuestion[]
  readonly writes: readonly StateWrite[]
  /** Sees each question before the store does; what it returns is the answer. */
  intercept: (question: StateQuestion) => StateAnswer | undefined | Promise<StateAnswer | undefined>
  /** Puts something under a key, as another program would. */
  put(key: string, json: string): void
  /** Forgets everything, as a store that makes room. */
  clear(): void
}

/** Starts one for the state component `conversations`. */
export async function startStateStore(): Promise<StateStore> {
  const prefix = '/v1.0/state/conversations'
  const entries = new Map<string, string>()
  const etags = new Map<string, string>()
  const questions: StateQuestion[] = []
  const writes: StateWrite[] = []
  let version = 0
  const server = createServer((request, response) => void answer(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  const put = (key: string, json: string) => {
    entries.set(key, json)
    etags.set(key, String(++version))
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    const { method = '', url = '', headers } = request
    const path = url.split('?')[0] ?? ''
    const key = path === prefix ? undefined : decodeURIComponent(path.slice(prefix.length + 1))
    const question = { method, key, headers }
    questions.push(question)
    const scripted = await store.intercept(question)
    const { status, ...more } = scripted ?? (path.startsWith(prefix) ? own(method, key ?? '', body) : { status: 404 })
    if (status === undefined) return
    response.writeHead(status, more.etag === undefined ? {} : { etag: more.etag }).end(more.body)
  }

  function own(method: string, key: string, body: string): StateAnswer {
    if (method === 'POST') return (JSON.parse(body) as readonly StateWrite[]).map(write).at(-1) ?? { status: 400 }
    const found = entries.get(key)
    if (method === 'DELETE') entries.delete(key)
    if (method === 'DELETE' || found === undefined) return { status: 204 }
    return { status: 200, body: found, etag: etags.get(key) ?? '' }
  }

  /** As state components do: without an ETag only the first write of a key goes through. */
  function write(wanted: StateWrite): StateAnswer {
    writes.push(wanted)
    const present = entries.has(wanted.key) ? etags.get(wanted.key) : undefined
    if (wanted.options?.concurrency === 'first-write' && wanted.etag !== present) {
      return { status: 409, body: '{"errorCode":"ERR_STATE_SAVE","message":"possible etag mismatch"}' }
    }
    put(wanted.key, JSON.stringify(wanted.value))
    return { status: 204 }
  }

  const store: StateStore = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    entries,
    questions,
    writes,
    intercept: () => undefined,
    put,
    clear: () => entries.clear(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
  return store
}
