import assert from 'node:assert/strict'
import { once } from 'node:events'
import { constants, createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { create, type DescMessage, fromBinary, toBinary } from '@bufbuild/protobuf'
import { ConversationError, type ConversationEvent } from '@dapr-chat/protocol'
import {
  Alpha2StreamWriter,
  DaprService,
  readAlpha2Request,
  writeAlpha2Response,
  writeGrpcStatus,
  writeMetadataResponse,
} from '@dapr-chat/protocol/dapr'
import {
  Metadata,
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js'
import { grpcTransport } from '../grpc.ts'
import {
  AbortedError,
  ComponentNotFoundError,
  DaprChatClient,
  ProviderError,
  SidecarUnavailableError,
  StreamInterruptedError,
  TimeoutError,
} from '../index.ts'

type Request = Parameters<typeof readAlpha2Request>[0]

interface Handlers {
  stream?(call: ServerWritableStream<Request, Uint8Array>): unknown
  unary?(call: ServerUnaryCall<Request, unknown>): Parameters<typeof writeAlpha2Response>[0]
}

function definition(
  method: { name: string; input: DescMessage; output: DescMessage },
  responseStream: boolean,
): MethodDefinition<unknown, unknown> {
  return {
    path: `/${DaprService.typeName}/${method.name}`,
    requestStream: false,
    responseStream,
    requestSerialize: () => Buffer.alloc(0),
    requestDeserialize: (bytes) => fromBinary(method.input, bytes),
    responseSerialize: (message) =>
      Buffer.from(
        message instanceof Uint8Array
          ? message
          : toBinary(method.output, create(method.output, message as Record<string, unknown>)),
      ),
    responseDeserialize: () => undefined,
  }
}

function failureOf(error: ConversationError) {
  const { code, message, details } = writeGrpcStatus(error)
  const metadata = new Metadata()
  metadata.set('grpc-status-details-bin', Buffer.from(details))
  return { code, details: message, metadata }
}

/** An in-process server; a method without a handler is one that it does not have. */
async function startServer({ stream, unary }: Handlers) {
  const server = new Server()
  const { converseAlpha2, converseStreamAlpha2, getMetadata } = DaprService.method
  const info = {
    id: 'app',
    runtimeVersion: '1.18.0',
    enabledFeatures: [],
    components: [{ name: 'echo', type: 'conversation.echo', version: 'v1' }],
    extended: {},
    resiliencies: [],
  }
  server.addService(
    {
      getMetadata: definition(getMetadata, false),
      ...(unary && { unary: definition(converseAlpha2, false) }),
      ...(stream && { stream: definition(converseStreamAlpha2, true) }),
    },
    {
      getMetadata: (_: unknown, answer: sendUnaryData<unknown>) => answer(null, writeMetadataResponse(info)),
      ...(unary && {
        unary: (call: ServerUnaryCall<Request, unknown>, answer: sendUnaryData<unknown>) => {
          try {
            answer(null, writeAlpha2Response(unary(call)))
          } catch (thrown) {
            answer(failureOf(ConversationError.from(thrown)))
          }
        },
      }),
      ...(stream && { stream }),
    } as UntypedServiceImplementation,
  )
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error)
      else resolve(bound)
    })
  })
  const client = new DaprChatClient({
    retry: false,
    component: 'echo',
    transport: grpcTransport({ endpoint: `127.0.0.1:${port}`, apiToken: 'secret' }),
  })
  return {
    client,
    server,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]()
      server.forceShutdown()
    },
  }
}

const text = (text: string): ConversationEvent => ({ type: 'text-delta', choice: 0, text })
const stop: ConversationEvent = { type: 'finish', choice: 0, reason: 'stop' }

function write(
  call: ServerWritableStream<Request, Uint8Array>,
  events: readonly ConversationEvent[],
  end = true,
): void {
  const writer = new Alpha2StreamWriter()
  for (const message of [...writer.binary(events), ...writer.endBinary()]) call.write(message)
  if (end) call.end()
}

const answerOf = (text: string) => ({
  choices: [{ index: 0, text, reasoning: '', refusal: '', toolCalls: [], finishReason: 'stop' as const }],
})

