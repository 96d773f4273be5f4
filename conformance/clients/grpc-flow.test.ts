/** What becomes of gRPC calls that are not simply read to their end: cancelled, timed out, read slowly. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import {
  chunk,
  done,
  finish,
  open as openHttp,
  type Script,
  scriptedProvider,
  silence,
  startSidecar,
  upstreamComponent,
} from '@dapr-chat/sidecar/testing'
import { connectivityState } from '@grpc/grpc-js'
import { DaprClient, type MessageStream, status } from '../harness.ts'

const alpha2 = { name: 'gpt', inputs: [{ messages: [{ of_user: { content: [{ text: 'Hello?' }] } }] }] }

/** A sidecar in front of a provider with that script, and a client in front of the sidecar. */
async function connect(script: Script, settings: Parameters<typeof startSidecar>[1] = {}) {
  await using stack = new AsyncDisposableStack()
  const upstream = stack.use(await scriptedProvider(script))
  const running = stack.use(await startSidecar([upstreamComponent(upstream.url)], settings))
  const grpc = stack.use(new DaprClient(running.grpc))
  const open = stack.move()
  return { upstream, running, grpc, [Symbol.asyncDispose]: () => open.disposeAsync() }
}

/** These pieces, and then nothing more. */
async function* stallingAfter(...pieces: readonly string[]) {
  yield* pieces
  await silence
}

/** One token, and then nothing more. */
const stalling: Script = () => ({ body: stallingAfter(chunk({ content: 'Hello' })) })

const phases: Readonly<Record<string, { script: Script; until: (stream: MessageStream) => Promise<unknown> }>> = {
  'before the provider answers': { script: () => silence, until: async () => {} },
  'before the first token': {
    script: () => ({ body: stallingAfter(chunk({ role: 'assistant', content: '' })) }),
    until: async () => {},
  },
  'in the middle of the answer': { script: stalling, until: (stream) => once(stream, 'data') },
}

for (const [when, { script, until }] of Object.entries(phases)) {
  test(`a stream that is cancelled ${when} closes the connection to the provider within 100 ms`, async () => {
    await using open = await connect(script)
    const stream = open.grpc.stream('ConverseStreamAlpha2', alpha2)
    const refused = assert.rejects(once(stream, 'end'), status(1))
    await open.upstream.requestArrived()
    await until(stream)
    const cancelled = performance.now()
    stream.cancel()
    const delay = (await open.upstream.connectionClosed()) - cancelled
    assert.ok(delay < 100, `${delay} ms`)
    await refused
    assert.equal(open.running.sidecar.openCalls, 0)
  })
}

test('a stream whose deadline passes closes the connection to the provider within 100 ms', async () => {
  await using open = await connect(stalling)
  const deadline = Date.now() + 300
  const stream = open.grpc.stream('ConverseStreamAlpha2', alpha2, { deadline })
  await assert.rejects(stream.toArray(), status(4))
  const late = performance.timeOrigin + (await open.upstream.connectionClosed()) - deadline
  assert.ok(late < 100, `${late} ms`)
  assert.equal(open.running.sidecar.openCalls, 0)
})

test('a whole answer whose deadline passes closes the connection to the provider within 100 ms', async () => {
  await using open = await connect(() => silence)
  const deadline = Date.now() + 300
  await assert.rejects(open.grpc.unary('ConverseAlpha2', alpha2, { deadline }), status(4))
  const late = performance.timeOrigin + (await open.upstream.connectionClosed()) - deadline
  assert.ok(late < 100, `${late} ms`)
  assert.equal(open.running.sidecar.openCalls, 0)
})

test('five thousand cancelled streams on one connection leave the connection as it was', async () => {
  await using running = await startSidecar([{ name: 'gpt', type: 'conversation.echo', metadata: { delay: '1h' } }])
  using grpc = new DaprClient(running.grpc)
  const long = { ...alpha2, inputs: [{ messages: [{ of_user: { content: [{ text: 'one two' }] } }] }] }
  const witness = grpc.stream('ConverseStreamAlpha2', long)
  const witnessed: unknown[] = []
  witness.on('error', (error) => witnessed.push(error))
  await once(witness, 'data')
  for (let round = 0; round < 50; round++) {
    await Promise.all(
      Array.from({ length: 100 }, async () => {
        const stream = grpc.stream('ConverseStreamAlpha2', long)
        const ended = new Promise((resolve) => stream.once('error', resolve))
        await once(stream, 'data')
        stream.cancel()
        await ended
      }),
    )
  }
  assert.deepEqual(witnessed, [])
  const cancelled = new Promise((resolve) => witness.once('status', resolve))
  witness.cancel()
  await cancelled
  while (running.sidecar.openCalls > 0) await setTimeout(5)
})

