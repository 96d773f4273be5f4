/**
 * Tools through the whole project: our client against a running sidecar, whose provider follows a script. What the second
 * and third request hold is read where the provider gets it.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { AbortedError, DaprChatClient, object, type StreamEvent, tool } from '@dapr-chat/client'
import {
  chunk,
  done,
  echoComponent,
  finish,
  type Piece,
  type ReceivedRequest,
  type RunningSidecar,
  type ScriptedProvider,
  scriptedProvider,
  silence,
  startSidecar,
  textAnswer,
  toolDelta,
  upstreamComponent,
  usage,
} from '@dapr-chat/sidecar/testing'
import { ChatCompletionStream } from 'openai/lib/ChatCompletionStream'
import * as z from 'zod'
import { at } from './harness.ts'

type Answer = readonly Piece[] | (() => AsyncIterable<Piece>)

let script: (request: ReceivedRequest) => Answer = () => []
let provider: ScriptedProvider
let sidecar: RunningSidecar
let client: DaprChatClient

before(async () => {
  provider = await scriptedProvider((request) => {
    const answer = script(request)
    return { body: typeof answer === 'function' ? answer() : answer }
  })
  sidecar = await startSidecar([echoComponent, upstreamComponent(provider.url)])
  client = new DaprChatClient({ endpoint: { http: sidecar.http }, component: 'gpt', retry: false })
})

after(async () => {
  await client[Symbol.asyncDispose]()
  await sidecar[Symbol.asyncDispose]()
  await provider[Symbol.asyncDispose]()
})

/** Has the provider give these answers in turn, and returns the bodies that it gets. */
function answers(...list: readonly Answer[]): () => unknown[] {
  const from = provider.requests.length
  script = ({ index }) => list[index - from] ?? []
  return () => provider.requests.slice(from).map(({ body }) => body)
}

async function readAll<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

const rolesOf = (body: unknown) => (at(body, 'messages') as { role: string }[]).map(({ role }) => role)

function calls(...list: readonly [name: string, args: string][]): string[] {
  const deltas = list.flatMap(([name, args], index) => [
    toolDelta({ index, id: `call_${index}`, name, arguments: args.slice(0, 3) }),
    toolDelta({ index, arguments: args.slice(3) }),
  ])
  return [...deltas, finish('tool_calls'), usage(10, 5), done]
}

const getWeather = tool({
  name: 'get_weather',
  description: 'Current weather for a location',
  input: z.object({ location: z.string().describe('City and state') }),
  execute: ({ location }) => `Weather in ${location}: 72°F, sunny, light breeze`,
})

const calculate = tool({
  name: 'calculate',
  description: 'Works out sums and products',
  input: z.object({ expression: z.string() }),
  execute({ expression }) {
    if (!/^[\d\s+*]+$/.test(expression)) throw new Error(`cannot work out ${expression}`)
    const sum = expression.split('+').reduce((total, term) => {
      return total + term.split('*').reduce((product, factor) => product * Number(factor), 1)
    }, 0)
    return `Result: ${expression} = ${sum}`
  },
})

const tools = [getWeather, calculate]

test('two tools are called, run and answered in one call, each message sent once', async () => {
  const bodies = answers(
    calls(['get_weather', '{"location":"Tokyo"}'], ['calculate', '{"expression":"15 * 8 + 7"}']),
    textAnswer('It is sunny in Tokyo, ', 'and the result is 127.'),
  )
  const result = await client.generate('Weather in Tokyo, and 15 * 8 + 7?', { tools, maxSteps: 5 })
  assert.equal(result.text, 'It is sunny in Tokyo, and the result is 127.')
  assert.deepEqual(
    result.steps[0]?.toolResults.map(({ content }) => content),
    ['Weather in Tokyo: 72°F, sunny, light breeze', 'Result: 15 * 8 + 7 = 127'],
  )
  assert.deepEqual(result.usage, { prompt_tokens: 13, completion_tokens: 7, total_tokens: 20 })
  const [, second] = bodies()
  assert.deepEqual(rolesOf(second), ['user', 'assistant', 'tool', 'tool'])
  assert.deepEqual(
    [1, 2].map((index) => at(second, 'messages', index + 1, 'tool_call_id')),
    ['call_0', 'call_1'],
  )
  assert.equal(at(second, 'messages', 1, 'tool_calls', 1, 'id'), 'call_1')
})

