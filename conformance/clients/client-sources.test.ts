/**
 * Our client against a running sidecar, by every way in which its tokens come: over HTTP, over gRPC, through the service
 * invocation of a daprd, directly on the OpenAI-compatible API, and as a whole answer shown as a stream.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type ClientOptions, DaprChatClient, type StreamingMode } from '@dapr-chat/client'
import { grpcTransport } from '@dapr-chat/client/grpc'
import {
  chunk,
  done,
  echoComponent,
  finish,
  type RunningSidecar,
  type ScriptedProvider,
  scriptedProvider,
  startSidecar,
  upstreamComponent,
  usage,
} from '@dapr-chat/sidecar/testing'

const words = ['Dapr ', 'streams ', 'now']
let provider: ScriptedProvider
let running: RunningSidecar
let daprd: Proxy

before(async () => {
  provider = await scriptedProvider(({ body }) => {
    // Asked to stand still after the first word, for tests that leave.
    const stands = JSON.stringify(body).includes('stand still')
    return {
      body: (async function* () {
        for (const word of words) {
          yield chunk({ content: word })
          await (stands ? new Promise<never>(() => {}) : delay(10))
        }
        yield finish('stop')
        yield usage(5, 3)
        yield done
      })(),
    }
  })
  running = await startSidecar([echoComponent, upstreamComponent(provider.url)])
  daprd = await startInvokingDaprd({ llm: running.http })
})

after(async () => {
  daprd.close()
  await running[Symbol.asyncDispose]()
  await provider[Symbol.asyncDispose]()
})

interface Proxy {
  readonly url: string
  close(): void
}

/** Service invocation as daprd does it: method, headers and body go to the application, its answer comes back unread. */
async function startInvokingDaprd(apps: Readonly<Record<string, string>>): Promise<Proxy> {
  const server = createServer((incoming, outgoing) => {
    const [, appId = '', path = ''] = /^\/v1\.0\/invoke\/([^/]+)\/method\/(.*)$/.exec(incoming.url ?? '') ?? []
    const { host: _, ...headers } = incoming.headers
    const onward = request(`${apps[appId]}/${path}`, { method: incoming.method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers).flushHeaders()
      answer.pipe(outgoing)
    })
    outgoing.once('close', () => onward.destroy())
    onward.once('error', () => outgoing.destroy())
    incoming.pipe(onward)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() && server.closeAllConnections() }
}

const sources: Readonly<Record<string, readonly [mode: StreamingMode, options: () => ClientOptions]>> = {
  HTTP: ['native', () => ({ endpoint: { http: running.http } })],
  gRPC: ['native', () => ({ transport: grpcTransport({ endpoint: running.grpc }) })],
  invocation: ['invoke', () => ({ endpoint: { http: daprd.url }, streamSources: [{ kind: 'invoke', appId: 'llm' }] })],
  'the OpenAI-compatible API': [
    'direct',
    () => ({ streamSources: [{ kind: 'direct', baseURL: `${running.http}/v1`, model: 'gpt' }] }),
  ],
  simulation: ['simulated', () => ({ endpoint: { http: running.http }, streamSources: [{ kind: 'simulated' }] })],
}

const weather = { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } }

