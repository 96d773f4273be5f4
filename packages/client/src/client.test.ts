import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { ConversationEvent } from '@dapr-chat/protocol'
import {
  answerJson,
  beginEvents,
  type FakeSidecar,
  frame,
  startFakeSidecar,
  wordsAsFrames,
} from '../testing/fake-sidecar.ts'
import { batches, scriptedTransport, stop, text } from '../testing/scripted-transport.ts'
import {
  AbortedError,
  ComponentNotFoundError,
  DaprChatClient,
  InvalidRequestError,
  ProviderError,
  SidecarUnavailableError,
  TimeoutError,
} from './index.ts'

function clientOf(sidecar: FakeSidecar, component = 'echo'): DaprChatClient {
  return new DaprChatClient({ component, endpoint: { http: sidecar.url } })
}

const output = (content: string, more: object = {}) => ({
  choices: [{ finishReason: 'stop', message: { content } }],
  ...more,
})

/** Runs with one variable of the environment set. */
async function withVariable<T>(name: string, value: string, run: () => T | Promise<T>): Promise<T> {
  const before = process.env[name]
  process.env[name] = value
  try {
    return await run()
  } finally {
    if (before === undefined) delete process.env[name]
    else process.env[name] = before
  }
}

test('generate asks the plain Dapr route and returns the shape of OpenAI', async () => {
  await using sidecar = await startFakeSidecar((response) =>
    answerJson(response, {
      outputs: [
        output('user message', { model: 'gpt', usage: { completionTokens: '2', promptTokens: '2', totalTokens: '4' } }),
      ],
    }),
  )
  const result = await clientOf(sidecar).generate([{ role: 'user', content: 'user message' }], { contextId: 'ctx' })
  assert.equal(result.object, 'chat.completion')
  assert.match(result.id, /^chatcmpl-/)
  assert.equal(result.choices[0].message.content, 'user message')
  assert.equal(result.choices[0].index, 0)
  assert.equal(result.choices[0].finish_reason, 'stop')
  assert.equal(result.model, 'gpt')
  assert.deepEqual(result.usage, { prompt_tokens: 2, completion_tokens: 2, total_tokens: 4 })
  assert.equal(result.text, 'user message')
  assert.equal(result.finishReason, 'stop')
  assert.deepEqual(result.messages, [{ role: 'assistant', content: 'user message' }])
  assert.equal(result.contextId, 'ctx')
  assert.equal(result.metrics.streaming, 'none')
  assert.equal(result.metrics.contentLength, 12)
  assert.deepEqual(result.warnings, [])
  assert.equal(sidecar.requests[0]?.headers.accept, 'application/json')
  assert.equal(sidecar.requests.length, 1)
})

test('what was not reported is absent', async () => {
  await using sidecar = await startFakeSidecar((response) => answerJson(response, { outputs: [output('a')] }))
  const result = await clientOf(sidecar).generate('hi')
  assert.equal('usage' in result, false)
  assert.equal('model' in result, false)
  assert.equal('contextId' in result, false)
})

test('several outputs are one answer, and their different counts are added', async () => {
  const call = { id: 'c1', function: { name: 'f', arguments: '{}' } }
  await using sidecar = await startFakeSidecar((response) =>
    answerJson(response, {
      outputs: [
        output('Let me look.', { usage: { promptTokens: '1', completionTokens: '2', totalTokens: '3' } }),
        {
          choices: [{ finishReason: 'tool_calls', message: { toolCalls: [call] } }],
          usage: {
            promptTokens: '2',
            completionTokens: '5',
            totalTokens: '7',
            promptTokensDetails: { cachedTokens: '8' },
          },
        },
      ],
    }),
  )
  const result = await clientOf(sidecar).generate('hi')
  assert.equal(result.text, 'Let me look.')
  assert.deepEqual(result.toolCalls, [{ type: 'function', ...call }])
  assert.equal(result.finishReason, 'tool_calls')
  assert.deepEqual(result.usage, {
    prompt_tokens: 3,
    completion_tokens: 7,
    total_tokens: 10,
    prompt_tokens_details: { cached_tokens: 8 },
  })
})

