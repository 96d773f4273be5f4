/** LangChain.js on our chat model against the sidecar. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { DaprChatError } from '@dapr-chat/client'
import { ChatDapr, type ChatDaprOptions } from '@dapr-chat/client/langchain'
import {
  chunk,
  done,
  finish,
  reset,
  type ScriptedAnswer,
  silence,
  textAnswer,
  toolDelta,
  usage,
} from '@dapr-chat/sidecar/testing'
import { AIMessageChunk, HumanMessage, SystemMessage, ToolMessage, type UsageMetadata } from '@langchain/core/messages'
import { StringOutputParser } from '@langchain/core/output_parsers'
import { ChatPromptTemplate } from '@langchain/core/prompts'
import { tool } from '@langchain/core/tools'
import { z } from 'zod'
import { answeringSidecar, signedCall } from './answering-sidecar.ts'

const sidecar = await answeringSidecar()
const { provide, asked } = sidecar

after(() => sidecar[Symbol.asyncDispose]())

function model(options: ChatDaprOptions = {}): ChatDapr {
  return new ChatDapr({ component: 'gpt', clientOptions: { endpoint: { http: sidecar.http } }, ...options })
}

const getWeather = tool(({ city }) => `sunny in ${city}`, {
  name: 'get_weather',
  description: 'Current weather',
  schema: z.object({ city: z.string() }),
})

const weatherCall: ScriptedAnswer = {
  body: [
    toolDelta({ index: 0, id: 'call_a', name: 'get_weather', arguments: '{"city":' }),
    toolDelta({ index: 0, arguments: '"Oslo"}' }),
    finish('tool_calls'),
    usage(10, 4),
    done,
  ],
}

test('invoke answers with the text, the tokens and the reason', async () => {
  const details = {
    prompt_tokens_details: { cached_tokens: 2 },
    completion_tokens_details: { reasoning_tokens: 1 },
  }
  provide({
    body: [
      chunk({ reasoning_content: 'Hm.' }),
      chunk({ content: 'Hello' }),
      finish('stop'),
      usage(5, 4, details),
      done,
    ],
  })
  const answer = await model({ temperature: 0.5, maxTokens: 99, stop: ['END'] }).invoke([
    new SystemMessage('Be brief.'),
    new HumanMessage('Hi'),
  ])
  assert.equal(answer.text, 'Hello')
  assert.equal(answer.additional_kwargs.reasoning_content, 'Hm.')
  assert.deepEqual(answer.usage_metadata, {
    input_tokens: 5,
    output_tokens: 4,
    total_tokens: 9,
    input_token_details: { cache_read: 2 },
    output_token_details: { reasoning: 1 },
  })
  const { model_name, model_provider, finish_reason } = answer.response_metadata
  assert.deepEqual([model_name, model_provider, finish_reason], ['scripted-1', 'dapr', 'stop'])
  const [request] = asked()
  assert.deepEqual(request?.messages, [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Hi' },
  ])
  assert.deepEqual([request?.temperature, request?.stop], [0.5, ['END']])
})

test('a stream brings every piece, and its chunks concatenate to the whole answer', async () => {
  const texts = ['Dapr ', 'streams ', 'now']
  provide(textAnswer(...texts))
  const tokens: string[] = []
  const callbacks = [{ handleLLMNewToken: (token: string) => void tokens.push(token) }]
  let whole: AIMessageChunk | undefined
  for await (const piece of await model().stream('Does it?', { callbacks })) whole = whole?.concat(piece) ?? piece
  assert.deepEqual(
    tokens.filter((token) => token !== ''),
    texts,
  )
  assert.equal(whole?.text, texts.join(''))
  assert.equal(whole?.id, 'chatcmpl-1')
  const { input_tokens, output_tokens, total_tokens }: Partial<UsageMetadata> = whole?.usage_metadata ?? {}
  assert.deepEqual([input_tokens, output_tokens, total_tokens], [3, 3, 6])
  assert.deepEqual(whole?.response_metadata, {
    model_provider: 'dapr',
    model_name: 'scripted-1',
    finish_reason: 'stop',
  })
  const chain = ChatPromptTemplate.fromTemplate('Say {word}').pipe(model()).pipe(new StringOutputParser())
  const pieces: string[] = []
  for await (const piece of await chain.stream({ word: 'it' })) pieces.push(piece)
  assert.deepEqual(
    pieces.filter((piece) => piece !== ''),
    texts,
  )
})

test('tools are called, and their results go back', async () => {
  const withTools = model().bindTools([getWeather], { tool_choice: 'any' })
  const question = new HumanMessage('Weather?')
  for (const ask of [
    () => withTools.invoke([question]),
    async () => {
      let whole: AIMessageChunk | undefined
      const ids = new Set<unknown>()
      for await (const piece of await withTools.stream([question])) {
        for (const { index } of piece.tool_call_chunks ?? []) ids.add(index)
        whole = whole?.concat(piece) ?? piece
      }
      assert.deepEqual([...ids], [0])
      return whole ?? new AIMessageChunk('')
    },
  ]) {
    provide(weatherCall, textAnswer('Sunny.'))
    const called = await ask()
    assert.deepEqual(called.tool_calls, [
      { type: 'tool_call', id: 'call_a', name: 'get_weather', args: { city: 'Oslo' } },
    ])
    assert.equal(called.response_metadata.finish_reason, 'tool_calls')
    const [call] = called.tool_calls ?? []
    assert.ok(call)
    const result: ToolMessage = await getWeather.invoke(call)
    assert.equal((await withTools.invoke([question, called, result])).text, 'Sunny.')
    const [first, second] = asked()
    assert.equal(first?.tool_choice, 'required')
    const [, assistant, told] = second?.messages ?? []
    assert.deepEqual(
      assistant?.tool_calls?.map(({ id, function: fn }) => [id, fn]),
      [['call_a', { name: 'get_weather', arguments: '{"city":"Oslo"}' }]],
    )
    assert.deepEqual([told?.role, told?.tool_call_id, told?.content], ['tool', 'call_a', 'sunny in Oslo'])
  }
})

test('arguments that are no JSON are an invalid call, and go back as they came', async () => {
  provide({
    body: [
      toolDelta({ index: 0, id: 'call_a', name: 'get_weather', arguments: '{"city":' }),
      finish('tool_calls'),
      done,
    ],
  })
  const answer = await model().bindTools([getWeather]).invoke('Weather?')
  assert.deepEqual([answer.tool_calls, answer.invalid_tool_calls?.[0]?.args], [[], '{"city":'])
  provide(textAnswer('Again, please.'))
  await model().invoke([
    new HumanMessage('Weather?'),
    answer,
    new ToolMessage({ tool_call_id: 'call_a', content: 'No JSON' }),
  ])
  assert.match(JSON.stringify(asked()[0]?.messages[1]), /\{\\"city\\":"/)
})

test('signatures of thinking and of calls go back as they came', async () => {
  provide([chunk(signedCall.delta), finish('tool_calls'), done], textAnswer('Sunny.'))
  let called: AIMessageChunk | undefined
  for await (const piece of await model().bindTools([getWeather]).stream('Weather?'))
    called = called?.concat(piece) ?? piece
  assert.ok(called)
  const result = new ToolMessage({ tool_call_id: 'call_a', content: 'sunny' })
  await model().invoke([new HumanMessage('Weather?'), called, result])
  const said = JSON.stringify(asked()[1])
  for (const signature of signedCall.signatures) assert.ok(said.includes(signature))
})

const Dog = z.object({ name: z.string(), age: z.number().nullable() }).describe('A dog')

test('an answer has the shape of a schema, by response format and by a tool', async () => {
  provide(textAnswer('{"name":"Rex",', '"age":null}'))
  assert.deepEqual(await model().withStructuredOutput(Dog, { name: 'dog' }).invoke('A dog'), { name: 'Rex', age: null })
  const format = asked()[0]?.response_format as { type: string; json_schema: { name: string; description: string } }
  assert.deepEqual([format.type, format.json_schema.name], ['json_schema', 'dog'])

  provide({
    body: [
      toolDelta({ index: 0, id: 'c', name: 'dog', arguments: '{"name":"Rex","age":3}' }),
      finish('tool_calls'),
      done,
    ],
  })
  const byTool = model().withStructuredOutput(Dog, { name: 'dog', method: 'functionCalling', includeRaw: true })
  const { raw, parsed } = await byTool.invoke('A dog')
  assert.deepEqual([parsed, raw.getType()], [{ name: 'Rex', age: 3 }, 'ai'])
  assert.deepEqual(asked()[0]?.tool_choice, { type: 'function', function: { name: 'dog' } })

  provide(textAnswer('{"name":1}'))
  await assert.rejects(model().withStructuredOutput(Dog).invoke('A dog'), /parse/i)
})

test('images in every spelling reach the provider', async () => {
  provide(textAnswer('A dot.'))
  const data = 'iVBORw0KGgo='
  const content = [
    { type: 'text', text: 'What is it?' },
    { type: 'image_url', image_url: { url: `data:image/png;base64,${data}`, detail: 'low' } },
    { type: 'image', data, mimeType: 'image/png' },
    { type: 'image', source_type: 'base64', mime_type: 'image/png', data },
    { type: 'image', url: 'https://example.com/a.png' },
  ]
  await model().invoke([new HumanMessage({ content })])
  const parts = asked()[0]?.messages[0]?.content as { type: string; image_url?: { url: string; detail?: string } }[]
  assert.deepEqual(
    parts.map(({ type, image_url }) => image_url?.url ?? type),
    ['text', ...Array(3).fill(`data:image/png;base64,${data}`), 'https://example.com/a.png'],
  )
  assert.equal(parts[1]?.image_url?.detail, 'low')
  const video = new HumanMessage({ content: [{ type: 'video', url: 'https://example.com/a.mp4' }] })
  await assert.rejects(model().invoke([video]), /content block of type "video"/)
})

test('a batch asks for every input', async () => {
  provide(textAnswer('Hello'))
  const batch = await model({ maxConcurrency: 2 }).batch(['a', 'b', 'c'])
  assert.deepEqual(
    batch.map(({ text }) => text),
    ['Hello', 'Hello', 'Hello'],
  )
  assert.equal(asked().length, 3)
})

test('an abort ends the call at the provider', async () => {
  provide({
    body: (async function* () {
      yield chunk({ content: 'One' })
      await silence
    })(),
  })
  const controller = new AbortController()
  await assert.rejects(async () => {
    for await (const _ of await model().stream('Hi', { signal: controller.signal })) controller.abort()
  })
  await sidecar.lastClosed()
  await assert.rejects(model().invoke('Hi', { signal: AbortSignal.abort() }))
})

test('failures are the errors of the client, retried as the client does', async () => {
  const busy = { status: 503, body: '{"error":{"message":"busy"}}', headers: { 'retry-after': '0' } }
  provide(busy, textAnswer('Now.'))
  assert.equal((await model().invoke('Hi')).text, 'Now.')
  provide(busy)
  await assert.rejects(model({ maxRetries: 0 }).invoke('Hi'), { code: 'provider_error', reason: 'unavailable' })
  assert.equal(asked().length, 1)
  provide({ body: [chunk({ content: 'Half' }), reset] })
  const pieces: string[] = []
  await assert.rejects(
    async () => {
      for await (const { text } of await model().stream('Hi')) pieces.push(text)
    },
    (error) => error instanceof DaprChatError && error.code === 'stream_interrupted',
  )
  assert.deepEqual(pieces, ['Half'])
})

test('traces are told what was asked', () => {
  const chat = model({ temperature: 0.5, model: 'gpt-x' })
  assert.deepEqual(chat.getLsParams({ stop: ['END'] }), {
    ls_provider: 'dapr',
    ls_model_type: 'chat',
    ls_model_name: 'gpt-x',
    ls_temperature: 0.5,
    ls_stop: ['END'],
  })
  const { component, temperature } = chat.invocationParams()
  assert.deepEqual([component, temperature], ['gpt', 0.5])
})
