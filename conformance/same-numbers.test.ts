/**
 * The same calls, counted three times: by the client that made them, by Prometheus' figures, and by the console. All that
 * is more than a matter of where the clock stands must agree.
 */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type ClientOptions, DaprChatClient } from '@dapr-chat/client'
import { grpcTransport } from '@dapr-chat/client/grpc'
import type { CallList, Overview } from '@dapr-chat/protocol/console'
import {
  chunk,
  done,
  finish,
  type RunningSidecar,
  scriptedProvider,
  startSidecar,
  upstreamComponent,
  usage,
} from '@dapr-chat/sidecar/testing'

/** What a question asks the provider to do: so many words, and how it ends. */
const question = (words: number, end: 'well' | 'refused' | 'broken' | 'never') => `${words} ${end}`

/** The number of tokens of a question, so that no two sums are the same by chance. */
const promptTokens = (words: number) => 100 + words * 7

/** A provider that does what it is asked. */
const startProvider = () =>
  scriptedProvider(({ body }) => {
    const [, digits = '0', end] = /(\d+) (well|refused|broken|never)/.exec(JSON.stringify(body)) ?? []
    const words = Number(digits)
    if (end === 'refused') return { status: 401, body: '{"error":{"message":"no such key"}}' }
    return {
      body: (async function* () {
        for (let word = 0; word < words; word++) yield chunk({ content: `word${word} ` })
        if (end === 'never') await new Promise<never>(() => {})
        if (end === 'broken') return
        yield finish('stop') + usage(promptTokens(words), words) + done
      })(),
    }
  })

/** What the scripted model costs, in US dollars for a million tokens: for the client and for the sidecar. */
const prices = { 'scripted-1': { input: 1_000, output: 2_000 } }

/** What one of the three says. */
interface Numbers {
  calls: number
  succeeded: number
  failed: number
  cancelled: number
  /** Those of `failed` that named a component which is not there. */
  refused: number
  cacheHits: number
  /** In thousandths of a dollar, as whole numbers. */
  cost: number
  inputTokens: number
  outputTokens: number
  /** Pieces of output. */
  chunks: number
}

/** A client, and one like it whose component is not there. */
interface Client {
  readonly client: DaprChatClient
  readonly lost: DaprChatClient
}

/** Sums of fractions differ by the order in which they are added up. */
const thousandths = (dollars: number) => Math.round(dollars * 1_000)

/** What the client's own results say while it makes the calls. */
async function askAll(clients: readonly Client[]): Promise<Numbers> {
  const numbers = {
    calls: 0,
    succeeded: 0,
    failed: 0,
    cancelled: 0,
    refused: 0,
    cacheHits: 0,
    cost: 0,
    inputTokens: 0,
    outputTokens: 0,
    chunks: 0,
  }
  let words = 1
  for (const { client, lost } of clients) {
    for (const streamed of [true, false]) {
      const asked = question(words++, 'well')
      // The second answer comes from the cache, and costs nothing.
      for (const isKnown of [false, true]) {
        const { usage: tokens, metrics } = streamed
          ? await client.generateStream(asked).result
          : await client.generate(asked)
        numbers.calls++
        numbers.succeeded++
        numbers.chunks += streamed ? metrics.chunks : words - 1
        if (isKnown) {
          numbers.cacheHits++
          continue
        }
        numbers.inputTokens += tokens?.prompt_tokens ?? 0
        numbers.outputTokens += tokens?.completion_tokens ?? 0
        numbers.cost += thousandths(metrics.costUsd ?? Number.NaN)
      }
    }
    await assert.rejects(lost.generateStream(question(1, 'well')).result, /nobody/)
    numbers.calls++
    numbers.failed++
    numbers.refused++
    for (const end of ['refused', 'broken'] as const) {
      const stream = client.generateStream(question(2, end))
      await assert.rejects(stream.result)
      numbers.calls++
      numbers.failed++
      if (end === 'broken') numbers.chunks += 2
    }
    const left = client.generateStream(question(1, 'never'))
    for await (const _ of left) break
    numbers.calls++
    numbers.cancelled++
    numbers.chunks++
  }
  return numbers
}

