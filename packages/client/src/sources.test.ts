import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { ConversationError } from '@dapr-chat/protocol'
import { answerJson, beginEvents, type FakeSidecar, startFakeSidecar, wordsAsFrames } from '../testing/fake-sidecar.ts'
import { batches, scriptedTransport, stop, text } from '../testing/scripted-transport.ts'
import { answerInvokeError, startStockDaprd } from '../testing/stock-daprd.ts'
import {
  type ClientOptions,
  ComponentNotFoundError,
  DaprChatClient,
  InvalidRequestError,
  ProviderError,
  RuntimeVersionError,
  SidecarUnavailableError,
  StreamInterruptedError,
  TimeoutError,
  UnsupportedFeatureError,
} from './index.ts'

const fast = { minDelayMs: 1 }

function clientOf(sidecar: FakeSidecar, options: ClientOptions = {}): DaprChatClient {
  return new DaprChatClient({ component: 'echo', endpoint: { http: sidecar.url }, retry: fast, ...options })
}

const chunk = (content: string, finish: string | null = null) =>
  `data: ${JSON.stringify({ id: 'x', model: 'm', choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`

/** A server of OpenAI's chat API that streams these words. */
async function startChatServer(words: readonly string[], pauseMs = 0): Promise<FakeSidecar> {
  return startFakeSidecar(async (response) => {
    beginEvents(response)
    for (const word of words) {
      response.write(chunk(word))
      await delay(pauseMs)
    }
    response.end(`${chunk('', 'stop')}data: [DONE]\n\n`)
  })
}

const conversations = (sidecar: FakeSidecar) => sidecar.requests.filter(({ path }) => path.includes('/conversation/'))

// ---- a stock daprd

test('a stock daprd answers a stream in whole: it is shown as one, and says so', async () => {
  await using daprd = await startStockDaprd()
  const client = clientOf(daprd)
  const stream = client.generateStream('user message')
  const texts: string[] = []
  for await (const piece of stream.textStream) texts.push(piece)
  assert.deepEqual(texts, ['user message'])
  assert.equal(await stream.mode, 'simulated')
  const result = await stream.result
  assert.deepEqual(result.usage, { prompt_tokens: 2, completion_tokens: 2, total_tokens: 4 })
  assert.equal(result.choices[0].index, 0)
  assert.equal(result.metrics.streaming, 'simulated')
  assert.deepEqual(
    result.warnings.map(({ code }) => code),
    ['simulated_stream'],
  )
  assert.match(result.warnings[0]?.message ?? '', /native: it answered in whole/)
})

test('that a stock daprd does not stream is found out once', async () => {
  await using daprd = await startStockDaprd()
  const client = clientOf(daprd)
  for (let round = 0; round < 3; round++) assert.equal((await client.generateStream('hi').result).text, 'hi')
  const accepts = conversations(daprd).map(({ headers }) => headers.accept)
  assert.deepEqual(accepts, ['text/event-stream', 'application/json', 'application/json'])
  await assert.rejects(client.generateStream('hi', { streaming: 'require' }).result, (error) => {
    return error instanceof UnsupportedFeatureError && /native: it answered in whole$/.test(error.message)
  })
  assert.equal(conversations(daprd).length, 3)
})

test('streaming "require" is refused by a stock daprd from the first call on', async () => {
  await using daprd = await startStockDaprd()
  await assert.rejects(clientOf(daprd).generateStream('hi', { streaming: 'require' }).result, UnsupportedFeatureError)
})

test('the messages of a conversation with tools go to a stock daprd and come back', async () => {
  await using daprd = await startStockDaprd()
  const client = clientOf(daprd)
  const call = { id: 'call_123', type: 'function', function: { name: 'test_function', arguments: '{"a":1}' } } as const
  const asked = await client.generate([{ role: 'assistant', content: 'assistant message', tool_calls: [call] }])
  assert.equal(asked.finishReason, 'tool_calls')
  assert.deepEqual(asked.toolCalls, [call])
  const answered = await client.generate([
    { role: 'user', content: 'a' },
    { role: 'assistant', content: 'b' },
    { role: 'tool', tool_call_id: 'tool-123', name: 'tool name', content: 'tool message' },
    { role: 'system', content: 'c' },
  ])
  const said = "Tool Response for tool ID 'tool-123' with name 'tool name': tool message"
  assert.equal(answered.text, `a\nb\n${said}\nc`)
})

