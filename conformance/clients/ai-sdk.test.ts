/** The AI SDK, its current major version and the one before, on our provider against the sidecar. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createDapr } from '@dapr-chat/client/ai-sdk'
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
import * as ai7 from 'ai'
import * as ai6 from 'ai-v6'
import { z } from 'zod'
import { answeringSidecar, signedCall, type WireMessage } from './answering-sidecar.ts'

// Its warnings are asserted here.
Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false })

const sidecar = await answeringSidecar()
const { provide, asked } = sidecar
const dapr = createDapr({ endpoint: { http: sidecar.http } })

after(async () => {
  await dapr[Symbol.asyncDispose]()
  await sidecar[Symbol.asyncDispose]()
})

/** The messages that reached the provider with one call of this test. */
function messagesOf(call: number): readonly WireMessage[] {
  return asked()[call]?.messages ?? []
}

const weather = {
  description: 'Current weather',
  inputSchema: z.object({ city: z.string() }),
  execute: ({ city }: { city: string }) => `sunny in ${city}`,
}

const weatherCalls: ScriptedAnswer = {
  body: [
    chunk({ reasoning_content: 'Two cities.' }),
    toolDelta({ index: 0, id: 'call_a', name: 'get_weather', arguments: '{"city":' }),
    toolDelta({ index: 0, arguments: '"Oslo"}' }),
    toolDelta({ index: 1, id: 'call_b', name: 'get_weather', arguments: '{"city":"Rome"}' }),
    finish('tool_calls'),
    usage(10, 4),
    done,
  ],
}

// What is used here is the same in both; each gets the provider that its users give it.
const majors = [
  { name: 'ai 7', ai: ai7, model: (component = 'gpt') => dapr(component) },
  {
    name: 'ai 6',
    ai: ai6 as unknown as typeof ai7,
    model: (component = 'gpt') => dapr.v3(component),
  },
]

