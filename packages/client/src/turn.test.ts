import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { ConversationEvent } from '@dapr-chat/protocol'
import * as z from 'zod'
import { readAll } from '../testing/read-all.ts'
import { batches, type Script, scriptedTransport, stop, text } from '../testing/scripted-transport.ts'
import { toolCall, toolsCalled } from '../testing/tool-calls.ts'
import {
  AbortedError,
  DaprChatClient,
  type GenerateOptions,
  InvalidRequestError,
  object,
  type StreamEvent,
  StructuredOutputError,
  ToolExecutionError,
  ToolInputError,
  tool,
  UnknownToolError,
} from './index.ts'

type Batch = readonly ConversationEvent[]

/** A client of a model that says these answers one after the other, and the last one for ever. */
function clientOf(...answers: (Script['events'] | readonly ConversationEvent[])[]) {
  let asked = 0
  const transport = scriptedTransport({
    events(call) {
      const answer = answers[Math.min(asked++, answers.length - 1)]
      return typeof answer === 'function' ? answer(call) : batches(answer ?? [])
    },
  })
  return { client: new DaprChatClient({ component: 'echo', transport }), calls: transport.calls }
}

const usage = (prompt: number, completion: number, more: object = {}): ConversationEvent => ({
  type: 'usage',
  usage: { promptTokens: prompt, completionTokens: completion, totalTokens: prompt + completion, ...more },
})

const place = z.object({ city: z.string() })
const weather = tool({
  name: 'get_weather',
  description: 'Current weather',
  input: place,
  execute: ({ city }) => `Weather in ${city}: 72°F`,
})
const calling: Batch = [...toolCall(0, 'get_weather', '{"city":"Tokyo"}'), toolsCalled]
const done: Batch = [text('It is warm.'), stop]
const auto: GenerateOptions = { tools: [weather], maxSteps: 5 }

/** What the model is told when it calls `name` with these arguments. */
async function told(name: string, args: string, options: GenerateOptions = auto) {
  const { client } = clientOf([...toolCall(0, name, args), toolsCalled], done)
  const result = await client.generate('hi', options)
  const message = result.messages[1]
  assert.ok(message?.role === 'tool')
  return { ...message, warnings: result.warnings }
}