test('a component that a stock daprd does not have is named with those that it has, and asked for once', async () => {
  await using daprd = await startStockDaprd()
  await assert.rejects(clientOf(daprd, { component: 'nope' }).generate('hi'), (error) => {
    return error instanceof ComponentNotFoundError && error.available.includes('echo')
  })
  assert.equal(conversations(daprd).length, 1)
})

// ---- simulated

for (const [chunk, pieces] of [
  ['word', ['Grüße ', 'an ', '日本 ', '👩‍👩‍👧']],
  ['grapheme', [...'Grüße an 日本 ', '👩‍👩‍👧']],
  ['whole', ['Grüße an 日本 👩‍👩‍👧']],
] as const) {
  test(`a whole answer is shown in pieces of a ${chunk}`, async () => {
    await using daprd = await startStockDaprd()
    const client = clientOf(daprd, { streamSources: [{ kind: 'native' }, { kind: 'simulated', chunk }] })
    const texts: string[] = []
    const stream = client.generateStream('Grüße an 日本 👩‍👩‍👧')
    for await (const piece of stream.textStream) texts.push(piece)
    assert.deepEqual(texts, pieces)
    assert.equal((await stream.result).finishReason, 'stop')
  })
}

test('a client with nothing but a simulated source never asks for a stream', async () => {
  await using daprd = await startStockDaprd()
  const client = clientOf(daprd, { streamSources: [{ kind: 'simulated' }] })
  const stream = client.generateStream('hi')
  assert.equal((await stream.result).text, 'hi')
  assert.equal(await stream.mode, 'simulated')
  assert.equal(conversations(daprd)[0]?.headers.accept, 'application/json')
})

// ---- invoke

test('an invoked application streams through daprd, token by token', async () => {
  await using app = await startChatServer(['Hello ', 'from ', 'afar'], 20)
  await using daprd = await startStockDaprd({ apps: { llm: app.url } })
  const client = clientOf(daprd, {
    apiToken: 'secret',
    streamSources: [{ kind: 'invoke', appId: 'llm' }],
  })
  const stream = client.generateStream('hi', { model: 'gpt', headers: { 'x-a': 'b' } })
  const times: number[] = []
  for await (const _ of stream.textStream) times.push(performance.now())
  assert.equal(await stream.mode, 'invoke')
  assert.equal((await stream.result).text, 'Hello from afar')
  assert.ok((times.at(-1) ?? 0) - (times[0] ?? 0) > 20)
  const [seen] = daprd.requests
  assert.equal(seen?.path, '/v1.0/invoke/llm/method/v1/chat/completions')
  assert.deepEqual([seen?.headers['dapr-api-token'], seen?.headers['x-a']], ['secret', 'b'])
  // On dapr-chat, a model is a component and one of its models.
  assert.equal(JSON.parse(app.requests[0]?.body ?? '').model, 'echo/gpt')
})

test('path and model of an invoked application can be named', async () => {
  await using app = await startChatServer(['a'])
  await using daprd = await startStockDaprd({ apps: { llm: app.url } })
  const streamSources = [{ kind: 'invoke', appId: 'llm', path: '/openai/chat', model: 'gpt' }] as const
  const client = clientOf(daprd, { streamSources })
  await client.generateStream('hi').result
  assert.equal((await client.generate('hi', { model: 'other' })).text, 'a')
  assert.equal(app.requests[0]?.path, '/openai/chat')
  assert.deepEqual(
    app.requests.map(({ body }) => JSON.parse(body).model),
    ['gpt', 'other'],
  )
})

