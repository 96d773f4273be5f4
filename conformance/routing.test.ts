/** How daprd's HTTP API takes paths, methods, bodies and headers, and what it answers where it cannot. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { echoComponent, post, type RunningSidecar, send, startSidecar } from '@dapr-chat/sidecar/testing'
import { DaprClient, status } from './harness.ts'

const MAX_BODY_BYTES = 64 * 1024
const alpha2 = '/v1.0-alpha2/conversation/echo/converse'
const hello = { inputs: [{ messages: [{ ofUser: { content: [{ text: 'hello' }] } }] }] }
const directInvoke = {
  errorCode: 'ERR_DIRECT_INVOKE',
  message: 'failed getting app id either from the URL path or the header dapr-app-id',
}

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
  'slashes are doubled': '//v1.0-alpha2//conversation///echo//converse',
  'a slash trails': `${alpha2}/`,
  'a query follows': `${alpha2}?metadata.key=value`,
}

for (const [name, path] of Object.entries(paths)) {
  test(`a path in which ${name} is understood`, async () => {
    const answer = await post(running.http, path, hello)
    assert.equal(answer.status, 200, answer.text)
    assert.equal(JSON.parse(answer.text).outputs[0].choices[0].message.content, 'hello')
  })
}

test("the name in the path wins over the body's", async () => {
  const answer = await post(running.http, alpha2, { ...hello, name: 'nobody' })
  assert.equal(answer.status, 200)
})

test('a bad escape in the path is answered with 400 in plain text', async () => {
  const answer = await post(running.http, '/v1.0-alpha2/conversation/%zz/converse', hello)
  assert.equal(answer.status, 400)
  assert.match(answer.headers['content-type'] ?? '', /^text\/plain/)
})

for (const [method, path] of [
  ['GET', alpha2],
  ['PUT', alpha2],
  ['DELETE', alpha2],
  ['PATCH', alpha2],
  ['OPTIONS', alpha2],
  ['GET', '/v1.0-alpha1/conversation/echo/converse'],
  ['POST', '/v1.0-alpha3/conversation/echo/converse'],
  ['POST', '/v1.0-alpha2/conversation/echo'],
  ['POST', '/v1.0-alpha2/conversation//converse'],
  ['POST', '/v1.0/healthz'],
  ['GET', '/v1.0/shutdown'],
  ['GET', '/v1.0/state/store/key'],
  ['GET', '/'],
  ['GET', '/nothing'],
] as const) {
  test(`${method} ${path} is an unknown route`, async () => {
    const answer = await send(running.http, path, { method, ...(method !== 'GET' && { body: '{}' }) })
    assert.equal(answer.status, 404)
    assert.equal(answer.headers['content-type'], 'application/json')
    assert.deepEqual(JSON.parse(answer.text), directInvoke)
  })
}

for (const contentType of [
  undefined,
  'text/plain',
  'application/x-www-form-urlencoded',
  'application/json; charset=utf-8',
  'nonsense',
]) {
  test(`the content type ${contentType} of a request is not looked at`, async () => {
    const headers: Record<string, string> = contentType === undefined ? {} : { 'content-type': contentType }
    const answer = await send(running.http, alpha2, { body: JSON.stringify(hello), headers })
    assert.equal(answer.status, 200, answer.text)
  })
}

const malformed: Readonly<Record<string, string | Uint8Array>> = {
  'white space': '  ',
  null: 'null',
  'a list': '[]',
  'a number': '1',
  'a text': '"x"',
  'no JSON': '{',
  'something after the object': '{} x',
  'a trailing comma': '{"inputs":[],}',
  'a number for a text': '{"contextId":1}',
  'a text for a flag': '{"scrubPii":"true"}',
  'a plain value as parameter': '{"parameters":{"max_tokens":100}}',
  'a content that is no list': '{"inputs":[{"messages":[{"ofUser":{"content":"hello"}}]}]}',
  'a field twice': '{"contextId":"a","context_id":"b"}',
  'a duration in hours': '{"promptCacheRetention":"24h"}',
  'half a character': '{"contextId":"\\ud800"}',
  'bytes that are no UTF-8': new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
}

for (const [name, body] of Object.entries(malformed)) {
  test(`a body that is ${name} is malformed, whichever component is asked`, async () => {
    for (const path of [alpha2, '/v1.0-alpha2/conversation/nobody/converse']) {
      const answer = await send(running.http, path, { body })
      assert.equal(answer.status, 400)
      const { errorCode, message, ...rest } = JSON.parse(answer.text)
      assert.deepEqual([errorCode, rest], ['ERR_MALFORMED_REQUEST', {}])
      assert.match(message, /^failed deserializing HTTP body: proto:/)
    }
  })
}

test('no body at all is an empty request', async () => {
  const answer = await send(running.http, alpha2, { method: 'POST' })
  assert.equal(answer.status, 400)
  assert.deepEqual(JSON.parse(answer.text), {
    errorCode: 'ERR_CONVERSATION_MISSING_INPUTS',
    message: 'failed conversing with component echo: missing inputs in request',
  })
})

test('an unknown component comes before missing inputs', async () => {
  const answer = await send(running.http, '/v1.0-alpha2/conversation/Echo/converse', { body: '{}' })
  assert.equal(answer.status, 400)
  assert.deepEqual(JSON.parse(answer.text), {
    errorCode: 'ERR_CONVERSATION_NOT_FOUND',
    message: 'failed finding conversation component Echo',
  })
})

test('a tool choice is checked against the tools', async () => {
  const choose = async (toolChoice: string, tools: readonly unknown[]) =>
    JSON.parse((await post(running.http, alpha2, { ...hello, toolChoice, tools })).text)
  const prefix = 'failed conversing with component echo: invalid params: '
  const choices = "ust be 'auto', 'none', 'required', or a specific tool name matching the tools available to be used"
  assert.deepEqual(await choose('required', []), {
    errorCode: 'ERR_CONVERSATION_INVALID_PARMS',
    message: `${prefix}tool choice m${choices}`,
  })
  assert.deepEqual(await choose('other', [{ function: { name: 'f' } }]), {
    errorCode: 'ERR_CONVERSATION_INVALID_PARMS',
    message: `${prefix}tool choice selected was not found. M${choices}`,
  })
  assert.equal((await choose('other', [])).outputs.length, 1)
})

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

test('headers over the limit are refused with 431', async () => {
  const answer = await send(running.http, '/v1.0/healthz', { headers: { 'x-large': 'x'.repeat(20_000) } })
  assert.equal(answer.status, 431)
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
