/** The sidecar goes down: what runs may end, what is too long is told so, and nobody new is let in. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { createSidecar } from '../src/index.ts'
import { chunk, done, eventsOf, finish, readText, send, silence } from '../testing/index.ts'
import { ask, eventually, oneToken, readUntil, startConversation, streams, untilStill } from './conversation.ts'

const timeout = 20_000

/** An answer whose second half waits until the test lets it go. */
function halves() {
  const { promise, resolve: release } = Promise.withResolvers<void>()
  const script = () => ({
    body: (async function* () {
      yield chunk({ content: 'Hello' })
      await promise
      yield chunk({ content: ' world' })
      yield finish('stop')
      yield done
    })(),
  })
  return { script, release }
}

for (const question of streams) {
  test(`${question} that ends in time is not disturbed by a shutdown`, { timeout }, async () => {
    const { script, release } = halves()
    await using conversation = await startConversation(script, { gracefulShutdownMs: 10_000 })
    const { http, sidecar } = conversation
    const response = await ask(http, question)
    let text = await readUntil(response, 'Hello')
    const closed = sidecar.close()

    const health = await send(http, '/v1.0/healthz/outbound')
    assert.equal(health.status, 500)
    assert.equal(JSON.parse(health.text).errorCode, 'ERR_OUTBOUND_HEALTH_NOT_READY')
    for (const other of streams) {
      const refused = await ask(http, other)
      assert.equal(refused.statusCode, 503)
      assert.match(await readText(refused), /shutting down/)
    }

    release()
    text += await readText(response)
    assert.match(text, /world/)
    assert.equal(eventsOf(text).at(-1)?.data, '[DONE]')
    await closed
  })

  test(`${question} that takes too long is told of the shutdown in band`, { timeout }, async () => {
    await using conversation = await startConversation(oneToken, { gracefulShutdownMs: 50 })
    const { upstream, http, sidecar } = conversation
    const response = await ask(http, question)
    let text = await readUntil(response, 'Hello')
    const closed = sidecar.close()
    text += await readText(response)
    await closed
    const last = eventsOf(text).at(-1)
    assert.doesNotMatch(text, /\[DONE\]/)
    if (question === 'a stream of Dapr') {
      assert.equal(last?.event, 'error')
      assert.equal(JSON.parse(last.data).errorCode, 'ERR_SHUTTING_DOWN')
    } else {
      assert.equal(JSON.parse(last?.data ?? '').error.code, 'shutting_down')
    }
    await upstream.connectionClosed()
    assert.equal(sidecar.openCalls, 0)
  })
}

test('an answer that has not begun is refused with 503 once the time is over', { timeout }, async () => {
  await using conversation = await startConversation(() => silence, { gracefulShutdownMs: 50 })
  const { upstream, http, sidecar } = conversation
  const response = ask(http, 'an answer of Dapr')
  await upstream.requestArrived()
  const closed = sidecar.close()
  assert.equal((await response).statusCode, 503)
  await closed
})

for (const question of streams) {
  test(`a reader of ${question} who has stopped reading does not keep the sidecar up`, { timeout }, async () => {
    const token = chunk({ content: 'x'.repeat(64 * 1024) })
    const script = () => ({
      body: (function* () {
        for (let count = 0; count < 1_000; count++) yield token
      })(),
    })
    await using conversation = await startConversation(script, { gracefulShutdownMs: 50 })
    const { upstream, http, sidecar } = conversation
    const response = await ask(http, question)
    response.on('error', () => {})
    const request = await upstream.requestArrived()
    await untilStill(() => request.bytesAccepted)
    await sidecar.close()
    await upstream.connectionClosed()
    await eventually(() => sidecar.openCalls === 0)
  })
}

test('a sidecar that nobody talks to closes at once, idle connections and all', { timeout }, async () => {
  await using conversation = await startConversation(oneToken, { gracefulShutdownMs: 10_000 })
  const { http, sidecar } = conversation
  const { hostname, port } = new URL(http)
  const socket = connect(Number(port), hostname)
  socket.write('GET /v1.0/healthz HTTP/1.1\r\nhost: localhost\r\n\r\n')
  await once(socket, 'data')
  const began = performance.now()
  await Promise.all([sidecar.close(), once(socket.resume(), 'close')])
  assert.ok(performance.now() - began < 5_000)
})

test('closing twice is closing once, also while a stream runs', { timeout }, async () => {
  await using conversation = await startConversation(oneToken, { gracefulShutdownMs: 50 })
  const { http, sidecar } = conversation
  const response = await ask(http, 'a stream of Dapr')
  await Promise.all([readText(response), sidecar.close(), sidecar.close()])
  await sidecar.close()
})

test('a sidecar that never listened can be closed', { timeout }, async () => {
  const sidecar = await createSidecar({ logLevel: 'fatal' })
  await sidecar.close()
})
