import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chunk, done, finish, reset, scriptedProvider, silence, textAnswer, usage } from './index.ts'

const ask = (url: string, init: RequestInit = {}) =>
  fetch(`${url}/chat/completions?x=1`, { method: 'POST', body: '{"model":"m"}', ...init })

test('a scripted provider sends what its script says and records what it was asked', async () => {
  await using upstream = await scriptedProvider({ headers: { 'x-one': '1' }, body: textAnswer('Hello', ' world') })
  const response = await ask(upstream.url, { headers: { 'x-asked': 'yes' } })
  const expected = [
    chunk({ role: 'assistant', content: '' }),
    chunk({ content: 'Hello' }),
    chunk({ content: ' world' }),
    finish('stop'),
    usage(3, 2),
    done,
  ].join('')
  assert.equal(await response.text(), expected)
  assert.equal(response.headers.get('content-type'), 'text/event-stream')
  assert.equal(response.headers.get('x-one'), '1')
  const request = await upstream.requestArrived()
  assert.deepEqual(
    [request.index, request.connection, request.path, request.body, request.headers['x-asked']],
    [0, 0, '/v1/chat/completions?x=1', { model: 'm' }, 'yes'],
  )
  assert.equal(request.bytesAccepted, Buffer.byteLength(expected))
})

test('a scripted provider decides per request and counts connections', async () => {
  await using upstream = await scriptedProvider(({ index }) => ({ status: 500 + index, body: `${index}` }))
  const first = await ask(upstream.url, { headers: { connection: 'close' } })
  assert.deepEqual([first.status, await first.text()], [500, '0'])
  const second = await ask(upstream.url, { headers: { connection: 'close' } })
  assert.deepEqual([second.status, await second.text()], [501, '1'])
  assert.equal(upstream.connections, 2)
  assert.deepEqual(
    upstream.requests.map(({ connection }) => connection),
    [0, 1],
  )
  assert.ok((await upstream.connectionClosed(0)) <= performance.now())
})

test('a scripted provider resets a connection where the script says so', async () => {
  await using upstream = await scriptedProvider({ body: ['data: a\n\n', reset] })
  await assert.rejects(async () => await (await ask(upstream.url)).text())
  await upstream.connectionClosed()
})

test('a scripted provider stalls until the connection closes', async () => {
  await using upstream = await scriptedProvider({
    body: (async function* () {
      yield 'data: a\n\n'
      await silence
    })(),
  })
  const caller = new AbortController()
  const response = await ask(upstream.url, { signal: caller.signal })
  const reader = response.body?.getReader()
  assert.equal(new TextDecoder().decode((await reader?.read())?.value), 'data: a\n\n')
  caller.abort()
  await upstream.connectionClosed()
})