test('leaving an invoked stream closes the connection to the application', async () => {
  await using app = await startFakeSidecar((response) => {
    beginEvents(response)
    response.write(chunk('half'))
  })
  await using daprd = await startStockDaprd({ apps: { llm: app.url } })
  const client = clientOf(daprd, { streamSources: [{ kind: 'invoke', appId: 'llm' }] })
  for await (const _ of client.generateStream('hi')) break
  assert.equal(await Promise.race([app.requests[0]?.closed.then(() => 'closed'), delay(1_000, 'open')]), 'closed')
})

test('failures of the application and of the invocation are told apart', async () => {
  const failing = (status: number, body: object, headers: object = {}) =>
    startFakeSidecar((response) => answerJson(response, body, status, headers))
  await using limited = await failing(429, { error: { message: 'slow down', code: 'rate_limit_exceeded' } })
  await using unknown = await failing(
    404,
    { error: { message: 'no such component', code: 'model_not_found' } },
    { 'dapr-chat-error': 'component_not_found', 'x-request-id': 'req_1' },
  )
  await using daprd = await startStockDaprd({ apps: { limited: limited.url, unknown: unknown.url } })
  const ask = (appId: string, scrubPii = false) =>
    clientOf(daprd, { retry: false, streamSources: [{ kind: 'invoke', appId }] }).generate('hi', { scrubPii })
  await assert.rejects(ask('limited'), (error) => error instanceof ProviderError && error.reason === 'rate_limit')
  await assert.rejects(ask('unknown'), (error) => {
    return error instanceof ComponentNotFoundError && error.requestId === 'req_1'
  })
  await assert.rejects(ask('nowhere'), (error) => {
    return error instanceof ProviderError && error.retryable && /id: nowhere/.test(error.message)
  })
  await assert.rejects(ask('limited', true), UnsupportedFeatureError)
})

test('a transport that cannot invoke takes no source that does', () => {
  const transport = scriptedTransport({ events: () => batches([stop]) })
  const make = () => new DaprChatClient({ transport, streamSources: [{ kind: 'invoke', appId: 'llm' }] })
  assert.throws(make, InvalidRequestError)
})

// ---- order and fallback

test('a source without a conversation API is passed over, and not asked again', async () => {
  await using old = await startFakeSidecar((response) =>
    answerJson(response, { errorCode: 'ERR_DIRECT_INVOKE', message: 'failed getting app id' }, 404),
  )
  await using server = await startChatServer(['direct'])
  const direct = { kind: 'direct', baseURL: server.url, model: 'm' } as const
  const client = clientOf(old, { streamSources: [{ kind: 'native' }, direct] })
  const stream = client.generateStream('hi')
  assert.equal((await stream.result).text, 'direct')
  assert.equal(await stream.mode, 'direct')
  assert.equal((await client.generate('hi')).text, 'direct')
  assert.equal(old.requests.length, 1)
  await assert.rejects(clientOf(old).generate('hi'), (error) => {
    return error instanceof UnsupportedFeatureError && /1\.16/.test(error.hint ?? '')
  })
})

test('when no source is left, the next question asks all of them again', async () => {
  let broken = true
  await using daprd = await startFakeSidecar((response, { path }) => {
    if (broken) return answerJson(response, { errorCode: 'ERR_DIRECT_INVOKE', message: 'not yet' }, 404)
    if (path.includes('/invoke/')) return answerInvokeError(response, 'never asked')
    beginEvents(response)
    response.end(wordsAsFrames(['a']))
  })
  const client = clientOf(daprd, { streamSources: [{ kind: 'native' }, { kind: 'invoke', appId: 'llm' }] })
  for (let round = 0; round < 2; round++) {
    await assert.rejects(client.generateStream('hi').result, UnsupportedFeatureError)
    assert.equal(daprd.requests.length, 2 * (round + 1))
  }
  broken = false
  assert.equal((await client.generateStream('hi').result).metrics.streaming, 'native')
})