test('tools are run and the model reads their results: each message goes out once, in order', async () => {
  const { client, calls } = clientOf(
    [...calling, usage(1, 2, { cachedTokens: 1 })],
    [...toolCall(0, 'get_weather', '{"city":"Rome"}'), toolsCalled, usage(2, 5)],
    done,
  )
  const result = await client.generate('Weather?', auto)
  assert.equal(result.text, 'It is warm.')
  assert.equal(result.stopReason, 'complete')
  assert.deepEqual(
    calls[2]?.request.messages.map(({ role }) => role),
    ['user', 'assistant', 'tool', 'assistant', 'tool'],
  )
  assert.deepEqual(calls[2]?.request.messages[2], {
    role: 'tool',
    content: [{ type: 'text', text: 'Weather in Tokyo: 72°F' }],
    toolCallId: 'call_0',
    name: 'get_weather',
  })
  const made = { id: 'call_0', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Tokyo"}' } }
  assert.deepEqual(result.messages.slice(0, 2), [
    { role: 'assistant', content: null, tool_calls: [made] },
    { role: 'tool', tool_call_id: 'call_0', name: 'get_weather', content: 'Weather in Tokyo: 72°F' },
  ])
  assert.deepEqual(result.messages.at(-1), { role: 'assistant', content: 'It is warm.' })
  // The last step reported nothing: its tokens are not zero, they are not there.
  assert.deepEqual(result.usage, {
    prompt_tokens: 3,
    completion_tokens: 7,
    total_tokens: 10,
    prompt_tokens_details: { cached_tokens: 1 },
  })
  assert.deepEqual(
    result.steps.map((step) => [step.index, step.finishReason, step.toolCalls.length, step.usage?.total_tokens]),
    [
      [1, 'tool_calls', 1, 3],
      [2, 'tool_calls', 1, 7],
      [3, 'stop', 0, undefined],
    ],
  )
  const { steps, toolCalls, attempts, usageEstimated } = result.metrics
  assert.deepEqual([steps, toolCalls, attempts, usageEstimated], [3, 2, 3, true])
  assert.deepEqual(result.toolCalls, [])
})

test('a call without maxSteps runs nothing and returns the calls', async () => {
  const { client, calls } = clientOf(calling)
  const result = await client.generate('hi', { tools: [weather] })
  assert.equal(calls.length, 1)
  assert.equal(result.stopReason, 'tool-calls')
  assert.equal(result.toolCalls[0]?.function.name, 'get_weather')
  assert.equal(result.messages.length, 1)
  assert.deepEqual(calls[0]?.request.tools, [
    { name: 'get_weather', description: 'Current weather', parameters: weather.parameters },
  ])
})

test('no usage in any step is no usage in the result', async () => {
  const result = await clientOf(calling, done).client.generate('hi', auto)
  assert.equal('usage' in result, false)
})

test('a model that always calls tools is stopped after maxSteps, with no call left without its result', async () => {
  const { client, calls } = clientOf(calling)
  const result = await client.generate('hi', { ...auto, maxSteps: 2 })
  assert.equal(calls.length, 2)
  assert.equal(result.stopReason, 'max-steps')
  assert.deepEqual(
    result.messages.map(({ role }) => role),
    ['assistant', 'tool', 'assistant', 'tool'],
  )
})

test('a tool starts when its call is complete, while the answer still arrives', async () => {
  const order: string[] = []
  const slow = tool({
    name: 'slow',
    description: 'Waits',
    input: { type: 'object' },
    async execute() {
      order.push('started')
      await delay(5)
      order.push('ended')
      return 'ok'
    },
  })
  const { client } = clientOf(async function* (): AsyncGenerator<Batch> {
    yield toolCall(0, 'slow', '{}')
    await delay(30)
    order.push('answer went on')
    yield [text('…'), toolsCalled]
  }, done)
  const events: StreamEvent[] = []
  for await (const event of client.generateStream('hi', { tools: [slow], maxSteps: 2 }).events) events.push(event)
  assert.deepEqual(order, ['started', 'ended', 'answer went on'])
  assert.deepEqual(
    events.map(({ type }) => type),
    [
      'start',
      'tool-call-delta',
      'tool-call-delta',
      'tool-call-delta',
      'tool-call',
      'text-delta',
      'tool-result',
      'step-finish',
      'text-delta',
      'step-finish',
      'finish',
    ],
  )
  const result = events.find((event) => event.type === 'tool-result')
  assert.ok(result?.type === 'tool-result' && result.durationMs >= 4)
  assert.deepEqual([result.content, result.isError, result.call.id], ['ok', false, 'call_0'])
})

test('the chunks of all steps come in one stream: a role and one finish reason for each step', async () => {
  const { client } = clientOf([text('Let me look.'), ...calling, usage(1, 2)], [text('Warm.'), stop, usage(3, 4)])
  const chunks = await readAll(client.generateStream('hi', auto))
  const choices = chunks.flatMap((chunk) => chunk.choices)
  assert.equal(choices.filter(({ delta }) => delta.role).length, 2)
  assert.deepEqual(
    choices.flatMap(({ finish_reason }) => finish_reason ?? []),
    ['tool_calls', 'stop'],
  )
  assert.deepEqual(
    chunks.filter((chunk) => chunk.choices.length === 0).map((chunk) => chunk.usage?.total_tokens),
    [3, 7],
  )
  const texts = await readAll(clientOf([text('a'), ...calling], done).client.generateStream('hi', auto).textStream)
  assert.deepEqual(texts, ['a', 'It is warm.'])
})

for (const [execution, least, most] of [
  ['parallel', 0, 1],
  ['sequential', 1, 1],
  [{ concurrency: 2 }, 0, 2],
] as const) {
  test(`tools run ${JSON.stringify(execution)}, and one that fails takes nothing from the others`, async () => {
    let running = 0
    let together = 0
    const wait = tool({
      name: 'wait',
      description: 'Waits',
      input: z.object({ n: z.number() }),
      async execute({ n }) {
        together = Math.max(together, ++running)
        await delay(20 - 5 * n)
        running--
        if (n === 1) throw new Error('no')
        return n
      },
    })
    const three = [0, 1, 2].flatMap((n) => toolCall(n, 'wait', `{"n":${n}}`))
    const { client } = clientOf([...three, toolsCalled], done)
    const options = { tools: [wait], maxSteps: 2, toolExecution: execution } satisfies GenerateOptions
    const result = await client.generate('hi', options)
    assert.equal(together, execution === 'parallel' ? 3 : Math.max(least, most))
    // In the order of the calls, whichever ended first.
    assert.deepEqual(
      result.messages.flatMap((message) => (message.role === 'tool' ? [message.content] : [])),
      ['0', 'Error: Tool "wait" failed: no', '2'],
    )
  })
}

test('no arguments are the empty object, and arguments that are wrong are told to the model', async () => {
  const any = tool({
    name: 'any',
    description: 'd',
    input: { type: 'object' },
    execute: (input) => Object.keys(input).length,
  })
  assert.equal((await told('any', '', { tools: [any], maxSteps: 2 })).content, '0')
  const noJson = await told('get_weather', 'city')
  assert.match(noJson.content, /^Error: .*"get_weather".* must be JSON: current value is city$/)
  assert.equal(noJson.isError, true)
  assert.match((await told('get_weather', '{bad')).content, /must be JSON/)
  assert.match((await told('get_weather', '{"city":7}')).content, /must fit its schema: city: /)
})

test('a name in another spelling is found with a warning, and an unknown one is answered with those there are', async () => {
  const near = await told('GetWeather', '{"city":"Rome"}')
  assert.equal(near.content, 'Weather in Rome: 72°F')
  assert.deepEqual(
    near.warnings.map(({ code }) => code),
    ['tool_name'],
  )
  const unknown = await told('get_time', '{}')
  assert.match(unknown.content, /^Error: .*"get_time".*: get_weather$/)
  assert.equal(unknown.isError, true)
})

test('a tool that takes too long is given up, and its signal says so', async () => {
  let seen: AbortSignal | undefined
  const stuck = tool({
    name: 'stuck',
    description: 'd',
    input: { type: 'object' },
    timeoutMs: 10,
    execute(_, { signal }) {
      seen = signal
      return new Promise(() => {})
    },
  })
  const message = await told('stuck', '{}', { tools: [stuck], maxSteps: 2 })
  assert.match(message.content, /^Error: .*longer than its timeoutMs of 10$/)
  assert.equal(seen?.aborted, true)
})

test('a tool is told its call, its step and the conversation as the model saw it', async () => {
  const seen: unknown[] = []
  const look = tool({
    name: 'look',
    description: 'd',
    input: { type: 'object' },
    execute: (_, { toolCallId, step, messages }) =>
      void seen.push([toolCallId, step, messages.map(({ role }) => role)]),
  })
  const call = [...toolCall(0, 'look', '{}'), toolsCalled]
  const { client } = clientOf(call, call, done)
  await client.generate(
    [
      { role: 'system', content: 's' },
      { role: 'user', content: 'u' },
    ],
    { tools: [look], maxSteps: 5 },
  )
  assert.deepEqual(seen, [
    ['call_0', 1, ['system', 'user']],
    ['call_0', 2, ['system', 'user', 'assistant', 'tool']],
  ])
})

test('with onToolError "throw" what a tool does wrong ends the call, with the class that says what', async () => {
  const broken = tool({
    name: 'broken',
    description: 'd',
    input: { type: 'object' },
    execute() {
      throw new Error('1/0')
    },
  })
  const options: GenerateOptions = { tools: [weather, broken], maxSteps: 2, onToolError: 'throw' }
  await assert.rejects(told('broken', '{}', options), (error) => {
    return error instanceof ToolExecutionError && error.cause instanceof Error && error.cause.message === '1/0'
  })
  await assert.rejects(told('get_weather', 'city', options), ToolInputError)
  await assert.rejects(told('nobody', '{}', options), UnknownToolError)
})

test('a plain definition beside tools is left to the program, and what was run stays run', async () => {
  const both = [...toolCall(0, 'get_weather', '{"city":"Rome"}'), ...toolCall(1, 'ask_user', '{}'), toolsCalled]
  const { client, calls } = clientOf(both)
  const result = await client.generate('hi', { tools: [weather, { name: 'ask_user' }], maxSteps: 5 })
  assert.equal(calls.length, 1)
  assert.equal(result.stopReason, 'tool-calls')
  assert.deepEqual(
    result.toolCalls.map((call) => call.function.name),
    ['ask_user'],
  )
  assert.deepEqual(
    result.messages.map(({ role }) => role),
    ['assistant', 'tool'],
  )
})

test('a forced choice is forced on the first answer only', async () => {
  const { client, calls } = clientOf(calling, done)
  await client.generate('hi', { ...auto, toolChoice: { tool: 'get_weather' } })
  assert.deepEqual(
    calls.map(({ request }) => request.toolChoice),
    [{ name: 'get_weather' }, 'auto'],
  )
  const none = clientOf(done)
  await none.client.generate('hi', { ...auto, toolChoice: 'none' })
  assert.equal(none.calls[0]?.request.toolChoice, 'none')
})

test('personal data is taken out of the messages of later steps too', async () => {
  const { client, calls } = clientOf(calling, done)
  await client.generate('hi', { ...auto, scrubPii: { input: true } })
  assert.deepEqual(
    calls.map(({ request }) => request.scrub),
    [
      { messages: [0], output: false },
      { messages: [0, 1, 2], output: false },
    ],
  )
})

const careful = tool({
  name: 'delete_file',
  description: 'd',
  input: z.object({ path: z.string() }),
  needsApproval: ({ path }) => path !== 'drafts/x',
  execute: ({ path }) => `deleted ${path}`,
})
const deleting = (path: string) => [...toolCall(0, 'delete_file', JSON.stringify({ path })), toolsCalled]

test('a tool that needs approval is asked about, with its arguments', async () => {
  const asked: unknown[] = []
  const ask = async (path: string, decision: boolean | string) => {
    const { client } = clientOf(deleting(path), done)
    const approve: GenerateOptions['approve'] = ({ input }) => {
      asked.push(input)
      return decision
    }
    const { stopReason, messages } = await client.generate('hi', { tools: [careful], maxSteps: 3, approve })
    const message = messages[1]
    return message?.role === 'tool' ? [stopReason, message.content, message.isError] : []
  }
  assert.deepEqual(await ask('/a', true), ['complete', 'deleted /a', undefined])
  assert.deepEqual(await ask('/b', false), [
    'approval-denied',
    'Error: the call of tool "delete_file" was not approved',
    true,
  ])
  assert.deepEqual(await ask('/c', 'not that one'), ['complete', 'Error: not that one', true])
  assert.deepEqual(await ask('drafts/x', false), ['complete', 'deleted drafts/x', undefined])
  assert.deepEqual(asked, [{ path: '/a' }, { path: '/b' }, { path: '/c' }])
})

test('a tool that needs approval is refused where nobody can give it', async () => {
  const { client, calls } = clientOf(deleting('/a'))
  await assert.rejects(client.generate('hi', { tools: [careful], maxSteps: 2 }), InvalidRequestError)
  assert.equal(calls.length, 0)
})

test('onStep is waited for between steps, and what it throws ends the call', async () => {
  const { client, calls } = clientOf(calling, done)
  const seen: number[] = []
  await client.generate('hi', {
    ...auto,
    async onStep({ index }) {
      await delay(1)
      seen.push(index, calls.length)
    },
  })
  assert.deepEqual(seen, [1, 1, 2, 2])
  const enough = new Error('enough')
  const thrower = () => {
    throw enough
  }
  await assert.rejects(client.generate('hi', { ...auto, onStep: thrower }), (error) => error === enough)
})

for (const way of ['cancel', 'signal', 'break', 'dispose'] as const) {
  test(`leaving by ${way} while a tool runs aborts the tool and asks nothing more`, async () => {
    const aborted = Promise.withResolvers<unknown>()
    const started = Promise.withResolvers<void>()
    const forever = tool({
      name: 'forever',
      description: 'd',
      input: { type: 'object' },
      async execute(_, { signal }) {
        started.resolve()
        await new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted.resolve(signal.reason)
            // Nobody waits for this any more.
            reject(new Error('too late'))
          })
        })
      },
    })
    const { client, calls } = clientOf([...toolCall(0, 'forever', '{}'), toolsCalled], done)
    const controller = new AbortController()
    const stream = client.generateStream('hi', { tools: [forever], maxSteps: 2, signal: controller.signal })
    const reading = (async () => {
      for await (const event of stream.events) if (way === 'break' && event.type === 'tool-call') break
    })()
    await started.promise
    if (way === 'cancel') stream.cancel('enough')
    if (way === 'signal') controller.abort('enough')
    if (way === 'dispose') await stream[Symbol.asyncDispose]()
    if (way === 'break') await reading
    else await assert.rejects(reading, AbortedError)
    await aborted.promise
    await assert.rejects(stream.result, AbortedError)
    await delay(5)
    assert.equal(calls.length, 1)
  })
}

