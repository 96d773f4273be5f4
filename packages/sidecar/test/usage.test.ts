/** What the usage store keeps of real traffic, what it never keeps, and that no call fails because of it. */
import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { UsageStore } from '../src/usage/usage-store.ts'
import { readText, textAnswer } from '../testing/index.ts'
import { ask, startConversation } from './conversation.ts'
import { readSamples, total } from './figures.ts'
import { startOnFolder } from './sidecar-on-folder.ts'

const timeout = 20_000
const day = 24 * 60 * 60 * 1_000

async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'dapr-chat-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

test('calls are in the file when the sidecar has closed, with their cost and without their words', {
  timeout,
}, async () => {
  await using folder = await temporaryFolder()
  const usagePath = join(folder.path, 'data', 'usage.sqlite')
  const pricesFile = join(folder.path, 'prices.yaml')
  await writeFile(pricesFile, 'scripted-1: {input: 1000000, output: 10}')
  {
    await using conversation = await startConversation(() => ({ body: textAnswer('Hel', 'lo') }), {
      usagePath,
      pricesFile,
    })
    await readText(await ask(conversation.http, 'a stream of Dapr'))
    await readText(await ask(conversation.http, 'an answer of OpenAI'))
    const samples = await readSamples(conversation.metrics)
    assert.equal(total(samples, 'dapr_chat_cost_usd_total', { component: 'gpt', model: 'scripted-1' }), 6.00004)
    assert.equal(total(samples, 'dapr_chat_unpriced_total'), 0)
  }
  const store = new UsageStore({ path: usagePath, maxBytes: 1024 ** 2, maxAgeMs: day, warn: assert.fail })
  const { calls } = await store.list({ limit: 10 })
  await store.close()
  assert.deepEqual(
    calls.map(({ surface, streamed, state, component, model, tokens, costUsd, attempts, chunks }) => [
      surface,
      streamed,
      state,
      component,
      model,
      tokens,
      costUsd,
      attempts,
      chunks,
    ]),
    [
      ['openai', false, 'succeeded', 'gpt', 'scripted-1', { input: 3, output: 2 }, 3.00002, 1, 2],
      ['dapr-http', true, 'succeeded', 'gpt', 'scripted-1', { input: 3, output: 2 }, 3.00002, 1, 2],
    ],
  )
  for (const name of await readdir(join(folder.path, 'data'))) {
    const bytes = await readFile(join(folder.path, 'data', name), 'latin1')
    assert.ok(!/Hel|Hello/.test(bytes), name)
  }
})

test('a file that cannot be written is told of once, and every call is answered', { timeout }, async () => {
  const component = JSON.stringify({
    apiVersion: 'dapr.io/v1alpha1',
    kind: 'Component',
    metadata: { name: 'gpt' },
    spec: { type: 'conversation.echo', version: 'v1' },
  })
  await using sidecar = await startOnFolder(
    { 'echo.yaml': component },
    { usagePath: '/dev/full/usage.sqlite', logLevel: 'warn' },
  )
  const told = () => sidecar.lines.filter((line) => /Cannot write usage/.test(line))
  for (let round = 0; round < 2; round++) {
    const answer = await ask(sidecar.http, 'an answer of Dapr')
    assert.equal(answer.statusCode, 200)
    assert.match(await readText(answer), /Hello\?/)
    await sidecar.said(/Cannot write usage: calls are answered, but not counted in \/dev\/full/)
    // The next round goes to the file by itself, a second later.
    await new Promise((resolve) => setTimeout(resolve, round * 1_500))
  }
  assert.equal(told().length, 1)
  assert.equal(await sidecar.end(), 0)
})
