/** OpenAI's own package for Node against the sidecar: questions, tools, parameters, and what reaches the provider. */
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
import OpenAI from 'openai'

let upstream: ScriptedProvider
let running: RunningSidecar
let openai: OpenAI
/** What the provider answers next. */
let answer: readonly string[] = []

before(async () => {
  upstream = await scriptedProvider(() => ({ body: answer }))
  running = await startSidecar([echoComponent, upstreamComponent(upstream.url)])
  openai = new OpenAI({ baseURL: `${running.http}/v1`, apiKey: 'unused', maxRetries: 0 })
})

after(async () => {
  await running[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

/** Every chunk of a stream. */
async function all(stream: AsyncIterable<OpenAI.ChatCompletionChunk>): Promise<OpenAI.ChatCompletionChunk[]> {
  const chunks: OpenAI.ChatCompletionChunk[] = []
  for await (const each of stream) chunks.push(each)
  return chunks
}

const messages = [{ role: 'user' as const, content: 'Hello?' }]

/** What reached the provider with the last call. */
function asked(): Record<string, unknown> {
  return upstream.requests.at(-1)?.body as Record<string, unknown>
}

test('models.list gives the components', async () => {
  const models = await openai.models.list()
  assert.deepEqual(
    models.data.map(({ id, object, owned_by }) => ({ id, object, owned_by })),
    [
      { id: 'echo', object: 'model', owned_by: 'conversation.echo' },
      { id: 'gpt', object: 'model', owned_by: 'conversation.openai' },
    ],
  )
})

test('models.retrieve gives a component, and a model of a component', async () => {
  for (const id of ['gpt', 'gpt/scripted-2']) {
    const model = { id, object: 'model', created: 0, owned_by: 'conversation.openai' }
    assert.deepEqual(await openai.models.retrieve(id), model)
  }
  await assert.rejects(openai.models.retrieve('gpt-9'), (error) => {
    assert.ok(error instanceof OpenAI.NotFoundError)
    assert.deepEqual([error.status, error.code], [404, 'model_not_found'])
    assert.match(error.message, /the components are: echo, gpt$/)
    return true
  })
})

test('a whole answer', async () => {
  answer = textAnswer('Hello', ' world')
  const completion = await openai.chat.completions.create({ model: 'gpt', messages })
  assert.equal(completion.object, 'chat.completion')
  assert.equal(completion.model, 'scripted-1')
  assert.equal(completion.choices[0]?.message.content, 'Hello world')
  assert.equal(completion.choices[0]?.message.role, 'assistant')
  assert.equal(completion.choices[0]?.finish_reason, 'stop')
  assert.deepEqual(completion.usage, { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 })
  assert.deepEqual([asked().model, asked().messages], ['scripted', [{ role: 'user', content: 'Hello?' }]])
})

test('a streamed answer comes token by token, in chunks of one id', async () => {
  answer = textAnswer('Hel', 'lo', ' world')
  const stream = await openai.chat.completions.create({ model: 'gpt', messages, stream: true })
  const chunks = await all(stream)
  assert.deepEqual(
    chunks.map(({ choices }) => choices[0]?.delta.content).filter((content) => content !== undefined && content !== ''),
    ['Hel', 'lo', ' world'],
  )
  assert.equal(chunks[0]?.choices[0]?.delta.role, 'assistant')
  assert.equal(chunks.at(-1)?.choices[0]?.finish_reason, 'stop')
  assert.equal(new Set(chunks.map(({ id }) => id)).size, 1)
  // The counts were not asked for, so nothing tells of them.
  assert.ok(chunks.every((each) => !('usage' in each)))
})

test('include_usage brings the counts in a last chunk without choices, and null before', async () => {
  answer = textAnswer('Hello')
  const stream = await openai.chat.completions.create({
    model: 'gpt',
    messages,
    stream: true,
    stream_options: { include_usage: true },
  })
  const chunks = await all(stream)
  const last = chunks.pop()
  assert.deepEqual(last?.choices, [])
  assert.deepEqual(last?.usage, { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 })
  assert.ok(chunks.length > 1 && chunks.every((each) => each.usage === null))
})

test('a model of the component is asked for with a slash', async () => {
  answer = textAnswer('Hello')
  await openai.chat.completions.create({ model: 'gpt/vendor/model-9', messages })
  assert.equal(asked().model, 'vendor/model-9')
})

const tools = ['get_weather', 'get_time'].map((name) => ({
  type: 'function' as const,
  function: {
    name,
    description: `Says the ${name}`,
    strict: true,
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
}))

const parallelCalls = [
  chunk({ role: 'assistant', content: null }),
  toolDelta({ index: 0, id: 'call_1', name: 'get_weather', arguments: '' }),
  toolDelta({ index: 0, arguments: '{"city":' }),
  toolDelta({ index: 1, id: 'call_2', name: 'get_time', arguments: '{"city"' }),
  toolDelta({ index: 0, arguments: '"Oslo"}' }),
  toolDelta({ index: 1, arguments: ':"Rome"}' }),
  finish('tool_calls'),
  usage(9, 8),
  done,
]

test('parallel tool calls in a whole answer', async () => {
  answer = parallelCalls
  const toolChoice = { type: 'function' as const, function: { name: 'get_weather' } }
  const completion = await openai.chat.completions.create({
    model: 'gpt',
    messages,
    tools,
    tool_choice: toolChoice,
    parallel_tool_calls: true,
  })
  const [choice] = completion.choices
  assert.equal(choice?.finish_reason, 'tool_calls')
  assert.equal(choice?.message.content, null)
  assert.deepEqual(choice?.message.tool_calls, [
    { id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Oslo"}' } },
    { id: 'call_2', type: 'function', function: { name: 'get_time', arguments: '{"city":"Rome"}' } },
  ])
  assert.deepEqual(asked().tools, tools)
  assert.deepEqual([asked().tool_choice, asked().parallel_tool_calls], [toolChoice, true])
})

test('parallel tool calls in a stream keep their indexes, even where the provider interleaves them', async () => {
  answer = parallelCalls
  const stream = await openai.chat.completions.create({ model: 'gpt', messages, tools, stream: true })
  const calls: { id: string | undefined; name: string | undefined; args: string }[] = []
  for await (const { choices } of stream) {
    for (const { index, id, function: called } of choices[0]?.delta.tool_calls ?? []) {
      const call = calls[index] ?? { id, name: called?.name, args: '' }
      call.args += called?.arguments ?? ''
      calls[index] = call
    }
  }
  assert.deepEqual(calls, [
    { id: 'call_1', name: 'get_weather', args: '{"city":"Oslo"}' },
    { id: 'call_2', name: 'get_time', args: '{"city":"Rome"}' },
  ])
})

test("parallel tool calls in a stream, put together by the package's own reader", async () => {
  // That reader takes a call for whole once another one begins.
  answer = [
    toolDelta({ index: 0, id: 'call_1', name: 'get_weather', arguments: '{"city":' }),
    toolDelta({ index: 0, arguments: '"Oslo"}' }),
    toolDelta({ index: 1, id: 'call_2', name: 'get_time', arguments: '{"city":"Rome"}' }),
    finish('tool_calls'),
    done,
  ]
  const runner = openai.chat.completions.stream({ model: 'gpt', messages, tools })
  const finished: string[] = []
  runner.on('tool_calls.function.arguments.done', ({ name, arguments: args }) => finished.push(`${name} ${args}`))
  const { choices } = await runner.finalChatCompletion()
  assert.deepEqual(
    choices[0]?.message.tool_calls?.map((call) => call.type === 'function' && [call.id, call.function.arguments]),
    [
      ['call_1', '{"city":"Oslo"}'],
      ['call_2', '{"city":"Rome"}'],
    ],
  )
  assert.deepEqual(finished.sort(), ['get_time {"city":"Rome"}', 'get_weather {"city":"Oslo"}'])
})

test("a conversation with a tool's answer reaches the provider as it is", async () => {
  answer = textAnswer('4 degrees')
  const history: OpenAI.ChatCompletionMessageParam[] = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Weather?', name: 'ann' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: 'call_1', content: '4' },
  ]
  await openai.chat.completions.create({ model: 'gpt', messages: history })
  const [system, user, assistant, tool] = asked().messages as Record<string, unknown>[]
  assert.deepEqual([system, user], history.slice(0, 2))
  assert.deepEqual(assistant?.tool_calls, (history[2] as OpenAI.ChatCompletionAssistantMessageParam).tool_calls)
  assert.deepEqual([tool?.role, tool?.tool_call_id, tool?.content], ['tool', 'call_1', '4'])
})

test('image parts reach the provider, addresses and bytes alike', async () => {
  answer = textAnswer('A parrot.')
  const content: OpenAI.ChatCompletionContentPart[] = [
    { type: 'text', text: 'What is this?' },
    { type: 'image_url', image_url: { url: 'https://example.com/parrot.png', detail: 'low' } },
    { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
  ]
  await openai.chat.completions.create({ model: 'gpt', messages: [{ role: 'user', content }] })
  assert.deepEqual((asked().messages as { content: unknown }[])[0]?.content, content)
})

test('recordings and documents reach the provider', async () => {
  answer = textAnswer('A song.')
  const content: OpenAI.ChatCompletionContentPart[] = [
    { type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } },
    { type: 'file', file: { file_data: 'data:application/pdf;base64,JVBERg==', filename: 'a.pdf' } },
  ]
  await openai.chat.completions.create({ model: 'gpt', messages: [{ role: 'user', content }] })
  assert.deepEqual((asked().messages as { content: unknown }[])[0]?.content, content)
})

const twoChoices = [
  chunk({ role: 'assistant', content: 'a' }),
  chunk({ role: 'assistant', content: 'x' }, 1),
  chunk({ content: 'y' }, 1),
  chunk({ content: 'b' }),
  finish('length', 1),
  finish('stop'),
  usage(1, 4),
  done,
]

test('several choices come apart, in a whole answer and in a stream', async () => {
  answer = twoChoices
  const completion = await openai.chat.completions.create({ model: 'gpt', messages, n: 2 })
  const streamed = await openai.chat.completions.stream({ model: 'gpt', messages, n: 2 }).finalChatCompletion()
  for (const { choices } of [completion, streamed]) {
    assert.deepEqual(
      choices.map(({ index, message, finish_reason }) => [index, message.content, finish_reason]),
      [
        [0, 'ab', 'stop'],
        [1, 'xy', 'length'],
      ],
    )
  }
  assert.equal(asked().n, 2)
})

test('response_format reaches the provider, and the package parses what comes back', async () => {
  answer = textAnswer('{"answer"', ':4}')
  const format = {
    type: 'json_schema' as const,
    json_schema: {
      name: 'sum',
      strict: true,
      schema: { type: 'object', properties: { answer: { type: 'number' } }, required: ['answer'] },
    },
  }
  const completion = await openai.chat.completions.parse({ model: 'gpt', messages, response_format: format })
  assert.equal(completion.choices[0]?.message.content, '{"answer":4}')
  assert.deepEqual(asked().response_format, format)
  await openai.chat.completions.create({ model: 'gpt', messages, response_format: { type: 'json_object' } })
  assert.deepEqual(asked().response_format, { type: 'json_object' })
})

test('parameters that the sidecar does not know reach the provider unchanged', async () => {
  answer = textAnswer('Hello')
  const parameters = {
    top_p: 0.5,
    seed: 7,
    stop: ['\n'],
    logit_bias: { 50256: -100 },
    user: 'ann',
    vendor_x: { deep: [1, null] },
  }
  await openai.chat.completions.create({ model: 'gpt', messages, temperature: 0, max_tokens: 12, ...parameters })
  const { top_p, seed, stop, logit_bias, user, vendor_x, temperature, max_tokens } = asked()
  assert.deepEqual({ top_p, seed, stop, logit_bias, user, vendor_x }, parameters)
  assert.deepEqual([temperature, max_tokens], [0, 12])
})

test('max_completion_tokens keeps its name', async () => {
  answer = textAnswer('Hello')
  await openai.chat.completions.create({ model: 'gpt', messages, max_completion_tokens: 12 })
  assert.deepEqual([asked().max_completion_tokens, asked().max_tokens], [12, undefined])
})

test('echo answers this API too', async () => {
  const stream = openai.chat.completions.stream({
    model: 'echo',
    messages: [{ role: 'user', content: 'one two three' }],
  })
  const deltas: string[] = []
  stream.on('content', (delta) => deltas.push(delta))
  await stream.done()
  assert.deepEqual(deltas, ['one', ' two', ' three'])
})
