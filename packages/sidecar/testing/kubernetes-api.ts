/**
 * What a pod sees of Kubernetes, for the tests of its secret store: an API server over TLS on a free port of 127.0.0.1,
 * and the folder with the files of the service account.
 */
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage, RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A certificate that says 127.0.0.1 until the year 2126, and its key, which nothing but these tests uses. */
const certificate = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUCgAwIBAgIUb5o9WZi3EV3kGp27VYBhHUSYeJIwCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOZGFwci1jaGF0IHRlc3QwIBcNMjYxMTIyMjMxMjAxWhgPMjEy
NjEwMjkyMzEyMDFaMBkxFzAVBgNVBAMMDmRhcHItY2hhdCB0ZXN0MFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAEPb3tWp5OoOWskTyVXUCVfH4UEDSWlNu0uN0Adp+G
4kSwZ/zc0+ZM2x2nVSaxiPNUU7TSM0LL1DYczQii061TT6NkMGIwHQYDVR0OBBYE
FBlQs4a0n+iTPE/W22jVYf1xqN2LMB8GA1UdIwQYMBaAFBlQs4a0n+iTPE/W22jV
Yf1xqN2LMA8GA1UdEwEB/wQFMAMBAf8wDwYDVR0RBAgwBocEfwAAATAKBggqhkjO
PQQDAgNJADBGAiEA5axtIdMyLn2Hf/bVbjyJwS2z0xtFI5liJ4+MMepLXngCIQCh
wJYEEugqCGx/N7JbWKvzMDftb15tsv5ZF545Wej50g==
-----END CERTIFICATE-----
`
const certificateKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgWYwKpGNuW8Paiqmc
aSuIf3EoamGa93DvunDgKIFMovihRANCAAQ9ve1ank6g5ayRPJVdQJV8fhQQNJaU
27S43QB2n4biRLBn/NzT5kzbHadVJrGI81RTtNIzQsvUNhzNCKLTrVNP
-----END PRIVATE KEY-----
`

/** A running API server; `await using` stops it and removes the files. */
export interface KubernetesApi extends AsyncDisposable {
  /** The variables of the pod. */
  readonly environment: Readonly<Record<string, string>>
  /** The folder with `token`, `ca.crt` and `namespace`. */
  readonly serviceAccount: string
  /** What was asked: the path and the authorization of each request. */
  readonly asked: readonly string[]
  /** How many connections are open. */
  connections(): Promise<number>
}

/** The answer to a question for a secret, with its values in base64. */
export function secretAnswer(values: Readonly<Record<string, string>>): RequestListener {
  const data = Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')])
  const body = JSON.stringify({ kind: 'Secret', apiVersion: 'v1', type: 'Opaque', data: Object.fromEntries(data) })
  return (_request, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(body)
}

/** Starts an API server that answers like this. */
export async function kubernetesApi(answer: RequestListener): Promise<KubernetesApi> {
  const serviceAccount = await mkdtemp(join(tmpdir(), 'dapr-chat-account-'))
  await writeFile(join(serviceAccount, 'token'), 'token-of-the-pod\n')
  await writeFile(join(serviceAccount, 'ca.crt'), certificate)
  await writeFile(join(serviceAccount, 'namespace'), 'chats')
  const asked: string[] = []
  const server = createServer({ cert: certificate, key: certificateKey }, (request: IncomingMessage, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`)
    answer(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    environment: { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(port) },
    serviceAccount,
    asked,
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error ? reject(error) : resolve(count)))
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
      await rm(serviceAccount, { recursive: true })
    },
  }
}
