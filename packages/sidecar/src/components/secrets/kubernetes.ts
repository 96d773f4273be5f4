/**
 * Secrets of a Kubernetes cluster: `secretstores.kubernetes`. It works inside of a pod: the service account's files and
 * two variables say where the API server is and who asks. A connection is made for each question and closed after it,
 * because secrets are asked for when components load and not again.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'undici'
import { type Environment, environmentValue } from '../value.ts'
import { defineSecretStore, type SecretRequest } from './secret-store.ts'

/** Where Kubernetes puts the service account's files into a pod. */
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'

/** Kubernetes lets a secret have one mebibyte; base64 and the frame around it need more. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024

/** A connection that cannot be made is given up after this time, even where nobody waits for it any more. */
const CONNECT_MS = 5_000

/** What names of namespaces and secrets are made of, so that none of them changes the path that is asked. */
const NAME = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/

/** The kind of store, for a service account whose files stand in a folder. */
export function kubernetesWith(serviceAccount: string) {
  return defineSecretStore({
    type: 'secretstores.kubernetes',
    settings: {
      defaultNamespace: { type: 'string', description: 'Where secrets are of components that name no namespace.' },
    },
    async open({ defaultNamespace }, { environment, signal }) {
      const read = (name: string) => readAccountFile(join(serviceAccount, name), signal)
      const origin = originOf(environment)
      const ca = await read('ca.crt')
      const ownNamespace =
        defaultNamespace ?? environmentValue(environment, 'NAMESPACE') ?? (await read('namespace')).trim()
      return {
        async get(request) {
          const namespace = request.namespace || ownNamespace
          // Read anew each time: Kubernetes replaces the token while the pod runs.
          const token = (await readAccountFile(join(serviceAccount, 'token'), request.signal)).trim()
          const client = new Client(origin, { connect: { ca, allowH2: false, timeout: CONNECT_MS } })
          try {
            return await ask(client, token, { ...request, namespace })
          } finally {
            await client.destroy()
          }
        },
      }
    },
  })
}

/** The kind of store, for the pod's own service account. */
export const kubernetes = kubernetesWith(SERVICE_ACCOUNT)

function originOf(environment: Environment): string {
  const host = environmentValue(environment, 'KUBERNETES_SERVICE_HOST')
  const port = environmentValue(environment, 'KUBERNETES_SERVICE_PORT')
  if (host === undefined || port === undefined) {
    throw new Error(
      'the variables KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be set, as they are inside of a pod',
    )
  }
  return `https://${host.includes(':') ? `[${host}]` : host}:${port}`
}

async function readAccountFile(path: string, signal: AbortSignal): Promise<string> {
  return readFile(path, { encoding: 'utf8', signal }).catch((cause: Error) => {
    throw new Error(`the service account's ${path} must be a file that can be read: ${cause.message}`)
  })
}

async function ask(
  client: Client,
  token: string,
  { name, namespace, signal }: SecretRequest,
): Promise<ReadonlyMap<string, string> | undefined> {
  for (const part of [namespace, name]) {
    if (!NAME.test(part)) throw new Error(`a name in Kubernetes must be in its form: current value is "${part}"`)
  }
  const { statusCode, body } = await client.request({
    method: 'GET',
    path: `/api/v1/namespaces/${namespace}/secrets/${name}`,
    headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
    signal,
  })
  if (statusCode === 404) return undefined
  if (statusCode === 401 || statusCode === 403) {
    throw new Error(`the service account must be allowed to read it: the API server answered ${statusCode}`)
  }
  if (statusCode !== 200) throw new Error(`the API server answered ${statusCode}`)
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MAX_ANSWER_BYTES) throw new Error(`the API server must answer with at most ${MAX_ANSWER_BYTES} bytes`)
    chunks.push(chunk)
  }
  return valuesOf(Buffer.concat(chunks).toString('utf8'))
}

/** The `data` of a secret, which is in base64. */
function valuesOf(text: string): ReadonlyMap<string, string> {
  let secret: unknown
  try {
    secret = JSON.parse(text)
  } catch {
    // The parser's message quotes the text, which holds the secret.
    throw new Error('the API server must answer with JSON')
  }
  if (typeof secret !== 'object' || secret === null) throw new Error('the API server must answer with a JSON object')
  const data: unknown = 'data' in secret ? (secret.data ?? {}) : {}
  if (typeof data !== 'object' || data === null) throw new Error('the data of a secret must be a JSON object')
  return new Map(
    Object.entries(data).flatMap(([key, value]) =>
      typeof value === 'string' ? [[key, Buffer.from(value, 'base64').toString('utf8')]] : [],
    ),
  )
}
