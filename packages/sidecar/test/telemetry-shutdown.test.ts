/** How a sidecar ends whose collector does not answer: soon, whatever the collector does. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createServer as createHttp2Server } from 'node:http2'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { test } from 'node:test'
import { promisify } from 'node:util'

const timeout = 60_000

/** How long a batch may take, in milliseconds: as long as the process took before. */
const BATCH_MS = 10_000

/** The most that the end of a process may take, in milliseconds: 2 seconds for the collector, and a slow machine. */
const END_MS = 6_000

/** Listens on a free port. */
async function listening(server: Pick<Server, 'listen' | 'address' | 'close'>) {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return { port, [Symbol.asyncDispose]: async () => void server.close() }
}

/** Runs a sidecar that has something to send, and ends it; how long the process took from then on, in milliseconds. */
async function endOf(port: number, environment: Readonly<Record<string, string>>): Promise<number> {
  const variables = {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_EXPORTER_OTLP_TIMEOUT: `${BATCH_MS}`,
  }
  const question = { inputs: [{ messages: [{ ofUser: { content: [{ text: 'Hello?' }] } }] }] }
  const script = `
    import { startSidecar, post, echoComponent } from '@dapr-chat/sidecar/testing'
    const environment = ${JSON.stringify({ ...variables, ...environment })}
    const running = await startSidecar([echoComponent], { environment })
    await post(running.http, '/v1.0-alpha2/conversation/echo/converse', ${JSON.stringify(question)})
    const start = Date.now()
    process.once('exit', () => console.log(Date.now() - start))
    await running.sidecar.close()`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    cwd: import.meta.dirname,
  })
  return Number(stdout.trim())
}

for (const protocol of ['http/protobuf', 'grpc']) {
  test(`a collector that is down keeps no process from ending, over ${protocol}`, { timeout }, async () => {
    let port = 0
    {
      await using taken = await listening(createServer())
      port = taken.port
    }
    const took = await endOf(port, { OTEL_EXPORTER_OTLP_PROTOCOL: protocol })
    assert.ok(took < END_MS, `${took} ms`)
  })

  test(`nor does one that takes connections and says nothing, over ${protocol}`, { timeout }, async () => {
    await using silent = await listening(createServer((socket) => socket.on('error', () => {})))
    const took = await endOf(silent.port, { OTEL_EXPORTER_OTLP_PROTOCOL: protocol })
    assert.ok(took < END_MS, `${took} ms`)
  })
}

test('nor does one that speaks HTTP/2 and never answers', { timeout }, async () => {
  const server = createHttp2Server()
  server.on('session', (session) => session.on('error', () => {}))
  server.on('stream', (stream) => stream.on('error', () => {}))
  await using silent = await listening(server)
  const took = await endOf(silent.port, { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })
  assert.ok(took < END_MS, `${took} ms`)
})

test('a shorter time that the variable of batches gives is enough', { timeout }, async () => {
  await using silent = await listening(createServer((socket) => socket.on('error', () => {})))
  const took = await endOf(silent.port, { OTEL_BSP_EXPORT_TIMEOUT: '100' })
  assert.ok(took < 2_000, `${took} ms`)
})