test('a stream over gRPC carries the question, the token, the tokens and the counts', async () => {
  let seen: ServerWritableStream<Request, Uint8Array> | undefined
  await using fixture = await startServer({
    stream(call) {
      seen = call
      const usage = { promptTokens: 1, completionTokens: 2, totalTokens: 3 }
      write(call, [
        { type: 'message-start', id: 'a1', model: 'gpt' },
        text('日本'),
        text('🎉'),
        stop,
        { type: 'usage', usage },
      ])
    },
  })
  const stream = fixture.client.generateStream('hi', { headers: { 'x-a': 'b' }, scrubPii: true })
  const texts: string[] = []
  for await (const text of stream.textStream) texts.push(text)
  assert.deepEqual(texts, ['日本', '🎉'])
  assert.equal(await stream.mode, 'native')
  const result = await stream.result
  assert.deepEqual([result.id, result.model, result.usage?.total_tokens], ['a1', 'gpt', 3])
  assert.equal(seen?.request.name, 'echo')
  assert.equal(seen?.request.scrubPii, true)
  assert.deepEqual(seen && readAlpha2Request(seen.request).messages, [
    { role: 'user', content: [{ type: 'text', text: 'hi' }] },
  ])
  assert.deepEqual(seen?.metadata.get('dapr-api-token'), ['secret'])
  assert.deepEqual(seen?.metadata.get('x-a'), ['b'])
})

test('a runtime without the stream is asked for the whole answer', async () => {
  await using fixture = await startServer({ unary: () => answerOf('whole') })
  const stream = fixture.client.generateStream('hi')
  assert.equal((await stream.result).text, 'whole')
  assert.equal(await stream.mode, 'simulated')
})

test('a stock daprd, which wants to pass the unknown stream on to an application, is asked for the whole answer', async () => {
  const whole = { text: 'whole', reasoning: '', refusal: '', toolCalls: [], finishReason: 'stop' as const }
  let probes = 0
  await using server = await startServer({
    stream(call) {
      probes++
      const details = 'failed to proxy request: required metadata dapr-callee-app-id or dapr-app-id not found'
      call.emit('error', { code: 2, details })
    },
    unary: () => ({ choices: [{ index: 0, ...whole }] }),
  })
  for (let round = 0; round < 2; round++) {
    const result = await server.client.generateStream('hi').result
    assert.deepEqual([result.text, result.metrics.streaming], ['whole', 'simulated'])
  }
  assert.equal(probes, 1)
})

test('generate, converse, components and ready use the unary calls', async () => {
  await using fixture = await startServer({ unary: () => answerOf('whole') })
  const { client } = fixture
  assert.equal((await client.generate('hi')).text, 'whole')
  assert.deepEqual(await client.converse({ inputs: [{ messages: [{ ofUser: { content: [{ text: 'hi' }] } }] }] }), {
    outputs: [{ choices: [{ finishReason: 'stop', message: { content: 'whole' } }] }],
  })
  assert.deepEqual(await client.components(), [{ name: 'echo', type: 'conversation.echo', version: 'v1' }])
  assert.equal((await client.ready()).id, 'app')
})

test('a failure before output keeps its kind, on both calls', async () => {
  const limited = new ConversationError('rate_limit', 'slow down', {
    component: 'echo',
    status: 429,
    retryAfterMs: 1500,
  })
  await using fixture = await startServer({
    stream: (call) => call.emit('error', failureOf(limited)),
    unary: () => {
      throw limited
    },
  })
  for (const ask of [() => fixture.client.generateStream('hi').result, () => fixture.client.generate('hi')]) {
    await assert.rejects(ask, (error) => {
      assert.ok(error instanceof ProviderError)
      assert.deepEqual(
        [error.message, error.reason, error.status, error.retryAfterMs],
        ['slow down', 'rate_limit', 429, 1500],
      )
      return true
    })
  }
})

test('an unknown component is named with those that exist', async () => {
  await using fixture = await startServer({
    unary: () => {
      throw new ConversationError('component_not_found', '', { component: 'nope' })
    },
  })
  await assert.rejects(fixture.client.generate('hi', { component: 'nope' }), (error) => {
    return error instanceof ComponentNotFoundError && error.available.join() === 'echo'
  })
})

