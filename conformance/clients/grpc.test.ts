/** A client made by `@grpc/proto-loader` and `@grpc/grpc-js`, as any program in JavaScript has one, for every method. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  chunk,
  done,
  echoComponent,
  finish,
  type RunningSidecar,
  type ScriptedProvider,
  scriptedProvider,
  startSidecar,
  textAnswer,
  toolDelta,
  upstreamComponent,
  usage,
} from '@dapr-chat/sidecar/testing'
import { at, DaprClient, type Message, status } from '../harness.ts'
import { reflectedDaprClient } from '../reflection.ts'

let upstream: ScriptedProvider
let running: RunningSidecar
let grpc: DaprClient
/** What the provider answers next. */
let answer: readonly string[] = []

before(async () => {
  upstream = await scriptedProvider(() => ({ body: answer }))
  running = await startSidecar([echoComponent, upstreamComponent(upstream.url)])
  grpc = new DaprClient(running.grpc)
})

after(async () => {
  grpc[Symbol.dispose]()
  await running[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

const alpha1 = { name: 'gpt', inputs: [{ content: 'Hello?' }] }
const alpha2 = { name: 'gpt', inputs: [{ messages: [{ of_user: { content: [{ text: 'Hello?' }] } }] }] }
const toolAnswer = [
  chunk({ role: 'assistant', content: 'Let me look.' }),
  toolDelta({ index: 0, id: 'call_1', name: 'get_weather', arguments: '{"city"' }),
  toolDelta({ index: 0, arguments: ':"Oslo"}' }),
  toolDelta({ index: 1, id: 'call_2', name: 'get_time', arguments: '' }),
  finish('tool_calls'),
  usage(9, 8, { prompt_tokens_details: { cached_tokens: 4 } }),
  done,
]

test('ConverseAlpha1 gives the text', async () => {
  answer = textAnswer('Hello', ' world')
  const reply = await grpc.unary('ConverseAlpha1', { ...alpha1, contextID: 'ctx' })
  assert.equal(reply.contextID, 'ctx')
  assert.equal(at(reply, 'outputs', 0, 'result'), 'Hello world')
})

test('ConverseAlpha2 gives text, calls, model and counts', async () => {
  answer = toolAnswer
  const output = at(await grpc.unary('ConverseAlpha2', alpha2), 'outputs', 0)
  assert.equal(at(output, 'model'), 'scripted-1')
  assert.equal(at(output, 'choices', 0, 'finish_reason'), 'tool_calls')
  const message = at(output, 'choices', 0, 'message')
  assert.equal(at(message, 'content'), 'Let me look.')
  const calls = at(message, 'tool_calls') as { id: string; function: Message }[]
  assert.deepEqual(
    calls.map(({ id, function: called }) => [id, called.name, called.arguments]),
    [
      ['call_1', 'get_weather', '{"city":"Oslo"}'],
      ['call_2', 'get_time', '{}'],
    ],
  )
  const counts = at(output, 'usage') as Message
  assert.deepEqual([counts.prompt_tokens, counts.completion_tokens, counts.total_tokens], ['9', '8', '17'])
  assert.equal(at(counts, 'prompt_tokens_details', 'cached_tokens'), '4')
})

test('ConverseStreamAlpha2 gives each token as a message, and the counts last', async () => {
  answer = textAnswer('Hel', 'lo', ' world')
  const messages: Message[] = await grpc.stream('ConverseStreamAlpha2', { ...alpha2, context_id: 'ctx' }).toArray()
  const deltas = messages.flatMap(({ choices }) => (choices as { delta?: Message }[] | undefined) ?? [])
  assert.deepEqual(
    deltas.map(({ delta }) => delta?.content).filter((content) => content !== undefined),
    ['Hel', 'lo', ' world'],
  )
  assert.equal(messages[0]?.context_id, 'ctx')
  assert.equal(messages[0]?.model, 'scripted-1')
  const counts = messages.at(-1)?.usage as Message
  assert.deepEqual([counts.prompt_tokens, counts.completion_tokens, counts.total_tokens], ['3', '3', '6'])
})

test('ConverseStreamAlpha1 gives chunks of text, the calls in one, and exactly one complete', async () => {
  answer = toolAnswer
  const messages: Message[] = await grpc.stream('ConverseStreamAlpha1', { ...alpha1, contextID: 'ctx' }).toArray()
  const complete = messages.pop()?.complete
  const chunks = messages.map((message) => message.chunk)
  assert.deepEqual(
    chunks.map((each) => at(each, 'chunk_index')),
    [0, 1],
  )
  assert.equal(at(chunks, 0, 'parts', 0, 'text', 'text'), 'Let me look.')
  assert.equal(at(chunks, 1, 'finish_reason'), 'tool_calls')
  assert.deepEqual(
    (at(chunks, 1, 'parts') as Message[]).map((part) => at(part, 'tool_call', 'arguments')),
    ['{"city":"Oslo"}', '{}'],
  )
  assert.equal(at(complete, 'contextID'), 'ctx')
  assert.equal(at(complete, 'usage', 'total_tokens'), 17)
  assert.equal(at(complete, 'outputs', 0, 'result'), 'Let me look.')
})

test('GetMetadata and SetMetadata', async () => {
  await grpc.unary('SetMetadata', { key: 'cliPID', value: '1234' })
  const reply = await grpc.unary('GetMetadata')
  assert.deepEqual(
    (reply.registered_components as Message[]).map(({ name }) => name),
    ['echo', 'gpt'],
  )
  assert.equal((reply.extended_metadata as Message).cliPID, '1234')
})

const methods = ['ConverseAlpha1', 'ConverseAlpha2', 'ConverseStreamAlpha1', 'ConverseStreamAlpha2'] as const

function call(method: (typeof methods)[number], request: Message): Promise<unknown> {
  return method.includes('Stream') ? grpc.stream(method, request).toArray() : grpc.unary(method, request)
}

for (const method of methods) {
  const request = method.endsWith('1') ? alpha1 : alpha2

  test(`${method} refuses an unknown component and missing inputs with code 3`, async () => {
    const unknown = 'failed finding conversation component nobody'
    await assert.rejects(call(method, { ...request, name: 'nobody' }), status(3, unknown))
    const missing = 'failed conversing with component gpt: missing inputs in request'
    await assert.rejects(call(method, { name: 'gpt' }), status(3, missing))
  })

  test(`${method} reports a failure of the provider with code 13`, async () => {
    await using broken = await scriptedProvider({
      status: 500,
      headers: { 'content-type': 'application/json' },
      body: '{"error":{"message":"out of order"}}',
    })
    await using other = await startSidecar([upstreamComponent(broken.url)])
    using client = new DaprClient(other.grpc)
    const asked = method.includes('Stream') ? client.stream(method, request).toArray() : client.unary(method, request)
    const text = 'failed conversing with component gpt: API returned unexpected status code: 500: out of order'
    await assert.rejects(asked, status(13, text))
  })
}

test("Java's client sends parameters without a type, and gets them back as they were", async () => {
  answer = textAnswer('Hello')
  const parameters = { max_tokens: { type_url: '', value: Buffer.from('100') } }
  const reply = await grpc.unary('ConverseAlpha1', {
    ...alpha1,
    parameters,
    temperature: 0,
    scrubPII: false,
    inputs: [{ content: 'Hello?', role: 'USER', scrubPII: false }],
  })
  const [output] = reply.outputs as { parameters: Record<string, { type_url?: string; value: Buffer }> }[]
  assert.equal(output?.parameters.max_tokens?.value.toString(), '100')
  assert.ok(await grpc.unary('ConverseAlpha2', { ...alpha2, parameters }))
})

test("Python's client sends an empty name with every message", async () => {
  answer = textAnswer('Hello')
  const messages = [{ of_user: { name: '', content: [{ text: 'Hello?' }] } }]
  assert.ok(await grpc.unary('ConverseAlpha2', { name: 'gpt', inputs: [{ messages }] }))
  assert.deepEqual(at(upstream.requests.at(-1)?.body, 'messages'), [{ role: 'user', content: 'Hello?' }])
})

for (const version of ['v1', 'v1alpha'] as const) {
  test(`a client that learns the service by reflection ${version} can call it`, async () => {
    answer = textAnswer('Hello', ' world')
    const { services, client } = await reflectedDaprClient(running.grpc, version)
    assert.ok(services.includes('dapr.proto.runtime.v1.Dapr'), services.join())
    using reflected = client
    const messages: Message[] = await reflected.stream('ConverseStreamAlpha2', alpha2).toArray()
    const texts = messages.flatMap(({ choices = [] }) =>
      (choices as { delta?: Message }[]).map(({ delta }) => delta?.content),
    )
    assert.equal(texts.join(''), 'Hello world')
  })
}