test('every option is in the request', async () => {
  await using sidecar = await startFakeSidecar((response, { path }) =>
    answerJson(
      response,
      path === '/v1.0/metadata' ? { extended: { daprChatVersion: '0.1.0' } } : { outputs: [output('a')] },
    ),
  )
  await clientOf(sidecar).generate(
    [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'look' },
          { type: 'image', data: 'https://example.com/a.png' },
        ],
      },
    ],
    {
      component: 'gpt',
      contextId: 'ctx',
      metadata: { k: 'v' },
      temperature: 0.3,
      maxTokens: 50,
      model: 'gpt-5',
      tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }, { name: 'g' }],
      toolChoice: { tool: 'f' },
      responseFormat: { type: 'json_schema', json_schema: { name: 'dog', schema: { type: 'object' } } },
      promptCacheRetentionMs: 1500,
      parameters: { top_p: 0.5 },
      scrubPii: true,
      headers: { traceparent: 'x' },
    },
  )
  const [, seen] = sidecar.requests
  assert.equal(seen?.path, '/v1.0-alpha2/conversation/gpt/converse')
  assert.equal(seen?.headers.traceparent, 'x')
  assert.deepEqual(JSON.parse(seen?.body ?? ''), {
    name: 'gpt',
    contextId: 'ctx',
    inputs: [
      {
        messages: [
          { ofSystem: { content: [{ text: 'Be brief.' }] } },
          { ofUser: { content: [{ text: 'look' }, { image: { url: 'https://example.com/a.png' } }] } },
        ],
        scrubPii: true,
      },
    ],
    parameters: { top_p: { '@type': 'type.googleapis.com/google.protobuf.DoubleValue', value: 0.5 } },
    metadata: { k: 'v' },
    scrubPii: true,
    temperature: 0.3,
    tools: [{ function: { name: 'f', parameters: { type: 'object' } } }, { function: { name: 'g' } }],
    toolChoice: 'f',
    responseFormat: { type: 'object', name: 'dog' },
    promptCacheRetention: '1.500s',
    maxTokens: 50,
    model: 'gpt-5',
  })
})

test('defaults of the client hold where a call says nothing', async () => {
  const transport = scriptedTransport({ events: () => batches([text('a'), stop]) })
  const client = new DaprChatClient({ component: 'echo', transport, defaults: { temperature: 0.2, contextId: 'd' } })
  await client.generate('hi', { contextId: 'c' })
  assert.equal(transport.calls[0]?.request.temperature, 0.2)
  assert.equal(transport.calls[0]?.request.contextId, 'c')
})

test('the component is that of the call, the client, the environment, or the only one there is', async () => {
  const only = () => scriptedTransport({ events: () => batches([text('a'), stop]), components: ['single'] })
  const asked = async (options: { component?: string }, call: { component?: string } = {}) => {
    const transport = only()
    await new DaprChatClient({ transport, ...options }).generate('hi', call)
    return transport.calls[0]?.component
  }
  await withVariable('DAPR_LLM_COMPONENT_DEFAULT', 'from-env', async () => {
    assert.equal(await asked({ component: 'mine' }, { component: 'this' }), 'this')
    assert.equal(await asked({ component: 'mine' }), 'mine')
    assert.equal(await asked({}), 'from-env')
  })
  await withVariable('DAPR_LLM_COMPONENT_DEFAULT', '', async () => assert.equal(await asked({}), 'single'))
})

test('several components, or none, are no choice', async () => {
  const client = (components: readonly string[]) =>
    new DaprChatClient({ transport: scriptedTransport({ events: () => batches([stop]), components }) })
  await withVariable('DAPR_LLM_COMPONENT_DEFAULT', '', async () => {
    await assert.rejects(client(['echo', 'openai']).generate('hi'), (error) => {
      return error instanceof InvalidRequestError && /several: echo, openai$/.test(error.message)
    })
    await assert.rejects(client([]).generate('hi'), (error) => {
      return error instanceof InvalidRequestError && /no conversation component/.test(error.message)
    })
  })
})

test('components lists what converses, and nothing else', async () => {
  const components = [
    { name: 'echo', type: 'conversation.echo', version: 'v1' },
    { name: 'store', type: 'state.redis', version: 'v1' },
  ]
  await using sidecar = await startFakeSidecar((response) => answerJson(response, { id: 'app', components }))
  assert.deepEqual(await clientOf(sidecar).components(), components.slice(0, 1))
})

test('making a client opens no socket, and a sidecar that is not there is named with the way to start one', async () => {
  const client = new DaprChatClient({ component: 'echo', endpoint: { http: 'http://127.0.0.1:1' }, retry: false })
  for (const ask of [
    () => client.generate('hi'),
    () => client.generateStream('hi').result,
    () => client.components(),
  ]) {
    await assert.rejects(ask, (error) => {
      assert.ok(error instanceof SidecarUnavailableError)
      assert.match(error.message, /http:\/\/127\.0\.0\.1:1:/)
      assert.match(error.hint ?? '', /npx dapr-chat serve/)
      return true
    })
  }
})

