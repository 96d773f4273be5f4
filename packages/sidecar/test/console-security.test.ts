/** Who may look at the console, and what nobody sees in it. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { open, type PlainRequest, post, scriptedProvider, send, startSidecar, textAnswer } from '../testing/index.ts'
import { chat } from './console.ts'

const timeout = 20_000
const token = 'token-of-the-operator'

/** All that the console reads. */
const reads = ['session', 'overview', 'calls', 'calls/x', 'components', 'events'].map((name) => `/api/console/${name}`)

/** The status alone: one of the answers has no end. */
async function statusOf(http: string, path: string, request: PlainRequest = {}): Promise<number | undefined> {
  const response = await open(http, path, request)
  response.destroy()
  return response.statusCode
}

const allowed = (status: number | undefined) => status === 200 || status === 404

function logIn(http: string, given: unknown, headers: Readonly<Record<string, string>> = {}) {
  return send(http, '/api/console/login', { body: JSON.stringify(given), headers })
}

/** The cookie of a new session, as a browser would send it. */
async function sessionOf(http: string): Promise<string> {
  const { status, headers } = await logIn(http, { token })
  assert.equal(status, 204)
  const [cookie = ''] = headers['set-cookie'] ?? []
  return cookie.split(';')[0] ?? ''
}

/** A sidecar that other machines reach, as far as its guard knows. */
async function startWide() {
  const running = await startSidecar(undefined, { listenAddresses: ['0.0.0.0'], apiToken: token })
  return { ...running, http: running.http.replace('0.0.0.0', '127.0.0.1') }
}

test('on loopback the console needs no token, and only its own page or no page at all reads it', async () => {
  // Pages that may use the API may still not read the console.
  await using running = await startSidecar(undefined, { allowedOrigins: ['*'] })
  const { http } = running
  const { host } = new URL(http)
  for (const path of reads) {
    assert.ok(allowed(await statusOf(http, path)), path)
    assert.ok(allowed(await statusOf(http, path, { headers: { origin: `http://${host}` } })), path)
    assert.ok(allowed(await statusOf(http, path, { headers: { 'sec-fetch-site': 'same-origin' } })), path)
    assert.ok(allowed(await statusOf(http, path, { headers: { 'sec-fetch-site': 'none' } })), path)
    const foreign = [
      { origin: 'https://attacker.example' },
      { origin: 'http://localhost:1' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { host: 'attacker.example' },
    ]
    for (const headers of foreign) {
      const response = await open(http, path, { headers })
      assert.equal(response.statusCode, 403, `${path} ${JSON.stringify(headers)}`)
      assert.equal(response.headers['access-control-allow-origin'], undefined)
      response.destroy()
    }
  }
  assert.equal((await logIn(http, {})).status, 204, 'everybody is in')
})

test('beyond loopback nothing is read without the token, and everything with it', async () => {
  await using running = await startWide()
  const { http } = running
  for (const path of [...reads, '/api/console/nothing']) {
    assert.equal(await statusOf(http, path), 401, path)
    assert.equal(await statusOf(http, path, { headers: { cookie: 'dapr-chat-1=x; dapr-chat=y' } }), 401, path)
    assert.equal(await statusOf(http, path, { headers: { 'dapr-api-token': 'wrong' } }), 401, path)
    assert.ok(allowed(await statusOf(http, path, { headers: { 'dapr-api-token': token } })), path)
  }
  for (const path of ['/console', '/console/app.js']) assert.notEqual(await statusOf(http, path), 401, path)
})

test('the token is exchanged for a cookie that no script reads and no other site sends', async () => {
  await using running = await startWide()
  const { http } = running
  const { headers } = await logIn(http, { token })
  const [cookie = ''] = headers['set-cookie'] ?? []
  assert.match(cookie, /^dapr-chat-\d+=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/)
  assert.ok(!cookie.includes(token))
  const { host } = new URL(http)
  const proxied = await logIn(http, { token }, { origin: `https://${host}` })
  assert.match(proxied.headers['set-cookie']?.[0] ?? '', /; Secure$/)

  const session = { cookie: await sessionOf(http) }
  for (const path of reads) assert.ok(allowed(await statusOf(http, path, { headers: session })), path)
  const out = await send(http, '/api/console/logout', {
    method: 'POST',
    headers: { ...session, 'sec-fetch-site': 'same-origin' },
  })
  assert.equal(out.status, 204)
  assert.match(out.headers['set-cookie']?.[0] ?? '', /=; Path=\/; Max-Age=0;/)
  assert.equal(await statusOf(http, '/api/console/session', { headers: session }), 401)
})

test('with the cookie the page converses and remembers, and no other page does', async () => {
  await using running = await startWide()
  const { http } = running
  const cookie = await sessionOf(http)
  const { host } = new URL(http)
  const own = [{ origin: `http://${host}` }, { origin: `https://${host}` }, { 'sec-fetch-site': 'same-origin' }]
  const foreign = [
    {},
    { origin: 'https://attacker.example' },
    { origin: `http://${host.replace(/\d+$/, '1')}` },
    { origin: 'null' },
    { 'sec-fetch-site': 'same-site', origin: `http://${host}` },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'none' },
  ]
  const converse = { inputs: [{ messages: [{ ofUser: { content: [{ text: 'Hello?' }] } }] }] }
  const calls: [path: string, body: object][] = [
    ['/v1/chat/completions', chat('echo')],
    ['/v1.0-alpha2/conversation/echo/converse', converse],
  ]
  for (const [path, body] of calls) {
    for (const headers of own) assert.equal((await post(http, path, body, { cookie, ...headers })).status, 200, path)
    for (const headers of foreign) {
      assert.equal(
        (await post(http, path, body, { cookie, ...headers })).status,
        401,
        `${path} ${JSON.stringify(headers)}`,
      )
    }
  }
  assert.equal((await send(http, '/api/conversations', { headers: { cookie } })).status, 200)
  const removed = await send(http, '/api/conversations/a/b', { method: 'DELETE', headers: { cookie } })
  assert.equal(removed.status, 401, 'nobody says who asks')
})

