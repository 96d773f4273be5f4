/** The usage store in bad times: a process that is killed, a disk that is full. And what it keeps of calls that end badly. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { SidecarAddresses } from '../src/index.ts'
import { UsageStore } from '../src/usage/usage-store.ts'
import { chunk, post, readText, reset, type ScriptedAnswer, textAnswer } from '../testing/index.ts'
import { chat } from './console.ts'
import { ask, eventually, readUntil, stallAfter, startConversation } from './conversation.ts'

const timeout = 60_000

async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'dapr-chat-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** The newest rows of a store that nobody else has open. */
async function rowsOf(path: string) {
  const store = new UsageStore({ path, maxBytes: 1024 ** 3, maxAgeMs: 60 * 60_000, warn: assert.fail })
  const { calls } = await store.list({ limit: 500 })
  await store.close()
  return calls
}

/**
 * A sidecar in a process of its own.
 * @param fileBlocks the most that a file of the process may have, in KiB: what a full disk is to it.
 */
async function startProcess(folder: string, fileBlocks?: number) {
  const program = `
    const { startSidecar } = await import(${JSON.stringify(new URL('../testing/index.ts', import.meta.url).href)})
    const running = await startSidecar(undefined, { logLevel: 'warn', usagePath: ${JSON.stringify(join(folder, 'usage.sqlite'))} })
    const { http, grpc, metrics } = running
    process.stdout.write(JSON.stringify({ http, grpc, metrics }) + '\\n')`
  const limit = fileBlocks === undefined ? '' : `ulimit -f ${fileBlocks} && `
  const child = spawn('bash', ['-c', `${limit}exec "$0" "$@"`, process.execPath, '--input-type=module', '-e', program])
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text
  })
  const closed = once(child, 'close')
  const [first] = await Promise.race([once(child.stdout.setEncoding('utf8'), 'data'), closed])
  assert.equal(typeof first, 'string', log)
  const kill = async () => {
    child.kill('SIGKILL')
    await closed
  }
  return { ...(JSON.parse(first) as SidecarAddresses), log: () => log, kill, [Symbol.asyncDispose]: kill }
}

test('a process that is killed loses the calls of the last second, and no others', { timeout }, async () => {
  await using folder = await temporaryFolder()
  {
    await using running = await startProcess(folder.path)
    for (let call = 0; call < 5; call++) {
      const { status } = await post(running.http, '/v1/chat/completions', chat('echo'), {
        'dapr-caller-app-id': 'kept',
      })
      assert.equal(status, 200)
    }
    // More than the second after which calls are written.
    await delay(2_500)
    await post(running.http, '/v1/chat/completions', chat('echo'), { 'dapr-caller-app-id': 'last' })
    await running.kill()
  }
  const rows = await rowsOf(join(folder.path, 'usage.sqlite'))
  assert.equal(rows.filter(({ caller }) => caller === 'kept').length, 5)
  assert.ok(rows.length <= 6)
})

test('a full disk costs rows and never an answer, and is told of once', { timeout }, async () => {
  await using folder = await temporaryFolder()
  await using running = await startProcess(folder.path, 128)
  const padding = 'x'.repeat(4_000)
  for (let round = 0; round < 3; round++) {
    for (let call = 0; call < 30; call++) {
      const headers = { 'dapr-caller-app-id': `${padding}${call}` }
      const { status, text } = await post(running.http, '/v1/chat/completions', chat('echo'), headers)
      assert.equal(status, 200, text)
    }
    // So that the rows go to the file, each round by itself.
    await delay(1_500)
  }
  assert.match(running.log(), /Cannot write usage: .*(?:disk|full)/)
  assert.equal(
    running.log().match(/Cannot write usage: calls are answered, but not counted/g)?.length,
    1,
    running.log(),
  )
})

test('each way in which a call can end is a row, and none of it holds what was said', { timeout }, async () => {
  await using folder = await temporaryFolder()
  const usagePath = join(folder.path, 'usage.sqlite')
  const script: readonly ScriptedAnswer[] = [
    { body: textAnswer('fine') },
    { status: 401, body: '{"error":{"message":"no"}}' },
    { body: stallAfter(chunk({ content: 'canary' })) },
    {
      body: (async function* () {
        yield chunk({ content: 'canary' })
        await delay(50)
        yield reset
      })(),
    },
  ]
  {
    await using subject = await startConversation(({ index }) => script[index] ?? { status: 500, body: '' }, {
      usagePath,
    })
    const { http, sidecar } = subject
    const stream = 'a stream of Dapr'
    await readText(await ask(http, stream))
    await readText(await ask(http, stream))
    const caller = new AbortController()
    await readUntil(await ask(http, stream, { signal: caller.signal }), 'canary')
    caller.abort()
    await eventually(() => sidecar.openCalls === 0)
    await readText(await ask(http, stream))
    await post(http, '/v1/chat/completions', chat('nobody'))
  }
  const rows = await rowsOf(usagePath)
  assert.deepEqual(
    rows.map(({ state, component, chunks, attempts, error }) => [state, component, chunks, attempts, error?.code]),
    [
      ['failed', '', 0, 0, 'component_not_found'],
      ['interrupted', 'gpt', 1, 1, 'interrupted'],
      ['cancelled', 'gpt', 1, 1, 'cancelled'],
      ['failed', 'gpt', 0, 1, 'auth'],
      ['succeeded', 'gpt', 1, 1, undefined],
    ],
  )
  assert.ok(!JSON.stringify(rows).includes('canary'))
})
