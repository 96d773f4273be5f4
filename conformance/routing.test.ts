/**
 * Components whose names need escaping, limits that are not the defaults, and the other API's unknown routes and models. How
 * daprd takes paths, methods and bodies otherwise are cases of the suite.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { echoComponent, post, type RunningSidecar, send, startSidecar } from '@dapr-chat/sidecar/testing'
import { DaprClient, status } from './harness.ts'

const MAX_BODY_BYTES = 64 * 1024
const alpha2 = '/v1.0-alpha2/conversation/echo/converse'
const hello = { inputs: [{ messages: [{ ofUser: { content: [{ text: 'hello' }] } }] }] }
let running: RunningSidecar

before(async () => {
  const named = ['my echo', 'a+b', 'grüße'].map((name) => ({ ...echoComponent, name }))
  running = await startSidecar([echoComponent, ...named], { maxBodyBytes: MAX_BODY_BYTES })
})

after(() => running[Symbol.asyncDispose]())

const paths: Readonly<Record<string, string>> = {
  'a space is written %20': '/v1.0-alpha2/conversation/my%20echo/converse',
  'a space is written +': '/v1.0-alpha2/conversation/my+echo/converse',
  'a plus is written %2B': '/v1.0-alpha2/conversation/a%2Bb/converse',
  'letters of other alphabets are escaped': '/v1.0-alpha2/conversation/gr%C3%BC%C3%9Fe/converse',
}

for (const [name, path] of Object.entries(paths)) {
  test(`a path in which ${name} is understood`, async () => {
    const answer = await post(running.http, path, hello)
    assert.equal(answer.status, 200, answer.text)
    assert.equal(JSON.parse(answer.text).outputs[0].choices[0].message.content, 'hello')
  })
}

test('a body over the limit is refused on both APIs, and in their own words', async () => {
  const content = 'x'.repeat(MAX_BODY_BYTES)
  const dapr = await post(running.http, alpha2, {
    inputs: [{ messages: [{ ofUser: { content: [{ text: content }] } }] }],
  })
  assert.equal(dapr.status, 400)
  assert.deepEqual(JSON.parse(dapr.text), {
    errorCode: 'ERR_BODY_READ',
    message: 'failed to read request body: stream too large',
  })
  const chat = await post(running.http, '/v1/chat/completions', {
    model: 'echo',
    messages: [{ role: 'user', content }],
  })
  assert.equal(chat.status, 413)
  assert.equal(JSON.parse(chat.text).error.code, 'request_too_large')
})

test('a gRPC message over the limit is ResourceExhausted', async () => {
  using grpc = new DaprClient(running.grpc)
  const inputs = [{ content: 'x'.repeat(MAX_BODY_BYTES) }]
  await assert.rejects(grpc.unary('ConverseAlpha1', { name: 'echo', inputs }), status(8))
})

test('an unknown model names those that exist', async () => {
  const answer = await post(running.http, '/v1/chat/completions', {
    model: 'gpt-9',
    messages: [{ role: 'user', content: 'hello' }],
  })
  assert.equal(answer.status, 404)
  const { error } = JSON.parse(answer.text)
  assert.equal(error.code, 'model_not_found')
  assert.match(error.message, /the components are: a\+b, echo, grüße, my echo$/)
})

test('an unknown route under /v1 is answered in the words of that API', async () => {
  const answer = await send(running.http, '/v1/embeddings', { body: '{}' })
  assert.equal(answer.status, 404)
  assert.equal(JSON.parse(answer.text).error.code, 'unknown_url')
})
