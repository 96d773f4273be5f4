/** Thinking that a vendor signs goes over every surface to the caller and back, each block with its own signature. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromBinary, toBinary } from '@bufbuild/protobuf'
import {
  type ConversationRequestAlpha2,
  ConversationRequestAlpha2Schema,
  ConversationResponseAlpha2Schema,
  ConversationStreamResponseAlpha2Schema,
  readRequestJson,
} from '@dapr-chat/protocol/dapr'
import { Client, credentials, Metadata } from '@grpc/grpc-js'
import { eventsOf, post, type RunningSidecar, scriptedProvider, startSidecar } from '../testing/index.ts'
import { pick } from './asked.ts'

const thinking = (text: string, signature: string) => ({ type: 'thinking', thinking: text, signature })
const call = (id: string) => ({ type: 'tool_use', id, name: 'now', input: {} })

/** What Claude says: two blocks of thinking, with a text and a tool call between them. */
const content = [
  thinking('one', 's1'),
  { type: 'text', text: 'Wait' },
  call('toolu_1'),
  thinking('two', 's2'),
  call('toolu_2'),
]

const answer = JSON.stringify({
  ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-1', content, stop_reason: 'tool_use' },
  usage: { input_tokens: 1, output_tokens: 1 },
})

/** What a caller keeps of an answer. */
interface Kept {
  text: string
  reasoning: string
  signature: string
  readonly calls: string[]
}

/** A surface: asks, and then asks again with what it kept of the answer. */
type Ask = (sidecar: RunningSidecar, earlier?: Kept) => Promise<Kept>

const tool = { name: 'now', parameters: { type: 'object', properties: {} } }

function daprBody(earlier?: Kept): object {
  const question = { ofUser: { content: [{ text: 'Time?' }] } }
  const turn = earlier && [
    {
      ofAssistant: {
        content: [{ text: earlier.text }],
        toolCalls: earlier.calls.map((id) => ({ id, function: { name: 'now', arguments: '{}' } })),
        reasoning: earlier.reasoning,
        reasoningSignature: earlier.signature,
      },
    },
    ...earlier.calls.map((id) => ({ ofTool: { toolId: id, name: 'now', content: [{ text: '12' }] } })),
  ]
  return { inputs: [{ messages: [question, ...(turn ?? [])] }], tools: [{ function: tool }] }
}

function openAiBody(stream: boolean, earlier?: Kept): object {
  const turn = earlier && [
    {
      role: 'assistant',
      content: earlier.text,
      reasoning_content: earlier.reasoning,
      reasoning_signature: earlier.signature,
      tool_calls: earlier.calls.map((id) => ({ id, type: 'function', function: { name: 'now', arguments: '{}' } })),
    },
    ...earlier.calls.map((id) => ({ role: 'tool', tool_call_id: id, content: '12' })),
  ]
  const messages = [{ role: 'user', content: 'Time?' }, ...(turn ?? [])]
  return { model: 'claude', stream, messages, tools: [{ type: 'function', function: tool }] }
}

interface Delta {
  readonly content?: string | null
  readonly reasoning?: string
  readonly reasoning_content?: string
  readonly reasoningSignature?: string
  readonly reasoning_signature?: string
  readonly toolCalls?: readonly { readonly id?: string }[]
  readonly tool_calls?: readonly { readonly id?: string }[]
}

/** A message, or the deltas that make one, in either spelling. */
function keep(deltas: readonly (Delta | undefined)[]): Kept {
  const kept: Kept = { text: '', reasoning: '', signature: '', calls: [] }
  for (const delta of deltas) {
    kept.text += delta?.content ?? ''
    kept.reasoning += delta?.reasoning ?? delta?.reasoning_content ?? ''
    kept.signature = delta?.reasoningSignature ?? delta?.reasoning_signature ?? kept.signature
    kept.calls.push(...(delta?.toolCalls ?? delta?.tool_calls ?? []).flatMap(({ id }) => id ?? []))
  }
  return kept
}

async function posted({ http }: RunningSidecar, path: string, body: object, headers: Record<string, string> = {}) {
  const { status, text } = await post(http, path, body, headers)
  assert.equal(status, 200, text)
  return text
}