test('the cookie opens nothing that the page does not need', async () => {
  await using running = await startWide()
  const { http } = running
  const headers = { cookie: await sessionOf(http), 'sec-fetch-site': 'same-origin' }
  for (const path of ['/v1.0/metadata', '/v1/models', '/openapi.json', '/nothing']) {
    assert.equal((await send(http, path, { headers })).status, 401, path)
  }
  assert.equal((await send(http, '/v1.0/shutdown', { method: 'POST', headers })).status, 401)
  assert.equal((await send(http, '/v1.0/metadata/a', { method: 'PUT', body: 'b', headers })).status, 401)
  const alpha1 = '/v1.0-alpha1/conversation/echo/converse'
  assert.equal((await post(http, alpha1, { inputs: [{ content: 'Hi' }] }, headers)).status, 401)
})

test('a wrong token lets nobody in, and too many are answered no more', async () => {
  await using running = await startWide()
  const { http } = running
  for (const body of [{}, { token: 1 }, [], 'x', null]) assert.equal((await logIn(http, body)).status, 400)
  assert.equal((await send(http, '/api/console/login', { body: '{"token":' })).status, 400)
  assert.notEqual((await logIn(http, { token: 'x'.repeat(20_000) })).status, 204)
  for (let i = 0; i < 10; i++) {
    const answer = await logIn(http, { token: `${token}${i}` })
    assert.equal(answer.status, 401)
    assert.equal(answer.headers['set-cookie'], undefined)
  }
  const refused = await logIn(http, { token })
  assert.equal(refused.status, 429)
  assert.ok(Number(refused.headers['retry-after']) > 0)
  assert.ok(allowed(await statusOf(http, '/api/console/session', { headers: { 'dapr-api-token': token } })))
})

test('a foreign page cannot log in', async () => {
  await using running = await startWide()
  for (const headers of [{ origin: 'https://attacker.example' }, { 'sec-fetch-site': 'cross-site' }]) {
    assert.equal((await logIn(running.http, { token }, headers)).status, 403)
  }
})

test('the stream of events ends when its session does', { timeout }, async () => {
  await using running = await startWide()
  const { http } = running
  const headers = { cookie: await sessionOf(http), 'sec-fetch-site': 'same-origin' }
  const events = await open(http, '/api/console/events', { headers })
  assert.equal(events.statusCode, 200)
  await send(http, '/api/console/logout', { method: 'POST', headers })
  events.resume()
  await once(events, 'end')
})