test('an unknown component is named with those that exist, and asked for once', async () => {
  await using sidecar = await startFakeSidecar((response, { path }) => {
    if (path === '/v1.0/metadata') {
      return answerJson(response, { components: [{ name: 'echo', type: 'conversation.echo', version: 'v1' }] })
    }
    const message = 'failed finding conversation component nope'
    answerJson(response, { errorCode: 'ERR_CONVERSATION_NOT_FOUND', message }, 400)
  })
  await assert.rejects(clientOf(sidecar, 'nope').generate('hi'), (error) => {
    assert.ok(error instanceof ComponentNotFoundError)
    assert.deepEqual(error.available, ['echo'])
    assert.equal(error.component, 'nope')
    assert.match(error.hint ?? '', /echo/)
    return true
  })
  assert.equal(sidecar.requests.filter(({ method }) => method === 'POST').length, 1)
})

test('what the sidecar finds wrong is an InvalidRequestError', async () => {
  await using sidecar = await startFakeSidecar((response) => {
    const message = 'failed conversing with component echo: invalid params: message type cannot be nil'
    answerJson(response, { errorCode: 'ERR_CONVERSATION_INVALID_PARMS', message }, 400)
  })
  await assert.rejects(
    clientOf(sidecar).converse({ inputs: [{ messages: [{ invalidField: {} }] }] }),
    (error) => error instanceof InvalidRequestError && error.message === 'invalid params: message type cannot be nil',
  )
})

test('a provider that refuses the key is told apart, and asked once', async () => {
  await using sidecar = await startFakeSidecar((response) => {
    const message = 'failed conversing with component gpt: API returned 401: invalid api key'
    answerJson(response, { errorCode: 'ERR_CONVERSATION_INVOKE', message }, 500)
  })
  await assert.rejects(clientOf(sidecar, 'gpt').generate('hi'), (error) => {
    assert.ok(error instanceof ProviderError)
    assert.deepEqual([error.reason, error.retryable, error.component], ['auth', false, 'gpt'])
    return true
  })
  assert.equal(sidecar.requests.length, 1)
})

test('a token that the sidecar does not take is explained', async () => {
  await using sidecar = await startFakeSidecar((response) => {
    response.writeHead(401, { 'content-type': 'text/plain' }).end('invalid api token\n')
  })
  await assert.rejects(clientOf(sidecar).generate('hi'), (error) => {
    return error instanceof InvalidRequestError && /DAPR_API_TOKEN/.test(error.hint ?? '')
  })
})

test('timeoutMs and the signal end a call that waits, and close its connection', async () => {
  await using sidecar = await startFakeSidecar(() => {})
  const client = clientOf(sidecar)
  await assert.rejects(client.generate('hi', { timeoutMs: 30 }), (error) => {
    return error instanceof TimeoutError && error.retryable && /timeoutMs of 30/.test(error.message)
  })
  const reason = new Error('enough')
  const controller = new AbortController()
  setTimeout(() => controller.abort(reason), 20)
  await assert.rejects(client.generate('hi', { signal: controller.signal }), (error) => {
    return error instanceof AbortedError && error.cause === reason
  })
  await assert.rejects(client.generate('hi', { signal: AbortSignal.abort(reason) }), AbortedError)
  assert.equal(sidecar.requests.length, 2)
  for (const request of sidecar.requests) await request.closed
})

for (const way of ['break', 'cancel', 'signal'] as const) {
  test(`leaving a stream by ${way} closes the connection to the sidecar at once`, async () => {
    await using sidecar = await startFakeSidecar((response) => {
      beginEvents(response)
      response.write(frame({ delta: { content: 'half' } }))
    })
    const controller = new AbortController()
    const stream = clientOf(sidecar).generateStream('hi', { signal: controller.signal })
    const reading = (async () => {
      for await (const _ of stream) {
        if (way === 'break') break
        // Later, while the loop waits for the next piece.
        setTimeout(() => (way === 'cancel' ? stream.cancel() : controller.abort()), 5)
      }
    })()
    if (way === 'break') await reading
    else await assert.rejects(reading, AbortedError)
    assert.equal(await Promise.race([sidecar.requests[0]?.closed.then(() => 'closed'), delay(500, 'open')]), 'closed')
    assert.equal(stream.partial.text, 'half')
  })
}

