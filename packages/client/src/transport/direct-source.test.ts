import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answerJson, beginEvents, startFakeSidecar } from '../../testing/fake-sidecar.ts'
import {
  DaprChatClient,
  type GenerateOptions,
  ProviderError,
  StreamInterruptedError,
  UnsupportedFeatureError,
} from '../index.ts'

function clientOf(url: string): DaprChatClient {
  return new DaprChatClient({
    retry: false,
    // Nothing listens there: a direct source needs no sidecar.
    endpoint: { http: 'http://127.0.0.1:1' },
    streamSources: [{ kind: 'direct', baseURL: `${url}/v1/`, apiKey: 'key', model: 'gpt' }],
  })
}

const chunk = (content: string, finish: string | null = null) =>
  `data: ${JSON.stringify({ id: 'x', model: 'gpt-4', choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`

test('a direct source streams from a server that speaks the OpenAI chat API', async () => {
  await using server = await startFakeSidecar((response) => {
    beginEvents(response)
    const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 }
    response.end(
      `${chunk('Hel')}${chunk('lo', 'stop')}data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`,
    )
  })
  const stream = clientOf(server.url).generateStream('hi', { temperature: 0.5 })
  const texts: string[] = []
  for await (const text of stream.textStream) texts.push(text)
  assert.deepEqual(texts, ['Hel', 'lo'])
  assert.equal(await stream.mode, 'direct')
  const result = await stream.result
  assert.deepEqual([result.id, result.model], ['x', 'gpt-4'])
  assert.equal(result.usage?.total_tokens, 3)
  const [seen] = server.requests
  assert.equal(seen?.path, '/v1/chat/completions')
  assert.equal(seen?.headers.authorization, 'Bearer key')
  assert.deepEqual(JSON.parse(seen?.body ?? ''), {
    model: 'gpt',
    messages: [{ role: 'user', content: 'hi' }],
    temperature: 0.5,
    stream: true,
    stream_options: { include_usage: true },
  })
})

test('a direct source answers generate in whole', async () => {
  await using server = await startFakeSidecar((response) =>
    answerJson(response, { id: 'x', choices: [{ index: 0, message: { content: 'whole' }, finish_reason: 'stop' }] }),
  )
  const result = await clientOf(server.url).generate('hi', { model: 'other' })
  assert.equal(result.text, 'whole')
  assert.equal(result.metrics.streaming, 'none')
  assert.equal(JSON.parse(server.requests[0]?.body ?? '').stream, false)
  assert.equal(JSON.parse(server.requests[0]?.body ?? '').model, 'other')
})

test('a server that answers a stream in whole is shown as simulated', async () => {
  await using server = await startFakeSidecar((response) =>
    answerJson(response, { id: 'x', choices: [{ index: 0, message: { content: 'whole' }, finish_reason: 'stop' }] }),
  )
  const stream = clientOf(server.url).generateStream('hi')
  assert.equal((await stream.result).text, 'whole')
  assert.equal(await stream.mode, 'simulated')
})

test('a refusal of the server is a ProviderError', async () => {
  await using server = await startFakeSidecar((response) =>
    answerJson(response, { error: { message: 'slow down', code: 'rate_limit_exceeded' } }, 429, { 'retry-after': '2' }),
  )
  await assert.rejects(clientOf(server.url).generate('hi'), (error) => {
    assert.ok(error instanceof ProviderError)
    assert.deepEqual([error.reason, error.status, error.retryAfterMs, error.retryable], ['rate_limit', 429, 2000, true])
    return true
  })
})

test('a server that is not there is a provider that is not available', async () => {
  await assert.rejects(clientOf('http://127.0.0.1:1').generate('hi'), (error) => {
    return error instanceof ProviderError && error.reason === 'unavailable' && error.message.includes('127.0.0.1:1')
  })
})

test('a stream that is cut is an interruption with what had arrived', async () => {
  await using server = await startFakeSidecar((response) => {
    beginEvents(response)
    response.end(chunk('half'))
  })
  await assert.rejects(clientOf(server.url).generateStream('hi').result, (error) => {
    return error instanceof StreamInterruptedError && error.partial.text === 'half'
  })
})

test('a multi-byte character that is cut in the middle arrives whole', async () => {
  const bytes = Buffer.from(`${chunk('日本🎉')}${chunk('', 'stop')}data: [DONE]\n\n`)
  const at = bytes.indexOf(Buffer.from('🎉')) + 2
  await using server = await startFakeSidecar((response) => {
    beginEvents(response)
    response.write(bytes.subarray(0, at))
    setTimeout(() => response.end(bytes.subarray(at)), 5)
  })
  assert.equal((await clientOf(server.url).generateStream('hi').result).text, '日本🎉')
})

for (const scrubPii of [true, { input: true }, { output: true }] satisfies GenerateOptions['scrubPii'][]) {
  test(`scrubbing ${JSON.stringify(scrubPii)} is refused before anything is sent`, async () => {
    await using server = await startFakeSidecar((response) => void response.end())
    await assert.rejects(clientOf(server.url).generate('hi', { scrubPii }), UnsupportedFeatureError)
    assert.equal(server.requests.length, 0)
  })
}