test('a tool starts before the answer is over, and everything comes in one stream', async () => {
  const started = Promise.withResolvers<void>()
  const early = tool({
    name: 'early',
    description: 'Says that it has started',
    input: { type: 'object' },
    execute: () => started.resolve(),
  })
  answers(async function* () {
    yield toolDelta({ index: 0, id: 'call_0', name: 'early', arguments: '{}' })
    yield toolDelta({ index: 1, id: 'call_1', name: 'early', arguments: '{}' })
    // On this wire a call may be continued until the finish reason says that it is complete.
    yield finish('tool_calls')
    await started.promise
    yield* [usage(1, 1), done]
  }, textAnswer('done'))
  const events: StreamEvent[] = []
  for await (const event of client.generateStream('hi', { tools: [early], maxSteps: 2 }).events) events.push(event)
  assert.equal(events.filter(({ type }) => type === 'tool-result').length, 2)
  assert.equal(events.filter(({ type }) => type === 'step-finish').length, 2)
  assert.equal(events.at(-1)?.type, 'finish')
})

test('the chunks of each step fold in the accumulator of the openai package', async () => {
  answers(calls(['calculate', '{"expression":"1 + 1"}']), textAnswer('It is 2.'))
  const chunks = await readAll(client.generateStream('1 + 1?', { tools, maxSteps: 2 }))
  const end = chunks.findIndex(({ choices }) => choices.length === 0) + 1
  const fold = async (part: typeof chunks) => {
    const { body } = new Response(part.map((each) => `${JSON.stringify(each)}\n`).join(''))
    assert.ok(body)
    return (await ChatCompletionStream.fromReadableStream(body).finalChatCompletion()).choices[0]
  }
  const first = await fold(chunks.slice(0, end))
  const [call] = first?.message.tool_calls ?? []
  assert.ok(call?.type === 'function')
  assert.deepEqual([call.function.name, call.function.arguments], ['calculate', '{"expression":"1 + 1"}'])
  const second = await fold(chunks.slice(end))
  assert.deepEqual([second?.message.content, second?.finish_reason], ['It is 2.', 'stop'])
})

test('the same by hand: calls are returned, results are sent, and the roles are in order', async () => {
  const bodies = answers(calls(['get_weather', '{"location":"Tokyo"}']), textAnswer('Sunny.'))
  const question = { role: 'user', content: 'Weather in Tokyo?' } as const
  const first = await client.generate([question], { tools })
  assert.equal(first.stopReason, 'tool-calls')
  const [call] = first.toolCalls
  assert.ok(call)
  const result = { role: 'tool', tool_call_id: call.id, name: call.function.name, content: '72°F' } as const
  const second = await client.generate([question, ...first.messages, result], { tools })
  assert.equal(second.text, 'Sunny.')
  const [, sent] = bodies()
  assert.deepEqual(rolesOf(sent), ['user', 'assistant', 'tool'])
  assert.equal(at(sent, 'messages', 1, 'tool_calls', 0, 'id'), at(sent, 'messages', 2, 'tool_call_id'))
})

test('a tool that fails tells the model, and the call goes on', async () => {
  const bodies = answers(calls(['calculate', '{"expression":"1/0"}']), textAnswer('That cannot be.'))
  const result = await client.generate('1/0?', { tools, maxSteps: 3 })
  assert.equal(result.text, 'That cannot be.')
  assert.match(String(at(bodies()[1], 'messages', 2, 'content')), /^Error: .*cannot work out 1\/0$/)
})

