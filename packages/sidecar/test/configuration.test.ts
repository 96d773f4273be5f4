/** What a Configuration closes and what it has logged, seen from outside. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { callGrpc, echoComponent, post, send, startSidecar } from '../testing/index.ts'

const alpha1 = '/v1.0-alpha1/conversation/echo/converse'
const alpha2 = '/v1.0-alpha2/conversation/echo/converse'
const question = { inputs: [{ messages: [{ ofUser: { content: [{ text: 'hello' }] } }] }] }
const chat = { model: 'echo', messages: [{ role: 'user', content: 'hello' }] }

async function configured(spec: object, settings: Parameters<typeof startSidecar>[1] = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'dapr-chat-'))
  const file = join(folder, 'config.yaml')
  await writeFile(file, JSON.stringify({ kind: 'Configuration', spec }))
  try {
    return await startSidecar([echoComponent], { configurationFiles: [file], ...settings })
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('an API that is not allowed answers as an unknown route, and the OpenAI-compatible way is no way around', async () => {
  await using running = await configured({ api: { allowed: [{ name: 'metadata', version: 'v1' }] } })
  const unknown = await send(running.http, '/nothing')
  assert.equal(unknown.status, 404)
  for (const path of [alpha1, alpha2, '/api/conversations']) {
    const { status, text } = await post(running.http, path, question)
    assert.deepEqual([status, text], [404, unknown.text], path)
  }
  assert.equal((await post(running.http, '/v1/chat/completions', chat)).status, 404)
  assert.equal((await send(running.http, '/v1.0/shutdown', { method: 'POST' })).status, 404)
  assert.equal((await send(running.http, '/v1.0/metadata')).status, 200)
  assert.equal((await send(running.http, '/v1.0/healthz')).status, 204)
  assert.equal((await callGrpc(running.grpc, 'GetMetadata')).code, 0)
  for (const method of [
    'ConverseAlpha1',
    'ConverseAlpha2',
    'ConverseStreamAlpha1',
    'ConverseStreamAlpha2',
    'Shutdown',
  ]) {
    const { code, details } = await callGrpc(running.grpc, method)
    assert.deepEqual([code, details], [12, 'Not Implemented'], method)
  }
})

test('an API that is denied on one protocol stays open on the other', async () => {
  await using running = await configured({
    api: { denied: [{ name: 'conversation', version: 'v1alpha2', protocol: 'http' }] },
  })
  assert.equal((await post(running.http, alpha2, question)).status, 404)
  assert.equal((await post(running.http, '/v1/chat/completions', chat)).status, 404)
  assert.equal((await post(running.http, alpha1, { inputs: [{ content: 'hello' }] })).status, 200)
  assert.notEqual((await callGrpc(running.grpc, 'ConverseAlpha2')).code, 12)
})

test('what is closed still asks for the token first', async () => {
  await using running = await configured({ api: { denied: [{ name: 'conversation' }] } }, { apiToken: 'right' })
  assert.equal((await post(running.http, alpha2, question)).status, 401)
  assert.equal((await callGrpc(running.grpc, 'ConverseAlpha2')).code, 16)
})

test('a denied component is not loaded', async () => {
  await using running = await configured({ components: { deny: ['conversation.echo/v1'] } })
  assert.deepEqual(running.sidecar.components, [])
  assert.match((await post(running.http, alpha2, question)).text, /ERR_CONVERSATION_NOT_FOUND/)
})

test('a Configuration turns metrics off', async () => {
  await using running = await configured({ metrics: { enabled: false } })
  assert.equal(running.metrics, '')
})

/** Runs a program around a sidecar in a process of its own, whose log can be read. */
async function logOf(settings: object, calls: string): Promise<Record<string, unknown>[]> {
  const program = `
    import { startSidecar, post, send, callGrpc } from ${JSON.stringify(new URL('../testing/index.ts', import.meta.url).href)}
    const running = await startSidecar(undefined, { logLevel: 'info', logFormat: 'json', ...${JSON.stringify(settings)} })
    ${calls}
    await running.sidecar.close()`
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program])
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text
  })
  const [code] = await once(child, 'close')
  assert.equal(code, 0, log)
  const lines = log.split('\n').filter((line) => line.startsWith('{'))
  return lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg.endsWith('API Called'))
}

const body = JSON.stringify({ inputs: [{ messages: [{ ofUser: { content: [{ text: 'precious secret' }] } }] }] })

test('each call is logged in one line without its content', async () => {
  const lines = await logOf(
    { apiLogging: true, apiToken: 'right' },
    `const headers = { 'dapr-api-token': 'right', 'user-agent': 'tester/1' }
     await send(running.http, '${alpha2}?token=right', { body: ${JSON.stringify(body)}, headers })
     await send(running.http, '${alpha2}', { body: ${JSON.stringify(body)}, headers: { ...headers, accept: 'text/event-stream' } })
     await send(running.http, '/v1.0/metadata')
     await callGrpc(running.grpc, 'GetMetadata', undefined, { 'dapr-api-token': 'right' })
     await callGrpc(running.grpc, 'ConverseStreamAlpha2')`,
  )
  assert.deepEqual(
    lines.map(({ msg, method, code }) => [msg, method, code]),
    [
      ['HTTP API Called', `POST ${alpha2}`, 200],
      ['HTTP API Called', `POST ${alpha2}`, 200],
      ['HTTP API Called', 'GET /v1.0/metadata', 401],
      ['gRPC API Called', '/dapr.proto.runtime.v1.Dapr/GetMetadata', 0],
      ['gRPC API Called', '/dapr.proto.runtime.v1.Dapr/ConverseStreamAlpha2', 16],
    ],
  )
  assert.equal(lines[0]?.useragent, 'tester/1')
  assert.ok(lines.every(({ level, duration }) => level === 'info' && typeof duration === 'number'))
  assert.ok(Number(lines[0]?.size) > 0)
  assert.doesNotMatch(JSON.stringify(lines), /secret|right/)
})

test('calls are not logged where nobody asked', async () => {
  assert.deepEqual(await logOf({}, `await send(running.http, '/v1.0/metadata')`), [])
})

test('the log names APIs instead of paths and leaves health out where the Configuration says so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dapr-chat-'))
  const file = join(folder, 'config.yaml')
  const apiLogging = { enabled: true, obfuscateURLs: true, omitHealthChecks: true }
  await writeFile(file, JSON.stringify({ kind: 'Configuration', spec: { logging: { apiLogging } } }))
  const calls = `
    await post(running.http, '${alpha2}', {})
    await send(running.http, '/nothing/precious')
    await send(running.http, '/v1.0/healthz')
    await callGrpc(running.grpc, 'GetMetadata')`
  const lines = await logOf({ configurationFiles: [file] }, calls)
  const silenced = await logOf({ configurationFiles: [file], apiLogging: false }, calls)
  await rm(folder, { recursive: true })
  assert.deepEqual(
    lines.map(({ method }) => method),
    ['ConverseAlpha2', 'Unknown', 'GetMetadata'],
  )
  assert.deepEqual(silenced, [])
})
