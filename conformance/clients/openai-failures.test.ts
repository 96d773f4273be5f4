/** What OpenAI's own package for Node makes of failures: its typed errors, and a caller who leaves. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  chunk,
  echoComponent,
  reset,
  type Script,
  scriptedProvider,
  silence,
  startSidecar,
  textAnswer,
  upstreamComponent,
} from '@dapr-chat/sidecar/testing'
import OpenAI from 'openai'

/** A sidecar in front of a provider with that script, and the package in front of the sidecar. */
async function connect(script: Script) {
  await using stack = new AsyncDisposableStack()
  const upstream = stack.use(await scriptedProvider(script))
  const running = stack.use(await startSidecar([echoComponent, upstreamComponent(upstream.url)]))
  const openai = new OpenAI({ baseURL: `${running.http}/v1`, apiKey: 'unused', maxRetries: 0 })
  const open = stack.move()
  return { upstream, running, openai, [Symbol.asyncDispose]: () => open.disposeAsync() }
}

const question = { model: 'gpt', messages: [{ role: 'user' as const, content: 'Hello?' }] }

for (const stream of [false, true]) {
  const what = stream ? 'a stream' : 'a whole answer'
  const create = (openai: OpenAI) => openai.chat.completions.create({ ...question, stream })

  test(`${what} that the provider refuses for its rate raises RateLimitError with retry-after`, async () => {
    const body = JSON.stringify({
      error: { message: 'Rate limit reached', type: 'requests', code: 'rate_limit_exceeded' },
    })
    const headers = { 'content-type': 'application/json', 'retry-after': '7' }
    await using open = await connect({ status: 429, headers, body })
    await assert.rejects(create(open.openai), (error) => {
      assert.ok(error instanceof OpenAI.RateLimitError)
      assert.equal(error.headers.get('retry-after'), '7')
      assert.equal(error.code, 'rate_limit_exceeded')
      assert.match(error.message, /Rate limit reached/)
      return true
    })
  })

  test(`${what} whose key the provider refuses raises AuthenticationError, and no key comes along`, async () => {
    const message = 'Incorrect API key provided: sk-of-the-test. You can find your API key at example.com.'
    const body = JSON.stringify({ error: { message, type: 'invalid_request_error', code: 'invalid_api_key' } })
    await using open = await connect({ status: 401, headers: { 'content-type': 'application/json' }, body })
    await assert.rejects(create(open.openai), (error) => {
      assert.ok(error instanceof OpenAI.AuthenticationError)
      assert.doesNotMatch(error.message, /sk-of-the-test/)
      return true
    })
  })

  test(`${what} that the provider finds wrong raises BadRequestError`, async () => {
    const body = JSON.stringify({ error: { message: 'Unsupported parameter', type: 'invalid_request_error' } })
    await using open = await connect({ status: 400, headers: { 'content-type': 'application/json' }, body })
    await assert.rejects(create(open.openai), OpenAI.BadRequestError)
  })

  test(`${what} from a provider that is down raises InternalServerError`, async () => {
    await using open = await connect({ body: [reset] })
    await assert.rejects(create(open.openai), OpenAI.InternalServerError)
  })

  test(`${what} that is a page of HTML raises InternalServerError`, async () => {
    await using open = await connect({ headers: { 'content-type': 'text/html' }, body: '<html>Welcome</html>' })
    await assert.rejects(create(open.openai), (error) => {
      assert.ok(error instanceof OpenAI.InternalServerError)
      assert.equal(error.status, 502)
      assert.doesNotMatch(error.message, /Welcome/)
      return true
    })
  })

  test(`${what} of an unknown model raises NotFoundError that names the components`, async () => {
    await using open = await connect({ body: textAnswer('Hello') })
    const asked = open.openai.chat.completions.create({ ...question, model: 'gpt-9', stream })
    await assert.rejects(asked, (error) => {
      assert.ok(error instanceof OpenAI.NotFoundError)
      assert.match(error.message, /echo, gpt/)
      return true
    })
  })
}

const failures = {
  'breaks off': reset,
  'ends without a finish reason': '',
  'reports an error': `data: ${JSON.stringify({ error: { message: 'overloaded', type: 'server_error', code: 'x' } })}\n\n`,
} as const

for (const [name, piece] of Object.entries(failures)) {
  test(`a stream that ${name} after its first token raises APIError after what arrived`, async () => {
    await using open = await connect({ body: [chunk({ content: 'Hel' }), chunk({ content: 'lo' }), piece] })
    const stream = await open.openai.chat.completions.create({ ...question, stream: true })
    let text = ''
    await assert.rejects(async () => {
      for await (const each of stream) text += each.choices[0]?.delta.content ?? ''
    }, OpenAI.APIError)
    assert.equal(text, 'Hello')
  })
}

test('a stream that the caller aborts closes the connection to the provider within 100 ms', async () => {
  await using open = await connect({
    body: (async function* () {
      yield chunk({ content: 'Hello' })
      await silence
    })(),
  })
  const stream = await open.openai.chat.completions.create({ ...question, stream: true })
  let aborted = Number.NaN
  for await (const _ of stream) {
    aborted = performance.now()
    stream.controller.abort()
  }
  const delay = (await open.upstream.connectionClosed()) - aborted
  assert.ok(delay < 100, `${delay} ms`)
  assert.equal(open.running.sidecar.openCalls, 0)
})

test('a whole answer that the caller aborts closes the connection to the provider within 100 ms', async () => {
  await using open = await connect(() => silence)
  const controller = new AbortController()
  const asked = open.openai.chat.completions.create(question, { signal: controller.signal })
  const refused = assert.rejects(asked, OpenAI.APIUserAbortError)
  await open.upstream.requestArrived()
  const aborted = performance.now()
  controller.abort()
  await refused
  const delay = (await open.upstream.connectionClosed()) - aborted
  assert.ok(delay < 100, `${delay} ms`)
})
