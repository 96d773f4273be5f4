/**
 * A page that streams: bundles `page.ts`, serves it, and starts a sidecar that lets the page ask. Needs no key.
 *
 *   npm run example:browser                    and open the address that it prints
 *   npm run example:browser -- --port 8080
 *
 * A page of your own needs only the bundle, and a sidecar with its origin: `npm start -- --allowed-origins https://...`.
 */
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createSidecar } from '@dapr-chat/sidecar'
import { build } from 'esbuild'

const { port } = parseArgs({ options: { port: { type: 'string', default: '0' } } }).values

const files = new Map<string, { readonly type: string; readonly body: string | Uint8Array }>()
const server = createServer((request, response) => {
  const file = files.get(request.url ?? '')
  response.writeHead(file ? 200 : 404, { 'content-type': file?.type ?? 'text/plain' }).end(file?.body)
}).listen(Number(port), '127.0.0.1')
await once(server, 'listening')
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const sidecar = await createSidecar({
  resourcesPaths: [join(import.meta.dirname, 'components')],
  allowedOrigins: [origin],
  httpPort: 0,
  grpcPort: 0,
  metricsPort: 0,
  storePath: ':memory:',
  logLevel: 'error',
})
const { http } = await sidecar.listen()

const { outputFiles } = await build({
  entryPoints: [join(import.meta.dirname, 'page.ts')],
  bundle: true,
  minify: true,
  format: 'esm',
  write: false,
  define: { SIDECAR: JSON.stringify(http) },
})
files.set('/page.js', { type: 'text/javascript', body: outputFiles[0]?.contents ?? '' })
files.set('/', { type: 'text/html', body: await readFile(join(import.meta.dirname, 'index.html')) })

console.log(`🌐 Open ${origin}/ (Ctrl-C ends it)`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    server.close()
    server.closeAllConnections()
    void sidecar.close()
  })
}
