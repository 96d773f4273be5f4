import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConversationEvent, Middleware } from '@dapr-chat/protocol'
import { readAll } from '../testing/read-all.ts'
import { batches, scriptedTransport, stop, text } from '../testing/scripted-transport.ts'
import { toolCall, toolsCalled } from '../testing/tool-calls.ts'
import { DaprChatClient, type GenerateOptions, ProviderError, tool } from './index.ts'

const says = (words: string): readonly ConversationEvent[] => [text(words), stop]

function clientOf(...middleware: Middleware[]) {
  const transport = scriptedTransport({ events: () => batches(says('from the model')) })
  return { client: new DaprChatClient({ component: 'echo', transport, middleware }), calls: transport.calls }
}

test('middleware that answers by itself skips the call', async () => {
  const { client, calls } = clientOf(() => () => batches(says('canned')))
  const stream = client.generateStream('hi')
  assert.equal((await stream.result).text, 'canned')
  assert.equal(await stream.mode, 'simulated')
  assert.equal((await stream.result).metrics.attempts, 0)
  assert.equal(calls.length, 0)
})

test('middleware changes the messages and leaves the other options as they are', async () => {
  const { client, calls } = clientOf((next) => (call) => {
    const content = [{ type: 'text', text: 'changed' }] as const
    return next({ ...call, request: { ...call.request, messages: [{ role: 'user', content }] } })
  })
  assert.equal((await client.generate('hi', { temperature: 0.5 })).text, 'from the model')
  assert.deepEqual(calls[0]?.request, {
    messages: [{ role: 'user', content: [{ type: 'text', text: 'changed' }] }],
    temperature: 0.5,
  })
})

test('middleware sends a question to another component', async () => {
  const { client, calls } = clientOf((next) => (call) => next({ ...call, component: `${call.component}-2` }))
  await client.generate('hi')
  assert.equal(calls[0]?.component, 'echo-2')
})

test('middleware that denies says so in place of the model', async () => {
  const denied: readonly ConversationEvent[] = [
    text('blocked'),
    { type: 'finish', choice: 0, reason: 'content_filter' },
  ]
  const { client, calls } = clientOf(() => () => batches(denied))
  const { text: said, finishReason } = await client.generate('hi')
  assert.deepEqual([said, finishReason, calls.length], ['blocked', 'content_filter', 0])
})

test('changing the question in place fails and changes nothing, neither what is sent nor what the program has', async () => {
  let failures = 0
  const { client, calls } = clientOf((next) => (call) => {
    const writable = call.request as { temperature?: number; messages: { role: string; content: unknown[] }[] }
    for (const change of [
      () => writable.messages.push({ role: 'user', content: [] }),
      () => writable.messages[0]?.content.pop(),
      () => {
        writable.temperature = 2
      },
    ]) {
      try {
        change()
      } catch {
        failures++
      }
    }
    return next(call)
  })
  const input = [{ role: 'user', content: 'hi' } as const]
  await client.generate(input, { temperature: 0.5 })
  assert.equal(failures, 3)
  assert.deepEqual(input, [{ role: 'user', content: 'hi' }])
  assert.deepEqual(calls[0]?.request, {
    messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
    temperature: 0.5,
  })
})

test('the first middleware is the outermost, and it sees the answer as it comes', async () => {
  const order: string[] = []
  const note =
    (name: string): Middleware =>
    (next) =>
      async function* (call) {
        order.push(name)
        for await (const batch of next(call)) {
          order.push(`${name} ${batch.length}`)
          yield batch
        }
      }
  const { client } = clientOf(note('outer'), note('inner'))
  const stream = client.generateStream('hi')
  assert.equal((await readAll(stream)).length, 2)
  assert.equal(await stream.mode, 'native')
  assert.deepEqual(order, ['outer', 'inner', 'inner 2', 'outer 2'])
})

test('what middleware throws ends the call, and it sees every step', async () => {
  let steps = 0
  const call = [...toolCall(0, 'f', '{}'), toolsCalled]
  const transport = scriptedTransport({ events: () => batches(call) })
  const count: Middleware = (next) => (given) => {
    steps++
    return next(given)
  }
  const client = new DaprChatClient({ component: 'echo', transport, middleware: [count] })
  const f = tool({ name: 'f', description: 'd', input: { type: 'object' }, execute: () => 'x' })
  const options: GenerateOptions = { tools: [f], maxSteps: 3 }
  await client.generate('hi', options)
  assert.equal(steps, 3)
  const error = new ProviderError('no', { reason: 'quota' })
  const { client: refusing } = clientOf(() => () => {
    throw error
  })
  await assert.rejects(refusing.generate('hi'), (thrown) => thrown === error)
})

test('leaving a stream ends the source behind the middleware', async () => {
  const freed = Promise.withResolvers<void>()
  const transport = scriptedTransport({
    async *events() {
      try {
        while (true) yield [text('x')]
      } finally {
        freed.resolve()
      }
    },
  })
  const client = new DaprChatClient({ component: 'echo', transport, middleware: [(next) => next] })
  for await (const _ of client.generateStream('hi')) break
  await freed.promise
})
