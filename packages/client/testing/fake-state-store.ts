/** Dapr's state API on a free port, with ETags as a store keeps them, in memory. */
import { startFakeSidecar } from './fake-sidecar.ts'

/** A running state API. */
export interface FakeStateStore extends AsyncDisposable {
  readonly url: string
  readonly values: ReadonlyMap<string, { readonly value: unknown; readonly etag: number }>
  /** The bodies of all writes, those that lost among them. */
  readonly writes: readonly StateWrite[]
  /** Changes the ETag of a key, as another writer would. */
  touch(key: string): void
}

interface StateWrite {
  readonly key: string
  readonly value: unknown
  readonly etag?: string
  readonly metadata?: Readonly<Record<string, string>>
}

/** Starts one. @param beforeWrite is called before each write is looked at, to let another writer in. */
export async function startFakeStateStore(
  beforeWrite: (store: FakeStateStore) => void = () => {},
): Promise<FakeStateStore> {
  const values = new Map<string, { value: unknown; etag: number }>()
  const writes: StateWrite[] = []
  const server = await startFakeSidecar((response, { method, path, body }) => {
    const key = decodeURIComponent(path.split('?')[0]?.split('/')[4] ?? '')
    const stored = values.get(key)
    if (method === 'GET') {
      if (!stored) return void response.writeHead(204).end()
      return void response.writeHead(200, { etag: String(stored.etag) }).end(JSON.stringify(stored.value))
    }
    if (method === 'DELETE') {
      values.delete(key)
      return void response.writeHead(204).end()
    }
    beforeWrite(store)
    for (const write of JSON.parse(body) as StateWrite[]) {
      writes.push(write)
      const current = values.get(write.key)?.etag
      if (String(current ?? '') !== (write.etag ?? '')) {
        return void response.writeHead(409).end('{"errorCode":"ERR_STATE_SAVE","message":"possible etag mismatch"}')
      }
      values.set(write.key, { value: write.value, etag: (current ?? 0) + 1 })
    }
    response.writeHead(204).end()
  })
  const store: FakeStateStore = {
    url: server.url,
    values,
    writes,
    touch(key) {
      const stored = values.get(key)
      if (stored) stored.etag++
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
  return store
}