test('a model that breaks off after it called a tool ends the call, and the tool with it', async () => {
  let seen: AbortSignal | undefined
  const slow = tool({
    name: 'slow',
    description: 'd',
    input: { type: 'object' },
    execute(_, { signal }) {
      seen = signal
      return new Promise(() => {})
    },
  })
  const { client } = clientOf(toolCall(0, 'slow', '{}'))
  await assert.rejects(client.generate('hi', { tools: [slow], maxSteps: 2 }), { code: 'stream_interrupted' })
  assert.equal(seen?.aborted, true)
})

const dog = object(z.object({ name: z.string(), age: z.number() }))

test('a structured answer is typed, and a wrong one is asked for again with what was wrong', async () => {
  const { client, calls } = clientOf(
    [text('{"name":"Rex"}'), stop, usage(1, 1)],
    [text('{"name":"Rex","age":3}'), stop, usage(2, 2)],
  )
  const result = await client.generate('Describe a dog', { output: dog })
  const { name, age } = result.output
  assert.deepEqual([name, age], ['Rex', 3])
  assert.equal(result.usage?.total_tokens, 6)
  assert.equal(result.metrics.steps, 2)
  assert.match(JSON.stringify(calls[1]?.request.messages), /age/)
  assert.equal(calls[1]?.request.messages.length, (calls[0]?.request.messages.length ?? 0) + 2)
  // What was wrong is no part of the conversation.
  assert.deepEqual(result.messages, [{ role: 'assistant', content: '{"name":"Rex","age":3}' }])
})