test('a model that never stops calling is stopped, and its history can be continued', async () => {
  const call = calls(['calculate', '{"expression":"1 + 1"}'])
  const bodies = answers(call, call, textAnswer('Well.'))
  const result = await client.generate('1 + 1?', { tools, maxSteps: 2 })
  assert.equal(result.stopReason, 'max-steps')
  await client.generate([{ role: 'user', content: '1 + 1?' }, ...result.messages, { role: 'user', content: 'So?' }])
  assert.deepEqual(rolesOf(bodies()[2]), ['user', 'assistant', 'tool', 'assistant', 'tool', 'user'])
})

for (const [choice, sent] of [
  ['auto', 'auto'],
  ['none', 'none'],
  ['required', 'required'],
  [{ tool: 'calculate' }, { type: 'function', function: { name: 'calculate' } }],
] as const) {
  test(`toolChoice ${JSON.stringify(choice)} reaches the provider`, async () => {
    const bodies = answers(textAnswer('ok'))
    await client.generate('hi', { tools, toolChoice: choice })
    assert.deepEqual(at(bodies()[0], 'tool_choice'), sent)
  })
}

test('a toolChoice that names no tool is refused before anything is sent', async () => {
  const bodies = answers(textAnswer('ok'))
  await assert.rejects(client.generate('hi', { tools, toolChoice: { tool: 'nobody' } }), { code: 'invalid_request' })
  assert.deepEqual(bodies(), [])
})

test('the echo component calls what it is offered, and the tool is run', async () => {
  const result = await client.generate('Weather?', { component: 'echo', tools: [getWeather], maxSteps: 2 })
  const [first] = result.steps[0]?.toolResults ?? []
  assert.equal(first?.call.function.name, 'get_weather')
  assert.equal(result.messages[1]?.content, first?.content)
})

test('leaving while a tool runs aborts the tool, and nothing is asked any more', async () => {
  const started = Promise.withResolvers<AbortSignal>()
  const forever = tool({
    name: 'forever',
    description: 'Never ends',
    input: { type: 'object' },
    execute: (_, { signal }) => {
      started.resolve(signal)
      return silence
    },
  })
  const bodies = answers(calls(['forever', '{}']), textAnswer('never'))
  const stream = client.generateStream('hi', { tools: [forever], maxSteps: 2 })
  const reading = readAll(stream)
  const signal = await started.promise
  stream.cancel()
  await assert.rejects(reading, AbortedError)
  assert.equal(signal.aborted, true)
  assert.equal(bodies().length, 1)
})

test('leaving in the second step closes the connection to the provider within 100 ms', async () => {
  answers(calls(['calculate', '{"expression":"1 + 1"}']), async function* () {
    yield chunk({ content: 'half' })
    await silence
  })
  const stream = client.generateStream('hi', { tools, maxSteps: 2 })
  for await (const text of stream.textStream) if (text === 'half') break
  const leftAt = performance.now()
  const closedAt = await provider.connectionClosed(provider.requests.at(-1)?.connection)
  assert.ok(closedAt - leftAt < 100, `${closedAt - leftAt} ms`)
  await assert.rejects(stream.result, AbortedError)
})

test('a structured answer that is wrong is asked for again, with what was wrong', async () => {
  const bodies = answers(textAnswer('{"name":"Rex"}'), textAnswer('{"name":"Rex","age":3}'))
  const output = object(z.object({ name: z.string(), age: z.number() }), { name: 'dog' })
  const result = await client.generate('Describe a dog', { output })
  assert.equal(result.output.age, 3)
  assert.equal(result.metrics.steps, 2)
  assert.equal(at(bodies()[0], 'response_format', 'type'), 'json_schema')
  assert.deepEqual(rolesOf(bodies()[1]), ['user', 'assistant', 'user'])
})

test('a whole answer comes with what the wire said', async () => {
  const { raw, text } = await client.generate('hi', { component: 'echo' })
  assert.equal(text, 'hi')
  assert.equal(at(raw, 'outputs', 0, 'choices', 0, 'message', 'content'), 'hi')
})

test('a web page gets the chunks as server-sent events', async () => {
  answers(textAnswer('Hello ', 'page'))
  const body = await client.generateStream('hi').toSSEResponse().text()
  assert.match(body, /"content":"Hello "[\s\S]*"content":"page"[\s\S]*data: \[DONE\]\n\n$/)
})
