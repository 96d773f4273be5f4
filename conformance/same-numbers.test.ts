/**
 * The same calls, counted three times: by the client that made them, by Prometheus' figures, and by the console. All that
 * is more than a matter of where the clock stands must agree.
 */
import assert from 'node:assert/strict'
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

/** What one of the three says. */
interface Numbers {
  calls: number
  succeeded: number
  failed: number
  cancelled: number
  inputTokens: number
  outputTokens: number
  /** Pieces of output. */
  chunks: number
}

/** What the client's own results say while it makes the calls. */
async function askAll(clients: readonly DaprChatClient[]): Promise<Numbers> {
  const numbers = { calls: 0, succeeded: 0, failed: 0, cancelled: 0, inputTokens: 0, outputTokens: 0, chunks: 0 }
  let words = 1
  for (const client of clients) {
    for (const streamed of [true, false]) {
      const asked = question(words++, 'well')
      const { usage: tokens, metrics } = streamed
        ? await client.generateStream(asked).result
        : await client.generate(asked)
      numbers.calls++
      numbers.succeeded++
      numbers.inputTokens += tokens?.prompt_tokens ?? 0
      numbers.outputTokens += tokens?.completion_tokens ?? 0
      numbers.chunks += streamed ? metrics.chunks : words - 1
    }
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
  const { totals, components, callers, models } = await read<Overview>('overview?window=5m')
  for (const groups of [components, callers, models]) {
    assert.equal(
      groups.reduce((sum, group) => sum + group.calls, 0),
      totals.calls,
      'every call is in a group',
    )
  }
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
  return {
    calls: sum(count),
    succeeded: sum(count, 'success="true"'),
    failed: sum(count, 'success="false"') - cancelled,
    cancelled,
    inputTokens: sum('gen_ai_client_token_usage_sum', 'gen_ai_token_type="input"'),
    outputTokens: sum('gen_ai_client_token_usage_sum', 'gen_ai_token_type="output"'),
  }
}

test('the console, Prometheus and the client count the same', { timeout: 60_000 }, async () => {
  await using provider = await startProvider()
  await using running = await startSidecar([upstreamComponent(provider.url)])
  const options: ClientOptions[] = [
    { endpoint: { http: running.http } },
    { transport: grpcTransport({ endpoint: running.grpc }) },
    {
      streamSources: [{ kind: 'direct', baseURL: `${running.http}/v1`, model: 'gpt' }],
      endpoint: { http: running.http },
    },
  ]
  const expected = await askAll(options.map((each) => new DaprChatClient({ component: 'gpt', ...each })))
  // The sidecar learns of the last caller who left a moment after the client has gone on.
  while (running.sidecar.openCalls > 0) await delay(5)
  assert.deepEqual(await numbersOfConsole(running), expected)
  const { chunks: _, ...countable } = expected
  assert.deepEqual(await numbersOfPrometheus(running), countable)
})