test('a failure after output interrupts, with what had arrived', async () => {
  await using fixture = await startServer({
    async stream(call) {
      write(call, [text('half')], false)
      await delay(20)
      call.emit('error', failureOf(new ConversationError('unavailable', 'gone')))
    },
  })
  await assert.rejects(fixture.client.generateStream('hi').result, (error) => {
    return (
      error instanceof StreamInterruptedError && error.partial.text === 'half' && error.cause instanceof ProviderError
    )
  })
})

test('a connection that breaks, and an end without a finish reason, interrupt', async () => {
  await using broken = await startServer({
    async stream(call) {
      write(call, [text('half')], false)
      await delay(20)
      broken.server.forceShutdown()
    },
  })
  await assert.rejects(broken.client.generateStream('hi').result, StreamInterruptedError)
  await using cut = await startServer({ stream: (call) => write(call, [text('half')]) })
  await assert.rejects(cut.client.generateStream('hi').result, StreamInterruptedError)
})

test('nobody at the address is a SidecarUnavailableError that names it', async () => {
  const client = new DaprChatClient({
    component: 'echo',
    retry: false,
    transport: grpcTransport({ endpoint: '127.0.0.1:1' }),
  })
  const asking = [
    () => client.generate('hi'),
    () => client.generateStream('hi').result,
    () => client.ready({ timeoutMs: 300 }),
  ]
  for (const ask of asking) {
    await assert.rejects(
      ask,
      (error) => error instanceof SidecarUnavailableError && /127\.0\.0\.1:1:/.test(error.message),
    )
  }
  await client[Symbol.asyncDispose]()
})

test('a stream that HTTP/2 itself resets is a lost connection, which may be tried again', async () => {
  const server = createServer().on('stream', (stream) => {
    stream.on('error', () => {})
    stream.close(constants.NGHTTP2_INTERNAL_ERROR)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const endpoint = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const client = new DaprChatClient({ component: 'echo', retry: false, transport: grpcTransport({ endpoint }) })
  for (const ask of [() => client.generate('hi'), () => client.generateStream('hi').result]) {
    await assert.rejects(ask, (error) => error instanceof SidecarUnavailableError && error.retryable)
  }
  await client[Symbol.asyncDispose]()
  server.close()
})

for (const way of ['break', 'cancel', 'signal', 'timeout'] as const) {
  test(`leaving a stream by ${way} cancels the call at the sidecar`, async () => {
    const cancelled = Promise.withResolvers<string>()
    await using fixture = await startServer({
      stream(call) {
        call.on('cancelled', () => cancelled.resolve('cancelled'))
        write(call, [text('half')], false)
      },
    })
    const controller = new AbortController()
    const limits = way === 'timeout' ? { timeoutMs: 200 } : { signal: controller.signal }
    const stream = fixture.client.generateStream('hi', limits)
    const reading = (async () => {
      for await (const _ of stream) {
        if (way === 'break') break
        if (way === 'cancel') setTimeout(() => stream.cancel(), 5)
        if (way === 'signal') setTimeout(() => controller.abort(), 5)
      }
    })()
    if (way === 'break') await reading
    else await assert.rejects(reading, way === 'timeout' ? TimeoutError : AbortedError)
    assert.equal(await Promise.race([cancelled.promise, delay(1_000, 'running')]), 'cancelled')
    assert.equal(stream.partial.text, 'half')
  })
}

test('a call that waits for its first token, or for its whole answer, can be stopped', async () => {
  await using fixture = await startServer({ stream: () => {} })
  await assert.rejects(fixture.client.generateStream('hi', { timeoutMs: 50 }).result, TimeoutError)
  await assert.rejects(fixture.client.generate('hi', { signal: AbortSignal.abort() }), AbortedError)
})

test('a slow reader slows the sidecar down', async () => {
  let written = 0
  await using fixture = await startServer({
    async stream(call) {
      const [message] = new Alpha2StreamWriter().binary([text('x'.repeat(16 * 1024))])
      while (message && !call.cancelled && written < 64 * 1024 * 1024) {
        written += message.length
        if (!call.write(message)) await new Promise((resolve) => call.once('drain', resolve))
      }
    },
  })
  for await (const _ of fixture.client.generateStream('hi')) {
    await delay(300)
    break
  }
  assert.ok(written < 16 * 1024 * 1024, `the sidecar wrote ${written} bytes`)
})