test('a sidecar that is down is no reason to go past it', async () => {
  await using server = await startChatServer(['direct'])
  const client = new DaprChatClient({
    component: 'echo',
    endpoint: { http: 'http://127.0.0.1:1' },
    retry: fast,
    streamSources: [{ kind: 'native' }, { kind: 'direct', baseURL: server.url, model: 'm' }],
  })
  await assert.rejects(client.generateStream('hi').result, SidecarUnavailableError)
  assert.equal(server.requests.length, 0)
})

// ---- what a runtime does not carry

const image = { role: 'user', content: [{ type: 'image', data: 'https://example.com/a.png' }] } as const
const format = { type: 'json_schema', json_schema: { name: 'dog', schema: { type: 'object' } } } as const

test('an option that is newer than the runtime is refused before it is sent', async () => {
  await using daprd = await startStockDaprd({ version: '1.16.3' })
  const client = clientOf(daprd)
  for (const [options, required] of [
    [{ responseFormat: format }, '1.17'],
    [{ promptCacheRetentionMs: 1000 }, '1.17'],
    [{ maxTokens: 5 }, '1.19'],
  ] as const) {
    await assert.rejects(client.generate('hi', options), (error) => {
      assert.ok(error instanceof RuntimeVersionError)
      assert.deepEqual([error.code, error.required, error.actual], ['runtime_version', required, '1.16.3'])
      assert.match(error.hint ?? '', /onUnsupported/)
      return true
    })
  }
  assert.deepEqual(
    daprd.requests.map(({ path }) => path),
    ['/v1.0/metadata'],
  )
})

test('what only dapr-chat carries is refused by a stock daprd of any version', async () => {
  await using daprd = await startStockDaprd({ version: 'edge' })
  const client = clientOf(daprd)
  await assert.rejects(client.generate(image), (error) => {
    return error instanceof UnsupportedFeatureError && /content of type image/.test(error.message)
  })
  for (const options of [{ model: 'gpt' }, { parameters: { top_p: 1 } }]) {
    await assert.rejects(client.generateStream('hi', options).result, UnsupportedFeatureError)
  }
  assert.equal(conversations(daprd).length, 0)
  // A build from the main branch has whatever has a version.
  assert.equal((await client.generate('hi', { maxTokens: 5, responseFormat: format })).text, 'hi')
})

test('onUnsupported "warn" sends the question without it and says so', async () => {
  await using daprd = await startStockDaprd()
  const client = clientOf(daprd, { defaults: { onUnsupported: 'warn' } })
  const result = await client.generate([{ role: 'user', content: 'look' }, image], {
    maxTokens: 5,
    parameters: { top_p: 1 },
    responseFormat: format,
  })
  assert.deepEqual(
    result.warnings.map(({ code, option }) => [code, option]),
    [
      ['left_out', 'maxTokens'],
      ['left_out', 'parameters'],
      ['left_out', 'content of type image'],
    ],
  )
  const sent = JSON.parse(conversations(daprd)[0]?.body ?? '')
  assert.deepEqual(sent.inputs[0].messages, [{ ofUser: { content: [{ text: 'look' }] } }, { ofUser: {} }])
  assert.equal('maxTokens' in sent || 'parameters' in sent, false)
  assert.equal(sent.responseFormat.name, 'dog')
})

test('what makes an answer merely better is left out with a warning', async () => {
  await using daprd = await startStockDaprd()
  const said = { role: 'assistant', content: 'b', reasoning_content: 'hm', refusal: 'no' } as const
  const result = await clientOf(daprd).generate([{ role: 'user', content: 'a' }, said], {
    temperature: 0,
    tools: [{ name: 'f', strict: true }],
  })
  assert.deepEqual(
    result.warnings.map(({ option }) => option),
    ['strict tools', 'the reasoning of earlier answers', 'the refusals of earlier answers', 'temperature 0'],
  )
  const sent = JSON.parse(conversations(daprd)[0]?.body ?? '')
  assert.deepEqual(sent.tools, [{ function: { name: 'f' } }])
  assert.deepEqual(sent.inputs[0].messages[1], { ofAssistant: { content: [{ text: 'b' }] } })
})