for (const { name, ai, model } of majors) {
  const { generateText, streamText, tool, stepCountIs, Output } = ai

  test(`${name}: a text streams, with its thinking, its finish reason and its tokens`, async () => {
    const details = {
      prompt_tokens_details: { cached_tokens: 2 },
      completion_tokens_details: { reasoning_tokens: 1 },
    }
    const texts = ['Dapr ', 'streams ', 'now'].map((content) => chunk({ content }))
    provide({ body: [chunk({ reasoning_content: 'Hm.' }), ...texts, finish('stop'), usage(5, 4, details), done] })
    const result = streamText({ model: model(), prompt: 'Does it?', temperature: 0.5, maxOutputTokens: 99, topP: 0.9 })
    const pieces: string[] = []
    for await (const text of result.textStream) pieces.push(text)
    assert.deepEqual(pieces, ['Dapr ', 'streams ', 'now'])
    assert.equal(await result.finishReason, 'stop')
    assert.equal(await result.reasoningText, 'Hm.')
    const { inputTokens, outputTokens, totalTokens, inputTokenDetails, outputTokenDetails } = await result.usage
    assert.deepEqual([inputTokens, outputTokens, totalTokens], [5, 4, 9])
    assert.deepEqual([inputTokenDetails.cacheReadTokens, inputTokenDetails.noCacheTokens], [2, 3])
    assert.deepEqual([outputTokenDetails.reasoningTokens, outputTokenDetails.textTokens], [1, 3])
    const { id, modelId } = await result.response
    assert.deepEqual([id, modelId], ['chatcmpl-1', 'scripted-1'])
    assert.deepEqual(await result.warnings, [])
    const [request] = asked()
    assert.ok(request)
    const { messages, temperature, max_completion_tokens, max_tokens, top_p } = request
    assert.deepEqual(messages, [{ role: 'user', content: 'Does it?' }])
    assert.deepEqual([temperature, max_completion_tokens ?? max_tokens, top_p], [0.5, 99, 0.9])
  })

  test(`${name}: a text is generated`, async () => {
    provide(textAnswer('Hello', ' world'))
    const { text, usage, finishReason, response } = await generateText({ model: model(), prompt: 'Hi' })
    assert.deepEqual([text, finishReason, response.modelId], ['Hello world', 'stop', 'scripted-1'])
    assert.deepEqual([usage.inputTokens, usage.outputTokens], [3, 2])
  })

  test(`${name}: tools run in a loop, and their results go back`, async () => {
    const settings = {
      model: model(),
      prompt: 'Weather?',
      tools: { get_weather: tool(weather) },
      stopWhen: stepCountIs(3),
    }
    for (const run of [generateText, streamText] as const) {
      provide(weatherCalls, textAnswer('Sunny in both.'))
      const result = await run(settings)
      assert.equal(await result.text, 'Sunny in both.')
      assert.equal((await result.steps).length, 2)
      assert.equal(asked()[0]?.tools?.[0]?.function.name, 'get_weather')
      const [, assistant, ...results] = messagesOf(1)
      assert.deepEqual(
        assistant?.tool_calls?.map(({ id, function: called }) => [id, called]),
        [
          ['call_a', { name: 'get_weather', arguments: '{"city":"Oslo"}' }],
          ['call_b', { name: 'get_weather', arguments: '{"city":"Rome"}' }],
        ],
      )
      assert.deepEqual(
        results.map(({ role, tool_call_id, content }) => [role, tool_call_id, content]),
        [
          ['tool', 'call_a', 'sunny in Oslo'],
          ['tool', 'call_b', 'sunny in Rome'],
        ],
      )
    }
  })

  test(`${name}: the parts of a stream have blocks with a beginning and an end, in order`, async () => {
    provide(weatherCalls)
    const { stream } = await model().doStream({ prompt: [{ role: 'user', content: [{ type: 'text', text: 'W?' }] }] })
    const types: string[] = []
    for await (const part of stream) types.push('id' in part ? `${part.type} ${part.id}` : part.type)
    assert.deepEqual(types, [
      'stream-start',
      'response-metadata chatcmpl-1',
      'reasoning-start 0',
      'reasoning-delta 0',
      'reasoning-end 0',
      'tool-input-start call_a',
      'tool-input-delta call_a',
      'tool-input-delta call_a',
      'tool-input-start call_b',
      'tool-input-delta call_b',
      'tool-input-end call_a',
      'tool-call',
      'tool-input-end call_b',
      'tool-call',
      'finish',
    ])
  })

  test(`${name}: signatures of thinking and of calls go back as they came`, async () => {
    provide([chunk(signedCall.delta), finish('tool_calls'), done], textAnswer('Sunny.'))
    const result = streamText({
      model: model(),
      prompt: 'Weather?',
      tools: { get_weather: tool(weather) },
      stopWhen: stepCountIs(2),
    })
    assert.equal(await result.text, 'Sunny.')
    const said = JSON.stringify(asked()[1])
    for (const signature of signedCall.signatures) assert.ok(said.includes(signature))
  })

  test(`${name}: an answer has the shape of a schema`, async () => {
    const schema = z.object({ name: z.string(), age: z.number().nullable() })
    provide(textAnswer('{"name":"Rex",', '"age":null}'))
    const { output } = await generateText({ model: model(), prompt: 'A dog', output: Output.object({ schema }) })
    assert.deepEqual(output, { name: 'Rex', age: null })
    const { object } = await ai.generateObject({ model: model(), prompt: 'A dog', schema })
    assert.deepEqual(object, { name: 'Rex', age: null })
    for (const { response_format } of asked()) {
      const { type, json_schema } = response_format as { type: string; json_schema: { schema: { required: unknown } } }
      assert.deepEqual([type, json_schema.schema.required], ['json_schema', ['name', 'age']])
    }
  })

  test(`${name}: an image and a document reach the provider`, async () => {
    provide(textAnswer('A dot.'))
    const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    await generateText({
      model: model(),
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is it?' },
            { type: 'file', data: png, mediaType: 'image/png' },
            { type: 'file', data: new Uint8Array([1]), mediaType: 'application/pdf', filename: 'a.pdf' },
          ],
        },
      ],
    })
    const content = messagesOf(0)[0]?.content as { type: string }[] | undefined
    assert.deepEqual(
      content?.map(({ type }) => type),
      ['text', 'image_url', 'file'],
    )
    assert.match(JSON.stringify(content), /data:image\/png;base64,iVBORw0KGgo=/)
  })

  test(`${name}: the AI SDK asks again where that can help, and says why it failed`, async () => {
    const busy = { status: 503, body: '{"error":{"message":"busy"}}', headers: { 'retry-after': '0' } }
    provide(busy, textAnswer('Now.'))
    assert.equal(await streamText({ model: model(), prompt: 'Hi' }).text, 'Now.')
    assert.equal(asked().length, 2)

    provide({ status: 401, body: '{"error":{"message":"no such key"}}' })
    await assert.rejects(generateText({ model: model(), prompt: 'Hi' }), (error: unknown) => {
      assert.ok(ai.APICallError.isInstance(error))
      assert.deepEqual([error.statusCode, error.isRetryable], [401, false])
      assert.match(error.message, /no such key/)
      return true
    })
    assert.equal(asked().length, 1)
    await assert.rejects(generateText({ model: model('nope'), prompt: 'Hi' }), (error: unknown) => {
      assert.ok(ai.APICallError.isInstance(error))
      assert.equal(error.statusCode, 404)
      return true
    })
  })

  test(`${name}: an answer that breaks off is an error in the stream, after what had arrived`, async () => {
    provide({ body: [chunk({ content: 'Half' }), reset] })
    const errors: unknown[] = []
    const result = streamText({ model: model(), prompt: 'Hi', onError: ({ error }) => void errors.push(error) })
    const pieces: string[] = []
    for await (const text of result.textStream) pieces.push(text)
    assert.deepEqual(pieces, ['Half'])
    const [error] = errors
    assert.ok(ai.APICallError.isInstance(error))
    assert.equal(error.isRetryable, false)
    assert.equal(asked().length, 1)
  })

  test(`${name}: an abort ends the call at the provider`, async () => {
    provide({
      body: (async function* () {
        yield chunk({ content: 'One' })
        await silence
      })(),
    })
    const controller = new AbortController()
    let aborted = false
    const { textStream } = streamText({
      model: model(),
      prompt: 'Hi',
      abortSignal: controller.signal,
      onAbort: () => {
        aborted = true
      },
    })
    for await (const _ of textStream) controller.abort()
    assert.ok(aborted)
    await sidecar.lastClosed()
    await assert.rejects(generateText({ model: model(), prompt: 'Hi', abortSignal: AbortSignal.abort() }), {
      name: 'AbortError',
    })
  })

  test(`${name}: what the AI SDK has no word for goes by providerOptions, and what nobody knows is a warning`, async () => {
    provide(textAnswer('Hi'))
    const { warnings } = await generateText({
      model: model(),
      prompt: 'Hi',
      providerOptions: { dapr: { model: 'other', parameters: { user: 'ann' }, colour: 'red' } },
    })
    assert.deepEqual(warnings, [{ type: 'unsupported', feature: 'providerOptions.dapr.colour' }])
    assert.deepEqual([asked()[0]?.model, asked()[0]?.user], ['other', 'ann'])
  })
}

test('ai 7: the effort of thinking reaches the provider', async () => {
  provide(textAnswer('Hi'))
  await ai7.generateText({ model: dapr('gpt'), prompt: 'Hi', reasoning: 'high' })
  assert.equal(asked()[0]?.reasoning_effort, 'high')
})

test('both registries of providers take ours', async () => {
  provide(textAnswer('Hi'))
  const current = ai7.createProviderRegistry({ dapr })
  assert.equal((await ai7.generateText({ model: current.languageModel('dapr:gpt'), prompt: 'Hi' })).text, 'Hi')
  assert.equal((await ai6.generateText({ model: dapr.v3('gpt'), prompt: 'Hi' })).text, 'Hi')
  const previous = ai6.createProviderRegistry({ dapr: dapr.v3 })
  assert.equal((await ai6.generateText({ model: previous.languageModel('dapr:gpt'), prompt: 'Hi' })).text, 'Hi')
})
