/** What an open page of the console is told: calls that begin, move on and end, until the page or the sidecar goes. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { test } from 'node:test'
import type { CallSummary, ConsoleEvent } from '@dapr-chat/protocol/console'
import {
  chunk,
  done,
  finish,
  open,
  post,
  type RunningSidecar,
  readText,
  scriptedProvider,
  startSidecar,
  textAnswer,
  upstreamComponent,
} from '../testing/index.ts'
import { chat } from './console.ts'

const timeout = 20_000

/** An open page, which remembers all that it was told. */
async function openPage(http: string, headers: Readonly<Record<string, string>> = {}) {
  const response = await open(http, '/api/console/events', { headers })
  assert.equal(response.statusCode, 200)
  let text = ''
  response.setEncoding('utf8').on('data', (part: string) => {
    text += part
  })
  const events = () =>
    text
      .split('\n\n')
      .slice(0, -1)
      .flatMap((frame) => (frame.includes('data: ') ? [JSON.parse(frame.slice(frame.indexOf('data: ') + 6))] : []))
      .map((event) => event as ConsoleEvent)
  const calls = () => events().flatMap((event) => (event.type === 'call' ? [event.call] : []))
  return {
    response,
    events,
    calls,
    text: () => text,
    async until(holds: (calls: readonly CallSummary[]) => boolean): Promise<readonly CallSummary[]> {
      while (!holds(calls())) await once(response, 'data')
      return calls()
    },
  }
}

const ended = (response: IncomingMessage) => response.complete || once(response, 'end')

test('a page is told when a call begins, how far it comes, and how it ends', { timeout }, async () => {
  const { promise: goOn, resolve: release } = Promise.withResolvers<void>()
  await using upstream = await scriptedProvider({
    body: (async function* () {
      yield chunk({ content: 'Hello' })
      yield chunk({ content: ' there' })
      await goOn
      yield finish('stop') + done
    })(),
  })
  await using running = await startSidecar([upstreamComponent(upstream.url)])
  const page = await openPage(running.http)
  const asked = post(running.http, '/v1/chat/completions', chat('gpt', { stream: true }))
  await page.until((calls) => calls.some(({ state }) => state === 'running'))
  const atWork = await page.until((calls) => calls.some(({ chunks }) => chunks === 2))
  assert.equal(atWork.at(-1)?.state, 'running')
  release()
  await asked
  const calls = await page.until((all) => all.at(-1)?.state === 'succeeded')
  assert.deepEqual(new Set(calls.map(({ id }) => id)).size, 1)
  assert.equal(calls.at(-1)?.component, 'gpt')
  assert.ok((calls.at(-1)?.durationMs ?? 0) > 0)
})

test('a call that moves on is told once a second, however much it says', { timeout }, async () => {
  const { promise: goOn, resolve: release } = Promise.withResolvers<void>()
  await using upstream = await scriptedProvider({
    body: (async function* () {
      for (let i = 0; i < 1_000; i++) yield chunk({ content: 'word ' })
      await goOn
      yield finish('stop') + done
    })(),
  })
  await using running = await startSidecar([upstreamComponent(upstream.url)])
  const page = await openPage(running.http)
  const asked = post(running.http, '/v1/chat/completions', chat('gpt', { stream: true }))
  await page.until((calls) => calls.some(({ chunks }) => chunks === 1_000))
  release()
  await asked
  const calls = await page.until((all) => all.at(-1)?.state === 'succeeded')
  const startedAt = calls[0]?.startedAt ?? 0
  const seconds = Math.ceil((Date.now() - startedAt) / 1_000)
  assert.ok(calls.length <= seconds + 3, `${calls.length} events in ${seconds} seconds`)
})

test('the stream of events ends when the sidecar goes down, after the last calls', { timeout }, async () => {
  const { promise: goOn, resolve: release } = Promise.withResolvers<void>()
  await using upstream = await scriptedProvider({
    body: (async function* () {
      yield chunk({ content: 'Hello' })
      await goOn
      yield finish('stop') + done
    })(),
  })
  await using running: RunningSidecar = await startSidecar([upstreamComponent(upstream.url)], {
    gracefulShutdownMs: 10_000,
  })
  const page = await openPage(running.http)
  const asked = post(running.http, '/v1/chat/completions', chat('gpt', { stream: true }))
  await page.until((calls) => calls.some(({ state }) => state === 'running'))
  const startedAt = performance.now()
  const closed = running.sidecar.close()
  release()
  await asked
  await ended(page.response)
  await closed
  assert.equal(page.calls().at(-1)?.state, 'succeeded')
  assert.ok(performance.now() - startedAt < 5_000)
})

test('a silent stream of events is kept alive with comments', { timeout }, async () => {
  await using running = await startSidecar(undefined, { keepAliveMs: 50 })
  const page = await openPage(running.http)
  while (!page.text().includes(': ping')) await once(page.response, 'data')
  assert.deepEqual(page.events(), [])
})

test('a page that does not read costs no memory, and is told to read again once it does', { timeout }, async () => {
  await using upstream = await scriptedProvider({ body: textAnswer('Hello') })
  await using running = await startSidecar([upstreamComponent(upstream.url)])
  const { http } = running
  const slow = await open(http, '/api/console/events')
  slow.pause()
  // Each event is long, so that the buffers of the system are full soon.
  const body = { inputs: [{ messages: [{ ofUser: { content: [{ text: 'Hi' }] } }] }], contextId: 'x'.repeat(100_000) }
  const before = process.memoryUsage().external
  for (let round = 0; round < 30; round++) {
    await Promise.all(Array.from({ length: 10 }, () => post(http, '/v1.0-alpha2/conversation/gpt/converse', body)))
  }
  assert.ok(process.memoryUsage().external - before < 64 * 1024 * 1024)
  let tail = ''
  for await (const part of slow.setEncoding('utf8')) {
    tail = (tail + part).slice(-100_000)
    if (tail.includes('"type":"reload"')) break
  }
  assert.match(tail, /"type":"reload"/)
})

test('pages that are closed make room for others', { timeout }, async () => {
  await using running = await startSidecar()
  const pages = await Promise.all(Array.from({ length: 32 }, () => openPage(running.http)))
  const refused = await open(running.http, '/api/console/events')
  assert.equal(refused.statusCode, 503)
  assert.match(await readText(refused), /too many pages are open/)
  for (const { response } of pages) response.destroy()
  for (;;) {
    const response = await open(running.http, '/api/console/events')
    response.destroy()
    if (response.statusCode === 200) break
  }
})
