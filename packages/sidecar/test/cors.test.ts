/** Which pages of other origins a browser lets use the API, and that what they may is still the guard's to decide. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { echoComponent, type PlainAnswer, post, send, startSidecar } from '../testing/index.ts'

const origin = 'https://app.example'
const path = '/v1.0-alpha2/conversation/echo/converse'
const question = { inputs: [{ messages: [{ ofUser: { content: [{ text: 'hello' }] } }] }] }
const preflight = {
  method: 'OPTIONS',
  headers: {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type,dapr-api-token',
  },
}

function allowed({ headers }: PlainAnswer): string | undefined {
  return headers['access-control-allow-origin']
}

test('a page of an allowed origin may ask, whole and as a stream', async () => {
  await using running = await startSidecar(undefined, { allowedOrigins: ['https://other.example', origin] })
  for (const headers of [{ origin }, { origin, accept: 'text/event-stream' }]) {
    const answer = await post(running.http, path, question, headers)
    assert.equal(answer.status, 200)
    assert.equal(allowed(answer), origin)
    assert.equal(answer.headers.vary, 'Origin')
    assert.match(answer.text, /hello/)
  }
})

test('a page learns what went wrong, too', async () => {
  await using running = await startSidecar(undefined, { allowedOrigins: [origin] })
  for (const wrong of [path.replace('echo', 'none'), '/v1/chat/completions', '/nothing']) {
    const answer = await post(running.http, wrong, {}, { origin })
    assert.ok(answer.status >= 400, wrong)
    assert.equal(allowed(answer), origin, wrong)
    assert.equal(answer.headers['access-control-expose-headers'], '*', wrong)
  }
})

test('a browser may ask beforehand without the token, and only then', async () => {
  await using running = await startSidecar(undefined, { allowedOrigins: [origin], apiToken: 'right' })
  for (const route of [path, '/v1/chat/completions', '/nothing']) {
    const { status, headers, text } = await send(running.http, route, preflight)
    assert.deepEqual([status, text], [204, ''])
    assert.equal(headers['access-control-allow-origin'], origin)
    assert.match(headers['access-control-allow-methods'] ?? '', /\bPOST\b/)
    assert.equal(headers['access-control-allow-headers'], 'content-type,dapr-api-token')
  }
  assert.equal((await send(running.http, path, { method: 'OPTIONS', headers: { origin } })).status, 401)
  assert.equal((await post(running.http, path, question, { origin })).status, 401)
  assert.equal((await post(running.http, path, question, { origin, 'dapr-api-token': 'right' })).status, 200)
})

test('allowed origins are compared whole', async () => {
  await using running = await startSidecar(undefined, { allowedOrigins: [origin] })
  for (const other of ['http://app.example', `${origin}.evil`, `${origin}:8443`, 'https://x.app.example', 'null']) {
    const answer = await post(running.http, path, question, { origin: other })
    assert.deepEqual([answer.status, allowed(answer)], [403, undefined], other)
    const asked = await send(running.http, path, { ...preflight, headers: { ...preflight.headers, origin: other } })
    assert.deepEqual([asked.status, allowed(asked)], [403, undefined], other)
  }
})

test('an allowed origin does not excuse a foreign Host', async () => {
  await using running = await startSidecar(undefined, { allowedOrigins: ['*'] })
  assert.equal((await post(running.http, path, question, { origin, host: 'attacker.example' })).status, 403)
  const answer = await post(running.http, path, question, { origin })
  assert.deepEqual([answer.status, allowed(answer)], [200, '*'])
})

test('where no origin is allowed nothing is said about origins', async () => {
  await using running = await startSidecar([echoComponent])
  const answer = await post(running.http, path, question)
  assert.deepEqual([answer.status, allowed(answer), answer.headers.vary], [200, undefined, undefined])
})