test('an answer that stays wrong is an error, in the stream and in the result', async () => {
  const { client, calls } = clientOf([text('no idea'), stop])
  const stream = client.generateStream('Describe a dog', { output: dog })
  await assert.rejects(readAll(stream), (error) => {
    return error instanceof StructuredOutputError && error.attempts === 2 && error.text === 'no idea'
  })
  await assert.rejects(stream.result, StructuredOutputError)
  assert.equal(calls.length, 2)
})

test('partial values come while the answer arrives, and each only once', async () => {
  const pieces = ['{"na', 'me":"R', 'ex","age":3', '}'].map((piece) => [text(piece)])
  const { client } = clientOf(() => batches(...pieces, [stop]))
  const values: unknown[] = []
  const stream = client.generateStream('Describe a dog', { output: dog })
  for await (const event of stream.events) if (event.type === 'output-partial') values.push(event.value)
  assert.deepEqual(values.at(-1), { name: 'Rex', age: 3 })
  assert.equal(new Set(values.map((value) => JSON.stringify(value))).size, values.length)
  assert.deepEqual((await stream.result).output, { name: 'Rex', age: 3 })
})

test('a structured answer that comes as a tool call reads as text everywhere', async () => {
  const output = object(z.object({ name: z.string() }), { mode: 'tool', name: 'dog' })
  const answer = [...toolCall(0, output.answerTool ?? '', '{"name":"Rex"}'), toolsCalled]
  const { client, calls } = clientOf(answer)
  const stream = client.generateStream('Describe a dog', { output })
  const chunks = await readAll(stream)
  const choices = chunks.flatMap((chunk) => chunk.choices)
  assert.equal(choices.map(({ delta }) => delta.content ?? '').join(''), '{"name":"Rex"}')
  assert.equal(
    choices.some(({ delta }) => delta.tool_calls),
    false,
  )
  assert.equal(choices.at(-1)?.finish_reason, 'stop')
  const result = await stream.result
  assert.equal(result.text, '{"name":"Rex"}')
  assert.deepEqual(result.output, { name: 'Rex' })
  assert.deepEqual(result.toolCalls, [])
  assert.deepEqual(result.messages, [{ role: 'assistant', content: '{"name":"Rex"}' }])
  assert.equal(calls[0]?.request.tools?.length, 1)
})

test('tools and a structured answer go together; an answer that was not reached cannot be read', async () => {
  const { client } = clientOf(calling, [text('{"name":"Rex","age":3}'), stop])
  const result = await client.generate('hi', { ...auto, output: dog })
  assert.deepEqual(result.output, { name: 'Rex', age: 3 })
  const stopped = await clientOf(calling).client.generate('hi', { ...auto, maxSteps: 2, output: dog })
  assert.equal(stopped.stopReason, 'max-steps')
  assert.throws(() => stopped.output, StructuredOutputError)
})