test('a question that every runtime carries asks for no version', async () => {
  await using daprd = await startStockDaprd({ version: '1.16.0' })
  await clientOf(daprd).generate('hi', {
    temperature: 0.5,
    contextId: 'c',
    metadata: { a: 'b' },
    tools: [{ name: 'f' }],
  })
  assert.deepEqual(
    daprd.requests.map(({ path }) => path),
    ['/v1.0-alpha2/conversation/echo/converse'],
  )
})

test('a runtime that hides its metadata gets what Dapr may carry, with a warning', async () => {
  await using hidden = await startFakeSidecar((response, { path }) => {
    if (path === '/v1.0/metadata') return answerJson(response, { errorCode: 'ERR_DIRECT_INVOKE', message: 'x' }, 404)
    answerJson(response, { outputs: [{ choices: [{ finishReason: 'stop', message: { content: 'a' } }] }] })
  })
  const client = clientOf(hidden)
  const { warnings } = await client.generate('hi', { maxTokens: 5 })
  assert.deepEqual([warnings[0]?.code, warnings[0]?.option], ['unverified', 'maxTokens'])
  await assert.rejects(client.generate(image), UnsupportedFeatureError)
})

test('dapr-chat is asked what it is once, and carries everything', async () => {
  await using sidecar = await startFakeSidecar((response, { path }) => {
    if (path === '/v1.0/metadata') {
      return answerJson(response, { runtimeVersion: '1.18.0', extended: { daprChatVersion: '0.1.0' } })
    }
    beginEvents(response)
    response.end(wordsAsFrames(['a']))
  })
  const client = clientOf(sidecar)
  for (let round = 0; round < 2; round++) {
    const result = await client.generateStream(image, { model: 'gpt', maxTokens: 5, temperature: 0 }).result
    assert.deepEqual(result.warnings, [])
  }
  assert.equal(sidecar.requests.filter(({ path }) => path === '/v1.0/metadata').length, 1)
  assert.equal(JSON.parse(conversations(sidecar)[0]?.body ?? '').temperature, 0)
})

// ---- retries

test('a rate limit is waited out as long as the server asks', async () => {
  await using daprd = await startStockDaprd({
    answer(response, asked) {
      if (asked < 2)
        return answerInvokeError(response, 'API returned unexpected status code: 429', { 'retry-after': '0.05' })
      answerJson(response, { outputs: [{ choices: [{ finishReason: 'stop', message: { content: 'at last' } }] }] })
    },
  })
  const client = clientOf(daprd)
  const start = performance.now()
  const result = await client.generate('hi')
  assert.equal(result.text, 'at last')
  assert.equal(result.metrics.attempts, 3)
  // Timers may fire a millisecond early.
  assert.ok(performance.now() - start >= 98)
})

test('a stream that fails before its first output is asked for again', async () => {
  const error = `event: error\ndata: ${JSON.stringify({ errorCode: 'ERR_CONVERSATION_INVOKE', message: 'failed conversing with component echo: 503' })}\n\n`
  let asked = 0
  await using sidecar = await startFakeSidecar((response) => {
    beginEvents(response)
    asked++
    if (asked === 1) response.end(`data: {"model":"m"}\n\n${error}`)
    else if (asked === 2) response.end(`data: {"model":"m"}\n\n`)
    else response.end(wordsAsFrames(['a']))
  })
  const stream = clientOf(sidecar).generateStream('hi')
  assert.equal((await stream.result).metrics.attempts, 3)
  assert.equal((await stream.result).text, 'a')
})

test('nothing is asked for again after the first output', async () => {
  await using sidecar = await startFakeSidecar((response) => {
    beginEvents(response)
    response.end('data: {"choices":[{"delta":{"content":"half"}}]}\n\n')
  })
  await assert.rejects(clientOf(sidecar).generateStream('hi').result, (error) => {
    return error instanceof StreamInterruptedError && error.partial.text === 'half' && !error.retryable
  })
  assert.equal(sidecar.requests.length, 1)
})