test('a client that pings all the time, with calls and without, is not sent away', async () => {
  await using running = await startSidecar([{ name: 'gpt', type: 'conversation.echo' }])
  using grpc = new DaprClient(running.grpc, { 'grpc.keepalive_time_ms': 20, 'grpc.keepalive_permit_without_calls': 1 })
  await grpc.unary('ConverseAlpha2', alpha2)
  const channel = grpc.raw.getChannel()
  await setTimeout(1_000)
  // A connection that the server had closed for its pings would be idle, or waiting to be opened again.
  assert.equal(channel.getConnectivityState(false), connectivityState.READY)
  await grpc.unary('ConverseAlpha2', alpha2)
})

test('a shutdown lets a stream go on, refuses new calls, and tells a stream that takes too long', async () => {
  await using open = await connect(stalling, { gracefulShutdownMs: 300 })
  const { grpc, running } = open
  const stream = grpc.stream('ConverseStreamAlpha2', alpha2)
  await once(stream, 'data')
  const refused = assert.rejects(once(stream, 'end'), status(14))
  const closed = running.sidecar.close()
  await assert.rejects(grpc.unary('ConverseAlpha2', alpha2), status(14))
  await assert.rejects(grpc.stream('ConverseStreamAlpha2', alpha2).toArray(), status(14))
  await refused
  await closed
})

test('a reader who has stopped reading does not keep the sidecar up', async () => {
  await using open = await connect(() => ({ body: flood() }), { gracefulShutdownMs: 50 })
  const leave = await readers['gRPC stream'](open)
  await setTimeout(300)
  await open.running.sidecar.close()
  await open.upstream.connectionClosed()
  leave()
})

/** Tokens without an end, large enough to fill every buffer soon. */
function* flood() {
  const token = chunk({ content: 'x'.repeat(8 * 1024) })
  for (let bytes = 0; bytes < 256 * 1024 * 1024; bytes += token.length) yield token
  yield finish('stop')
  yield done
}

const readers = {
  'gRPC stream': async (open: Awaited<ReturnType<typeof connect>>) => {
    const stream = open.grpc.stream('ConverseStreamAlpha2', alpha2)
    stream.on('error', () => {})
    await once(stream, 'readable')
    return () => stream.cancel()
  },
  'event stream of Dapr': async (open: Awaited<ReturnType<typeof connect>>) => {
    const body = JSON.stringify({ inputs: [{ messages: [{ ofUser: { content: [{ text: 'Hello?' }] } }] }] })
    const headers = { accept: 'text/event-stream' }
    const response = await openHttp(open.running.http, '/v1.0-alpha2/conversation/gpt/converse', { body, headers })
    return () => response.destroy()
  },
  'event stream of OpenAI': async (open: Awaited<ReturnType<typeof connect>>) => {
    const body = JSON.stringify({ model: 'gpt', stream: true, messages: [{ role: 'user', content: 'Hello?' }] })
    const response = await openHttp(open.running.http, '/v1/chat/completions', { body })
    return () => response.destroy()
  },
} as const

for (const [name, read] of Object.entries(readers)) {
  test(`a reader of the ${name} who stops reading stops the provider`, async () => {
    await using open = await connect(() => ({ body: flood() }))
    const leave = await read(open)
    const request = await open.upstream.requestArrived()
    // The kernel's buffers of four sockets fill up first; then nothing moves any more.
    let before = -1
    while (before !== request.bytesAccepted) {
      before = request.bytesAccepted
      await setTimeout(300)
    }
    assert.ok(before < 32 * 1024 * 1024, `the provider could send ${before} bytes`)
    leave()
    await open.upstream.connectionClosed()
  })
}