test('what a Configuration closes is closed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dapr-chat-config-'))
  try {
    const file = join(folder, 'config.yaml')
    const denied =
      '{apiVersion: dapr.io/v1alpha1, kind: Configuration, metadata: {name: c}, spec: {api: {denied: [{name: console, version: v1}]}}}'
    await writeFile(file, denied)
    await using running = await startSidecar(undefined, { configurationFiles: [file] })
    for (const path of ['/console', '/console/app.js', ...reads]) {
      assert.equal(await statusOf(running.http, path), 404, path)
    }
    assert.equal(running.console, '')
    assert.equal((await post(running.http, '/v1/chat/completions', chat('echo'))).status, 200)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('no answer of the console holds a secret', { timeout }, async () => {
  const secrets = { key: 'canary-of-the-key-0123', store: 'canary-of-the-store-4567', address: 'canary-in-the-address' }
  const folder = await mkdtemp(join(tmpdir(), 'dapr-chat-canary-'))
  try {
    const fromStore = join(folder, 'secrets.json')
    await writeFile(fromStore, JSON.stringify({ key: secrets.store, model: 'canary-of-the-model' }))
    // A provider that says back what it was sent, as some do.
    await using upstream = await scriptedProvider(({ headers, index }) =>
      index % 2 === 0
        ? { status: 401, body: JSON.stringify({ error: { message: `wrong key: ${headers.authorization}` } }) }
        : { body: textAnswer('Hello') },
    )
    const component = (name: string, metadata: string, rest = '') => `
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: ${name}}
spec:
  type: conversation.openai
  version: v1
  metadata: ${metadata}
${rest}`
    const files = {
      'store.yaml': `
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: local}
spec:
  type: secretstores.local.file
  version: v1
  metadata: [{name: secretsFile, value: ${JSON.stringify(fromStore)}}]
`,
      'plain.yaml': component(
        'plain',
        `[{name: key, value: ${secrets.key}}, {name: endpoint, value: "${upstream.url}"}, {name: model, value: scripted}]`,
      ),
      'stored.yaml': component(
        'stored',
        `[{name: key, secretKeyRef: {name: key}}, {name: model, secretKeyRef: {name: model}}, {name: endpoint, value: "${upstream.url}"}]`,
        'auth: {secretStore: local}',
      ),
      // A key where none belongs, in a setting that is no secret by itself.
      'slip.yaml': component('slip', `[{name: key, value: ${secrets.key}}, {name: model, value: "x-${secrets.key}"}]`),
      'address.yaml': component(
        'address',
        `[{name: key, value: k}, {name: endpoint, value: "http://user:${secrets.address}@127.0.0.1:1/v1"}]`,
        '  ignoreErrors: true',
      ),
    }
    await using running = await startSidecar([], { apiToken: token }, files)
    const { http } = running
    const headers = { 'dapr-api-token': token }
    const events = await open(http, '/api/console/events', { headers })
    let said = ''
    events.setEncoding('utf8').on('data', (part: string) => {
      said += part
    })
    for (const name of ['plain', 'stored', 'plain', 'stored']) {
      await post(http, '/v1/chat/completions', chat(name), headers)
    }
    const list = await send(http, '/api/console/calls', { headers })
    const { calls } = JSON.parse(list.text) as { calls: { id: string; error?: object }[] }
    assert.equal(calls.length, 4)
    assert.ok(calls.some(({ error }) => error !== undefined))
    const paths = [
      ...reads.filter((path) => !path.endsWith('events')),
      ...calls.map(({ id }) => `/api/console/calls/${id}`),
    ]
    const { text: components } = await send(http, '/api/console/components', { headers })
    assert.deepEqual(
      ['plain', 'stored', 'slip'].filter((name) => !components.includes(`"name":"${name}"`)),
      [],
    )
    while (!said.includes('"failed"')) await once(events, 'data')
    events.destroy()
    const everything = [said]
    for (const path of [...paths, '/console']) everything.push((await send(http, path, { headers })).text)
    for (const canary of [...Object.values(secrets), 'canary', token]) {
      for (const text of everything) assert.ok(!text.includes(canary), `${canary} in ${text}`)
    }
  } finally {
    await rm(folder, { recursive: true })
  }
})