for (const [name, text, reason] of [
  ['a key', '401: invalid api key', 'auth'],
  ['a quota', '429: You exceeded your current quota', 'quota'],
  ['a model', 'API returned unexpected status code: 404: no such model', 'invalid_request'],
] as const) {
  test(`${name} that a provider refuses is not tried again`, async () => {
    await using daprd = await startStockDaprd({ answer: (response) => answerInvokeError(response, text) })
    await assert.rejects(clientOf(daprd).generate('hi'), (error) => {
      assert.ok(error instanceof ProviderError)
      assert.deepEqual([error.reason, error.retryable, error.message], [reason, false, text])
      return true
    })
    assert.equal(conversations(daprd).length, 1)
  })
}

test('a provider that cannot be reached is tried as often as the policy says, and its words are kept', async () => {
  const detail = 'retries exhausted: dial tcp 10.0.0.1:443: connect: connection refused'
  await using daprd = await startStockDaprd({ answer: (response) => answerInvokeError(response, detail) })
  const failing = (retry: ClientOptions['retry'], call: object = {}) =>
    assert.rejects(
      clientOf(daprd, retry === undefined ? {} : { retry }).generate('hi', call),
      (error) => error instanceof ProviderError && error.reason === 'unavailable' && error.message === detail,
    )
  const counts: number[] = []
  for (const [client, call] of [
    [undefined, {}],
    [{ minDelayMs: 0, maxRetries: 4 }, {}],
    [false, {}],
    [undefined, { retry: false }],
    [false, { retry: { maxRetries: 1, minDelayMs: 0 } }],
  ] as const) {
    const before = conversations(daprd).length
    await failing(client, call)
    counts.push(conversations(daprd).length - before)
  }
  assert.deepEqual(counts, [3, 5, 1, 1, 2])
})

test('a server that asks for more than the policy allows is not waited for', async () => {
  await using daprd = await startStockDaprd({
    answer: (response) => answerInvokeError(response, '429 slow down', { 'retry-after': '3600' }),
  })
  await assert.rejects(clientOf(daprd).generate('hi'), (error) => {
    return error instanceof ProviderError && error.retryAfterMs === 3_600_000
  })
  assert.equal(conversations(daprd).length, 1)
})

test('a wait that would outlast the deadline is not begun, and one that is begun can be aborted', async () => {
  const transport = () =>
    scriptedTransport({
      // biome-ignore lint/correctness/useYield: it fails before it has anything to say
      async *events() {
        throw new ConversationError('rate_limit', 'slow down', { retryAfterMs: 10_000 })
      },
    })
  const soon = new DaprChatClient({ component: 'echo', transport: transport() })
  const start = performance.now()
  await assert.rejects(soon.generate('hi', { timeoutMs: 2_000 }), ProviderError)
  const reason = AbortSignal.timeout(20)
  await assert.rejects(soon.generate('hi', { signal: reason }), { code: 'aborted' })
  assert.ok(performance.now() - start < 1_500)
})

test('timeoutMs ends a call within its time, with its connection', async () => {
  await using daprd = await startStockDaprd({ answer: () => {} })
  const start = performance.now()
  await assert.rejects(clientOf(daprd).generate('hi', { timeoutMs: 50 }), TimeoutError)
  assert.ok(performance.now() - start < 1_000)
  await daprd.requests[0]?.closed
})

test('a retry is asked of the source that answers, with what was learnt', async () => {
  let failures = 1
  const transport = scriptedTransport({
    streamed: false,
    async *events() {
      if (failures-- > 0) throw new ConversationError('unavailable', 'not now')
      yield [text('a'), stop]
    },
  })
  const client = new DaprChatClient({ component: 'echo', transport, retry: fast })
  const result = await client.generateStream('hi').result
  assert.deepEqual([result.metrics.attempts, result.metrics.streaming], [2, 'simulated'])
})