for (const [name, [mode, options]] of Object.entries(sources)) {
  test(`by ${name}: an answer arrives as a stream and in whole`, async () => {
    await using client = new DaprChatClient({ component: 'gpt', ...options() })
    const stream = client.generateStream('Does it?')
    const texts: string[] = []
    for await (const text of stream.textStream) texts.push(text)
    assert.deepEqual(texts, mode === 'simulated' ? [words.join('')] : words)
    assert.equal(await stream.mode, mode)
    const [shown, whole] = [await stream.result, await client.generate('Does it?')]
    for (const { text, finishReason, usage, metrics } of [shown, whole]) {
      assert.equal(text, words.join(''))
      assert.equal(finishReason, 'stop')
      assert.deepEqual(usage, { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 })
      assert.equal(metrics.attempts, 1)
    }
    assert.deepEqual([shown.metrics.streaming, whole.metrics.streaming], [mode, 'none'])
  })

  test(`by ${name}: tools are called in a stream and in whole`, async () => {
    const direct = mode === 'direct' && {
      streamSources: [{ kind: 'direct', baseURL: `${running.http}/v1`, model: 'echo' }],
    }
    await using client = new DaprChatClient({ component: 'echo', ...options(), ...(direct as ClientOptions) })
    const shown = await client.generateStream('Weather?', { tools: [weather] }).result
    const whole = await client.generate('Weather?', { tools: [weather] })
    for (const { toolCalls, finishReason } of [shown, whole]) {
      assert.equal(finishReason, 'tool_calls')
      assert.deepEqual(
        toolCalls.map(({ function: { name } }) => name),
        ['get_weather'],
      )
    }
  })

  if (mode === 'simulated') continue
  test(`by ${name}: leaving a stream closes the connection to the provider`, async () => {
    await using client = new DaprChatClient({ component: 'gpt', ...options() })
    for await (const _ of client.generateStream('stand still').textStream) break
    const index = provider.requests.length - 1
    const { connection } = await provider.requestArrived(index)
    const closed = provider.connectionClosed(connection).then(() => 'closed')
    assert.equal(await Promise.race([closed, delay(1_000, 'open')]), 'closed')
  })
}

for (const [name, options] of [
  ['HTTP', () => ({ endpoint: { http: running.http } })],
  ['gRPC', () => ({ transport: grpcTransport({ endpoint: running.grpc }) })],
] as const) {
  test(`by ${name}: echo says what Dapr's echo says`, async () => {
    await using client = new DaprChatClient({ component: 'echo', ...options() })
    const one = await client.generate('user message')
    assert.deepEqual([one.choices[0].message.content, one.finishReason], ['user message', 'stop'])
    assert.deepEqual(one.usage, { prompt_tokens: 2, completion_tokens: 2, total_tokens: 4 })
    const four = await client.generate([
      { role: 'user', content: 'first user message' },
      { role: 'assistant', content: 'first assistant response' },
      { role: 'user', content: 'second user message' },
      { role: 'system', content: 'system instruction' },
    ])
    assert.equal(four.text, 'first user message\nfirst assistant response\nsecond user message\nsystem instruction')
    assert.deepEqual(four.usage, { prompt_tokens: 11, completion_tokens: 11, total_tokens: 22 })
    const told = { role: 'tool', tool_call_id: 'tool-123', name: 'tool name', content: 'tool message' } as const
    assert.equal(
      (await client.generate([told])).text,
      "Tool Response for tool ID 'tool-123' with name 'tool name': tool message",
    )
    const call = { id: 'call_123', type: 'function', function: { name: 'f', arguments: '{}' } } as const
    const said = await client.generate([{ role: 'assistant', content: 'a', tool_calls: [call] }])
    assert.deepEqual([said.toolCalls, said.finishReason], [[call], 'tool_calls'])
  })

  test(`by ${name}: personal data is taken out where that is asked for`, async () => {
    await using client = new DaprChatClient({ component: 'echo', ...options() })
    const asked = ['my phone number is +2222222222', 'my email is test@test.com', 'from 10.8.9.1']
    const answers = await Promise.all(asked.map((text) => client.generate(text, { scrubPii: { input: true } })))
    assert.deepEqual(
      answers.map(({ text }) => text),
      ['my phone number is <PHONE_NUMBER>', 'my email is <EMAIL_ADDRESS>', 'from <IP>'],
    )
  })
}

test('an unknown component of an invoked sidecar is one, and not a failure of the provider', async () => {
  await using client = new DaprChatClient({
    component: 'nope',
    endpoint: { http: daprd.url },
    streamSources: [{ kind: 'invoke', appId: 'llm' }],
  })
  await assert.rejects(client.generate('hi'), { code: 'component_not_found' })
  await assert.rejects(client.generateStream('hi').result, { code: 'component_not_found' })
})
