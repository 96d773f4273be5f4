/** Why the model stopped, and the provider's own word for it, on every surface and back again in our client. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DaprChatClient } from '@dapr-chat/client'
import { grpcTransport } from '@dapr-chat/client/grpc'
import type { FinishReason } from '@dapr-chat/protocol'
import {
  chunk,
  done,
  finish,
  post,
  type RunningSidecar,
  type ScriptedProvider,
  scriptedProvider,
  startSidecar,
  toolDelta,
  upstreamComponent,
} from '@dapr-chat/sidecar/testing'
import { clientStream, clientWhole } from './client-surface.ts'
import { DaprClient } from './harness.ts'
import { type Surface, streamingSurfaces, wholeSurfaces } from './surfaces.ts'

let upstream: ScriptedProvider
let running: RunningSidecar
let grpc: DaprClient
let clients: Readonly<Record<string, DaprChatClient>>
/** What the provider answers next. */
let body: readonly string[]

before(async () => {
  upstream = await scriptedProvider(() => ({ body }))
  running = await startSidecar([upstreamComponent(upstream.url)])
  grpc = new DaprClient(running.grpc)
  const { http } = running
  clients = {
    'over HTTP': new DaprChatClient({ component: 'gpt', endpoint: { http } }),
    'over gRPC': new DaprChatClient({ component: 'gpt', transport: grpcTransport({ endpoint: running.grpc }) }),
    'over the OpenAI API': new DaprChatClient({
      streamSources: [{ kind: 'direct', baseURL: `${http}/v1`, model: 'gpt' }],
    }),
  }
})

after(async () => {
  for (const client of Object.values(clients)) await client[Symbol.asyncDispose]()
  grpc[Symbol.dispose]()
  await running[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

const call = toolDelta({ index: 0, id: 'call_1', name: 'f', arguments: '{}' })

interface Ending {
  /** The provider's word; null where it gives none, and says that it is done all the same. */
  readonly word: string | null
  readonly calls?: boolean
  readonly reason: FinishReason
  /** What OpenAI's callers read. */
  readonly openai?: FinishReason
}

const endings: readonly Ending[] = [
  { word: 'stop', reason: 'stop' },
  { word: 'end_turn', reason: 'stop' },
  { word: 'length', reason: 'length' },
  { word: 'MAX_TOKENS', reason: 'length' },
  { word: 'content_filter', reason: 'content_filter' },
  { word: 'SAFETY', reason: 'content_filter' },
  { word: 'tool_calls', calls: true, reason: 'tool_calls' },
  { word: 'stop', calls: true, reason: 'tool_calls' },
  { word: 'tool_calls', reason: 'stop' },
  { word: 'insufficient_system_resource', reason: 'unknown', openai: 'stop' },
  { word: 'insufficient_system_resource', calls: true, reason: 'unknown', openai: 'tool_calls' },
  { word: null, reason: 'unknown', openai: 'stop' },
]

for (const { word, calls = false, reason, openai = reason } of endings) {
  const name = `an answer ${calls ? 'with' : 'without'} tool calls that ends with ${word ?? 'no word'}`
  test(`${name} is ${reason}, with the provider's word beside it, on every surface and in the client`, async () => {
    body = [chunk({ content: 'Hello' }), ...(calls ? [call] : []), ...(word === null ? [] : [finish(word)]), done]
    const raw = word === reason ? null : word
    for (const [surface, ask] of Object.entries(surfaces())) {
      const outcome = await ask('Hello?')
      assert.equal(outcome.error, undefined, surface)
      if ('finishReason' in outcome) {
        assert.equal(outcome.finishReason, surface.startsWith('OpenAI') ? openai : reason, surface)
      }
      if ('rawFinishReason' in outcome) assert.equal(outcome.rawFinishReason, raw, surface)
    }
  })
}

test('a caller of the OpenAI API is told that a finish reason is a guess', async () => {
  for (const [word, known] of [
    ['stop', undefined],
    ['odd', false],
  ] as const) {
    body = [chunk({ content: 'Hello' }), finish(word), done]
    const messages = [{ role: 'user', content: 'Hello?' }]
    const answer = await post(running.http, '/v1/chat/completions', { model: 'gpt', messages })
    assert.equal(JSON.parse(answer.text).choices[0].finish_reason_known, known)
  }
})

/** Everything that says a finish reason: alpha1 answers whole without one. */
function surfaces(): Readonly<Record<string, Surface>> {
  const ours = Object.entries(clients).flatMap(([name, client]) => [
    [`the client ${name}, streamed`, clientStream(client)] as const,
    [`the client ${name}, whole`, clientWhole(client)] as const,
  ])
  return { ...streamingSurfaces(running, grpc), ...wholeSurfaces(running, grpc), ...Object.fromEntries(ours) }
}