async function numbersOfConsole({ http }: RunningSidecar): Promise<Numbers> {
  const read = async <T>(path: string): Promise<T> => (await (await fetch(`${http}/api/console/${path}`)).json()) as T
  const { totals, components, callers, models, errors } = await read<Overview>('overview?window=5m')
  const refused = errors.find(({ code }) => code === 'component_not_found')?.calls ?? 0
  for (const [groups, calls] of [
    [callers, totals.calls],
    // What was refused belongs to no component and no model.
    [components, totals.calls - refused],
    [models, totals.calls - refused],
  ] as const) {
    assert.equal(
      groups.reduce((sum, group) => sum + group.calls, 0),
      calls,
      'every call is in a group',
    )
  }
  assert.equal(totals.unpriced, 0)
  const { calls } = await read<CallList>('calls?limit=500')
  const states = Map.groupBy(calls, ({ state }) => state)
  const count = (state: string) => calls.filter((call) => call.state === state).length
  assert.deepEqual(
    [calls.length, count('failed') + count('interrupted'), count('cancelled')],
    [totals.calls, totals.failed, totals.cancelled],
    'the log and the overview agree',
  )
  return {
    calls: totals.calls,
    succeeded: states.get('succeeded')?.length ?? 0,
    failed: totals.failed,
    cancelled: totals.cancelled,
    refused,
    cacheHits: totals.cacheHits,
    cost: thousandths(totals.costUsd),
    inputTokens: totals.inputTokens,
    outputTokens: totals.outputTokens,
    chunks: calls.reduce((sum, { chunks }) => sum + chunks, 0),
  }
}

async function numbersOfPrometheus({ metrics }: RunningSidecar): Promise<Omit<Numbers, 'chunks'>> {
  const text = await (await fetch(`${metrics}/metrics`)).text()
  const sum = (name: string, label = '') =>
    text
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) && line.includes(label))
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' '))), 0)
  const count = 'dapr_component_conversation_count'
  const cancelled = sum('dapr_chat_cancelled_total')
  const refused = sum('dapr_chat_refused_total', 'code="component_not_found"')
  assert.equal(sum('dapr_error_code_total', 'error_code="ERR_CONVERSATION_NOT_FOUND"'), refused)
  return {
    calls: sum(count) + refused,
    succeeded: sum(count, 'success="true"'),
    failed: sum(count, 'success="false"') - cancelled + refused,
    cancelled,
    refused,
    cacheHits: sum('dapr_chat_cache_hits_total'),
    cost: thousandths(sum('dapr_chat_cost_usd_total')),
    inputTokens: sum('gen_ai_client_token_usage_sum', 'gen_ai_token_type="input"'),
    outputTokens: sum('gen_ai_client_token_usage_sum', 'gen_ai_token_type="output"'),
  }
}

/** A file with the prices, gone with the test. */
async function priceFile() {
  const folder = await mkdtemp(join(tmpdir(), 'dapr-chat-'))
  const path = join(folder, 'prices.yaml')
  await writeFile(path, JSON.stringify(prices))
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
}

test('the console, Prometheus and the client count the same', { timeout: 60_000 }, async () => {
  await using provider = await startProvider()
  await using file = await priceFile()
  const component = upstreamComponent(provider.url, { responseCacheTTL: '5m' })
  await using running = await startSidecar([component], { pricesFile: file.path })
  const direct = (model: string): ClientOptions => ({
    streamSources: [{ kind: 'direct', baseURL: `${running.http}/v1`, model }],
    endpoint: { http: running.http },
  })
  const ways: ((component: string) => ClientOptions)[] = [
    () => ({ endpoint: { http: running.http } }),
    () => ({ transport: grpcTransport({ endpoint: running.grpc }) }),
    direct,
  ]
  const clients = ways.map((way) => {
    const [client, lost] = ['gpt', 'nobody'].map(
      (name) => new DaprChatClient({ component: name, pricing: prices, ...way(name) }),
    )
    assert.ok(client && lost)
    return { client, lost }
  })
  const expected = await askAll(clients)
  assert.ok(expected.cost > 0 && expected.cacheHits > 0)
  // The sidecar learns of the last caller who left a moment after the client has gone on.
  while (running.sidecar.openCalls > 0) await delay(5)
  assert.deepEqual(await numbersOfConsole(running), expected)
  const { chunks: _, ...countable } = expected
  assert.deepEqual(await numbersOfPrometheus(running), countable)
})
