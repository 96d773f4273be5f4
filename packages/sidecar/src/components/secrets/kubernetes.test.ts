import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { type KubernetesApi, kubernetesApi, secretAnswer } from '../../../testing/kubernetes-api.ts'
import { kubernetesWith } from './kubernetes.ts'

const signal = new AbortController().signal

const open = (api: KubernetesApi, defaultNamespace?: string, environment: Readonly<Record<string, string>> = {}) =>
  kubernetesWith(api.serviceAccount).open(
    { defaultNamespace },
    { environment: { ...api.environment, ...environment }, signal },
  )

/** Asks an API server that answers like this for the secret `openai`. */
async function read(
  answer: RequestListener,
  request: { name?: string; namespace?: string; signal?: AbortSignal } = {},
) {
  await using api = await kubernetesApi(answer)
  const store = await open(api)
  const values = await store.get({ name: 'openai', namespace: '', signal, ...request })
  return values && Object.fromEntries(values)
}

test('a secret is asked for as the service account, and its values are decoded', async () => {
  await using api = await kubernetesApi(secretAnswer({ key: 'sk-ünïcode', other: '' }))
  const store = await open(api)
  const values = await store.get({ name: 'openai', namespace: '', signal })
  assert.deepEqual(
    [...(values ?? [])],
    [
      ['key', 'sk-ünïcode'],
      ['other', ''],
    ],
  )
  assert.deepEqual(api.asked, ['GET /api/v1/namespaces/chats/secrets/openai Bearer token-of-the-pod'])
})

test('the namespace is the component’s, the store’s, the variable’s or the pod’s, in this order', async () => {
  await using api = await kubernetesApi(secretAnswer({}))
  const ask = async (store: Awaited<ReturnType<typeof open>>, namespace = '') =>
    void (await store.get({ name: 's', namespace, signal }))
  await ask(await open(api, 'stored', { NAMESPACE: 'variable' }), 'own')
  await ask(await open(api, 'stored', { NAMESPACE: 'variable' }))
  await ask(await open(api, undefined, { NAMESPACE: 'variable' }))
  await ask(await open(api))
  assert.deepEqual(
    api.asked.map((line) => line.split('/')[4]),
    ['own', 'stored', 'variable', 'chats'],
  )
})

test('a token that was replaced is read anew', async () => {
  await using api = await kubernetesApi(secretAnswer({}))
  const store = await open(api)
  await writeFile(join(api.serviceAccount, 'token'), 'the-next-one')
  await store.get({ name: 's', namespace: '', signal })
  assert.match(api.asked.join(), /Bearer the-next-one$/)
})

test('a secret that is not there is no error, and one without data has no values', async () => {
  assert.equal(await read((_request, response) => void response.writeHead(404).end('{"kind":"Status"}')), undefined)
  assert.deepEqual(await read((_request, response) => void response.writeHead(200).end('{"kind":"Secret"}')), {})
})

const status =
  (code: number): RequestListener =>
  (_request, response) =>
    void response.writeHead(code).end('{"message":"sk-secret"}')
const body =
  (text: string): RequestListener =>
  (_request, response) =>
    void response.writeHead(200).end(text)
const failures: Record<string, [answer: RequestListener, message: string | RegExp]> = {
  'not being known': [status(401), 'the service account must be allowed to read it: the API server answered 401'],
  'not being allowed': [status(403), 'the service account must be allowed to read it: the API server answered 403'],
  'a failing server': [status(500), 'the API server answered 500'],
  'a redirect': [status(302), 'the API server answered 302'],
  'an answer that is no JSON': [body('sk-secret'), 'the API server must answer with JSON'],
  'an answer that is JSON of another kind': [body('null'), /^the API server must answer with a JSON object/],
  'data that is no object': [body('{"data":"sk-secret"}'), 'the data of a secret must be a JSON object'],
  'an answer without an end': [
    (_request, response) => {
      response.writeHead(200)
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        if (!response.destroyed) response.once('drain', more)
      }
      more()
    },
    'the API server must answer with at most 4194304 bytes',
  ],
  'a connection that breaks': [(request) => void request.socket.destroy(), /./],
}
for (const [name, [answer, message]] of Object.entries(failures)) {
  test(`${name} is said, and nothing of the answer`, async () => {
    await assert.rejects(read(answer), { message })
    await assert.rejects(read(answer), (error: Error) => !error.message.includes('sk-'))
  })
}

for (const name of ['../configmaps/x', '..', 'a/b', 'a?b', 'UPPER', '', 'a b\r\n']) {
  test(`${JSON.stringify(name)} is no name, and is not asked for`, async () => {
    await using api = await kubernetesApi(secretAnswer({ key: 'x' }))
    const store = await open(api)
    await assert.rejects(store.get({ name, namespace: '', signal }), /^Error: a name in Kubernetes must/)
    await assert.rejects(
      store.get({ name: 'fine', namespace: name || '-', signal }),
      /^Error: a name in Kubernetes must/,
    )
    assert.deepEqual(api.asked, [])
  })
}

test('a server that does not answer is left when the time is over, and no connection stays', async () => {
  await using api = await kubernetesApi(() => {})
  const store = await open(api)
  await assert.rejects(store.get({ name: 's', namespace: '', signal: AbortSignal.timeout(50) }), {
    name: 'TimeoutError',
  })
  while ((await api.connections()) > 0) await new Promise((resolve) => setTimeout(resolve, 5))
})

test('a server with a certificate of somebody else learns no token', async () => {
  await using other = await kubernetesApi(secretAnswer({ key: 'x' }))
  await writeFile(join(other.serviceAccount, 'ca.crt'), '')
  const store = await open(other)
  await assert.rejects(store.get({ name: 's', namespace: '', signal }), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
  assert.deepEqual(other.asked, [])
})

test('outside of a pod the store does not open, and says what it needs', async () => {
  await using api = await kubernetesApi(secretAnswer({}))
  await assert.rejects(
    kubernetesWith(api.serviceAccount).open({ defaultNamespace: undefined }, { environment: {}, signal }),
    {
      message:
        'the variables KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be set, as they are inside of a pod',
    },
  )
  await rm(join(api.serviceAccount, 'ca.crt'))
  await assert.rejects(open(api), /^Error: the service account's .*ca\.crt must be a file that can be read: ENOENT/)
})