test('a stream arrives token by token', async () => {
  await using sidecar = await startFakeSidecar(async (response) => {
    beginEvents(response)
    for (const content of ['Hello ', 'streaming ', 'world!']) {
      response.write(frame({ delta: { content } }))
      await delay(20)
    }
    response.end(wordsAsFrames([], { promptTokens: '1', completionTokens: '3', totalTokens: '4' }))
  })
  const stream = clientOf(sidecar).generateStream('hi')
  const times: number[] = []
  for await (const chunk of stream) if (chunk.choices[0]?.delta.content) times.push(performance.now())
  assert.equal(times.length, 3)
  assert.ok((times[2] ?? 0) - (times[0] ?? 0) > 20)
  assert.equal(await stream.mode, 'native')
  const result = await stream.result
  assert.equal(result.text, 'Hello streaming world!')
  assert.deepEqual(result.usage, { prompt_tokens: 1, completion_tokens: 3, total_tokens: 4 })
  assert.ok((result.metrics.timeToFirstChunkMs ?? Infinity) < result.metrics.durationMs)
})

test('a runtime that turned out not to stream is passed over where another source can', async () => {
  await using sidecar = await startFakeSidecar((response) => answerJson(response, { outputs: [output('whole')] }))
  await using provider = await startFakeSidecar((response) => {
    beginEvents(response)
    const chunk = { id: 'x', model: 'm', choices: [{ index: 0, delta: { content: 'direct' }, finish_reason: 'stop' }] }
    response.end(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`)
  })
  const client = new DaprChatClient({
    component: 'echo',
    endpoint: { http: sidecar.url },
    streamSources: [{ kind: 'native' }, { kind: 'direct', baseURL: `${provider.url}/v1`, model: 'm' }],
  })
  const ask = async () => {
    const stream = client.generateStream('hi')
    return [(await stream.result).text, await stream.mode]
  }
  // The whole answer is there already, so it is used; from then on the other source is asked.
  assert.deepEqual(await ask(), ['whole', 'simulated'])
  assert.deepEqual(await ask(), ['direct', 'direct'])
  assert.equal((await client.generate('hi')).text, 'whole')
})

test('generate with streaming "require" reads a stream to its end', async () => {
  const transport = scriptedTransport({ events: () => batches([text('a')], [text('b'), stop]) })
  const result = await new DaprChatClient({ component: 'echo', transport }).generate('hi', { streaming: 'require' })
  assert.equal(result.text, 'ab')
  assert.equal(result.metrics.streaming, 'native')
})

test('converse sends and returns Dapr JSON as it is', async () => {
  const answer = { contextId: 'c', outputs: [output('a')] }
  await using sidecar = await startFakeSidecar((response) => answerJson(response, answer))
  const request = { name: 'other', contextId: 'c', inputs: [{ messages: [{ ofUser: { content: [{ text: 'hi' }] } }] }] }
  assert.deepEqual(await clientOf(sidecar).converse(request), answer)
  assert.equal(sidecar.requests[0]?.path, '/v1.0-alpha2/conversation/other/converse')
  assert.deepEqual(JSON.parse(sidecar.requests[0]?.body ?? ''), request)
})

test('ready waits until the sidecar is up, and gives up in time', async () => {
  let looks = 0
  await using sidecar = await startFakeSidecar((response, { path }) => {
    if (path === '/v1.0/metadata') return answerJson(response, { id: 'app', runtimeVersion: '1.18.0' })
    looks++
    if (looks === 1)
      return answerJson(response, { errorCode: 'ERR_OUTBOUND_HEALTH_NOT_READY', message: 'not yet' }, 500)
    response.writeHead(204).end()
  })
  const info = await clientOf(sidecar).ready({ timeoutMs: 5_000 })
  assert.equal(looks, 2)
  assert.deepEqual([info.id, info.runtimeVersion], ['app', '1.18.0'])
  const nobody = new DaprChatClient({ endpoint: { http: 'http://127.0.0.1:1' } })
  await assert.rejects(nobody.ready({ timeoutMs: 50 }), SidecarUnavailableError)
  await assert.rejects(nobody.ready({ signal: AbortSignal.timeout(20) }), AbortedError)
})

test('one client serves many calls at once', async () => {
  const transport = scriptedTransport({
    async *events({ request }): AsyncGenerator<readonly ConversationEvent[]> {
      await delay(5)
      const [part] = request.messages[0]?.content ?? []
      yield [text(part?.type === 'text' ? part.text : ''), stop]
    },
  })
  await using client = new DaprChatClient({ component: 'echo', transport })
  const inputs = Array.from({ length: 50 }, (_, index) => `question ${index}`)
  const answers = await Promise.all(inputs.map((input) => client.generate(input)))
  assert.deepEqual(
    answers.map((answer) => answer.text),
    inputs,
  )
  assert.equal(new Set(answers.map(({ id }) => id)).size, 50)
})