const framesOf = (text: string) =>
  eventsOf(text).flatMap(({ data }) =>
    data === '[DONE]' ? [] : [JSON.parse(data) as { choices?: { delta?: Delta }[] }],
  )
const deltasOf = (frames: readonly { choices?: readonly { delta?: Delta }[] }[]) =>
  frames.map(({ choices }) => choices?.[0]?.delta)

const converse = '/v1.0-alpha2/conversation/claude/converse'
const service = '/dapr.proto.runtime.v1.Dapr'
const serialize = (message: ConversationRequestAlpha2) =>
  Buffer.from(toBinary(ConversationRequestAlpha2Schema, message))
const grpcRequest = (earlier?: Kept) => ({
  ...readRequestJson(ConversationRequestAlpha2Schema, Buffer.from(JSON.stringify(daprBody(earlier)))),
  name: 'claude',
})

const surfaces: Readonly<Record<string, Ask>> = {
  'an answer of Dapr': async (sidecar, earlier) => {
    const { outputs } = JSON.parse(await posted(sidecar, converse, daprBody(earlier)))
    return keep([outputs[0].choices[0].message])
  },
  'a stream of Dapr': async (sidecar, earlier) =>
    keep(deltasOf(framesOf(await posted(sidecar, converse, daprBody(earlier), { accept: 'text/event-stream' })))),
  'an answer of OpenAI': async (sidecar, earlier) => {
    const { choices } = JSON.parse(await posted(sidecar, '/v1/chat/completions', openAiBody(false, earlier)))
    return keep([choices[0].message])
  },
  'a stream of OpenAI': async (sidecar, earlier) =>
    keep(deltasOf(framesOf(await posted(sidecar, '/v1/chat/completions', openAiBody(true, earlier))))),
  'an answer over gRPC': async ({ grpc }, earlier) => {
    const client = new Client(grpc, credentials.createInsecure())
    const read = (bytes: Uint8Array) => fromBinary(ConversationResponseAlpha2Schema, bytes)
    const { promise, resolve, reject } = Promise.withResolvers<ReturnType<typeof read>>()
    client.makeUnaryRequest(
      `${service}/ConverseAlpha2`,
      serialize,
      read,
      grpcRequest(earlier),
      new Metadata(),
      (error, value) => (value ? resolve(value) : reject(error)),
    )
    const { outputs } = await promise.finally(() => client.close())
    const message = outputs[0]?.choices[0]?.message
    assert.ok(message)
    const { reasoning, reasoningSignature, toolCalls } = message
    return keep([
      {
        content: message.content,
        toolCalls: toolCalls.map(({ id = '' }) => ({ id })),
        ...(reasoning !== undefined && { reasoning }),
        ...(reasoningSignature !== undefined && { reasoningSignature }),
      },
    ])
  },
  'a stream over gRPC': async ({ grpc }, earlier) => {
    const client = new Client(grpc, credentials.createInsecure())
    const read = (bytes: Uint8Array) => fromBinary(ConversationStreamResponseAlpha2Schema, bytes)
    const stream = client.makeServerStreamRequest(
      `${service}/ConverseStreamAlpha2`,
      serialize,
      read,
      grpcRequest(earlier),
      new Metadata(),
    )
    const frames: ReturnType<typeof read>[] = []
    for await (const frame of stream) frames.push(frame)
    client.close()
    return keep(deltasOf(JSON.parse(JSON.stringify(frames, (_, value) => (typeof value === 'bigint' ? 0 : value)))))
  },
}

for (const [name, ask] of Object.entries(surfaces)) {
  test(`two blocks of signed thinking with a call between come with ${name}, and go back as they were`, async () => {
    await using upstream = await scriptedProvider({ headers: { 'content-type': 'application/json' }, body: answer })
    await using sidecar = await startSidecar([
      {
        name: 'claude',
        type: 'conversation.anthropic',
        metadata: { key: 'not-a-real-key', model: 'claude-sonnet-4-5', endpoint: upstream.url },
      },
    ])
    const kept = await ask(sidecar)
    assert.deepEqual([kept.text, kept.reasoning, kept.calls], ['Wait', 'onetwo', ['toolu_1', 'toolu_2']])
    await ask(sidecar, kept)
    assert.deepEqual(pick((await upstream.requestArrived(1)).body, 'messages.1.content'), content)
  })
}
