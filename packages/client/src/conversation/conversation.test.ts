import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConversationEvent, Message } from '@dapr-chat/protocol'
import fc from 'fast-check'
import { batches, scriptedTransport, stop, text } from '../../testing/scripted-transport.ts'
import { DaprChatClient } from '../client.ts'
import { AbortedError, ContextOverflowError, InvalidRequestError, ProviderError } from '../errors.ts'
import type { SourceCall } from '../transport/transport.ts'
import type { ConversationOptions } from './options.ts'
import { type ConversationStore, memoryStore } from './store.ts'
import { summarize } from './summarize.ts'

type Script = (call: SourceCall, asked: number) => AsyncIterable<readonly ConversationEvent[]>

const answering: Script = (_, asked) => batches([text(`answer ${asked}`), stop])

function converse(options: ConversationOptions = {}, script: Script = answering) {
  let asked = 0
  const transport = scriptedTransport({ events: (call) => script(call, ++asked) })
  const client = new DaprChatClient({ transport, component: 'echo' })
  return { chat: client.conversation(options), calls: transport.calls, client }
}

const said = (messages: readonly Message[]): string[] =>
  messages.map(({ role, content }) => `${role}: ${content.map((part) => ('text' in part ? part.text : '')).join('')}`)
const sent = (call: SourceCall | undefined): string[] => said(call?.request.messages ?? [])

test('a question takes along the instructions and what was said before', async () => {
  const { chat, calls } = converse({ system: 'Be brief.' })
  await chat.send('My name is Alice. Weather in Paris?')
  for await (const _ of chat.stream('What was my name?'));
  assert.deepEqual(sent(calls[1]), [
    'system: Be brief.',
    'user: My name is Alice. Weather in Paris?',
    'assistant: answer 1',
    'user: What was my name?',
  ])
  assert.deepEqual(
    chat.messages.map(({ role, content }) => `${role}: ${content}`),
    [
      'user: My name is Alice. Weather in Paris?',
      'assistant: answer 1',
      'user: What was my name?',
      'assistant: answer 2',
    ],
  )
})

test('a turn is stored before the stream ends, with the true time', async () => {
  const store = memoryStore()
  const { chat } = converse({ id: 'a', store })
  const before = Date.now()
  for await (const _ of chat.stream('one'));
  const [turn] = (await store.load('a', 100))?.turns ?? []
  assert.equal(turn?.messages.length, 2)
  const createdAt = Date.parse(turn?.createdAt ?? '')
  assert.ok(createdAt >= before && createdAt <= Date.now())
  assert.match(turn?.createdAt ?? '', /Z$/)
})

test('questions at the same time are answered one after the other', async () => {
  let running = 0
  const { chat, calls } = converse({}, async function* (_, asked) {
    assert.equal(++running, 1)
    yield [text(`answer ${asked}`)]
    await new Promise((resolve) => setImmediate(resolve))
    running--
    yield [stop]
  })
  await Promise.all([chat.send('one'), chat.send('two'), chat.send('three')])
  assert.deepEqual(sent(calls[2]), [
    'user: one',
    'assistant: answer 1',
    'user: two',
    'assistant: answer 2',
    'user: three',
  ])
})

test('a question that waits for its turn can be stopped', async () => {
  const gate = Promise.withResolvers<void>()
  const { chat, calls } = converse({}, async function* () {
    await gate.promise
    yield [text('x'), stop]
  })
  const first = chat.send('one')
  await assert.rejects(chat.send('two', { timeoutMs: 20 }), /20/)
  gate.resolve()
  await first
  await chat.send('three')
  assert.deepEqual(sent(calls[1]), ['user: one', 'assistant: x', 'user: three'])
})

test('nothing of a failed turn is kept, and the next one goes on', async () => {
  const { chat, calls } = converse({}, async function* (_, asked) {
    if (asked === 1) throw new ProviderError('no', { reason: 'auth' })
    yield [text('x'), stop]
  })
  await assert.rejects(chat.send('one'), ProviderError)
  assert.deepEqual(chat.messages, [])
  await chat.send('two')
  assert.deepEqual(sent(calls[1]), ['user: two'])
})

const endless: Script = async function* () {
  yield [text('half')]
  await new Promise(() => {})
}

for (const [how, leave] of [
  [
    'break',
    async (stream: AsyncIterable<unknown>) => {
      for await (const _ of stream) break
    },
  ],
  [
    'cancel()',
    async (stream: AsyncIterable<unknown> & { cancel(): void }) =>
      assert.rejects(async () => {
        for await (const _ of stream) stream.cancel()
      }, AbortedError),
  ],
] as const) {
  test(`a turn that is left by ${how} is not kept`, async () => {
    const { chat } = converse({}, endless)
    await leave(chat.stream('one'))
    assert.deepEqual(chat.messages, [])
  })

  test(`a turn that is left by ${how} keeps what had arrived, where it is told to`, async () => {
    const store = memoryStore()
    const { chat } = converse({ id: 'a', store, onAbort: 'keep-partial' }, endless)
    await leave(chat.stream('one'))
    assert.deepEqual(chat.messages, [
      { role: 'user', content: 'one' },
      { role: 'assistant', content: 'half' },
    ])
    assert.equal((await store.load('a', 10))?.turns[0]?.interrupted, true)
  })
}

test('a stream that is disposed unread after its head does not keep the others waiting', async () => {
  const { chat } = converse()
  {
    await using stream = chat.stream('one')
    await stream.mode
  }
  assert.equal((await chat.send('two')).text, 'answer 2')
})

test('the budget drops the oldest turns, and the report says so', async () => {
  const { chat, calls } = converse({
    system: 'S',
    context: { maxTokens: 30, reserveForReply: 10, countTokens: ({ content }) => String(content).length },
  })
  for (const question of ['q1', 'q2', 'q3']) await chat.send(question)
  assert.deepEqual(sent(calls[2]), ['system: S', 'user: q2', 'assistant: answer 2', 'user: q3'])
  assert.deepEqual(chat.contextReport(), {
    maxTokens: 20,
    instructionTokens: 1,
    questionTokens: 2,
    historyTokens: 10,
    sentTurns: 1,
    summarizedTurns: 0,
    droppedTurns: 1,
  })
  assert.equal(chat.messages.length, 6, 'what is not sent is not forgotten')
})

test('a question that does not fit is refused before anything is sent', async () => {
  const { chat, calls } = converse({ context: { maxTokens: 10 } })
  await assert.rejects(chat.send('x'.repeat(100)), (error) => {
    assert.ok(error instanceof ContextOverflowError)
    assert.match(error.message, /at most 10 tokens: current value is 29/)
    return error.code === 'context_overflow'
  })
  assert.equal(calls.length, 0)
  await chat.send('hi')
})

test('what is sent keeps to the budget, whatever is said', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ minLength: 1, maxLength: 20 }), { maxLength: 6 }), async (questions) => {
      const countTokens = ({ content }: { readonly content: unknown }) => String(content).length
      const { chat, calls } = converse({ system: 'S', context: { maxTokens: 40, countTokens } })
      for (const question of questions) await chat.send(question)
      for (const [at, { request }] of calls.entries()) {
        const lines = said(request.messages)
        assert.equal(lines[0], 'system: S')
        assert.equal(lines.at(-1), `user: ${questions[at]}`)
        const length = lines.reduce((sum, line) => sum + line.length - line.indexOf(': ') - 2, 0)
        assert.ok(length <= 40)
        // Whole turns only: questions and answers take turns.
        assert.deepEqual(
          request.messages.slice(1).map(({ role }) => role),
          request.messages.slice(1).map((_, index) => (index % 2 === 0 ? 'user' : 'assistant')),
        )
      }
    }),
    { numRuns: 50 },
  )
})

test('a summary takes the place of the oldest turns, is asked for once, and is stored', async () => {
  const store = memoryStore()
  const { chat, calls } = converse(
    {
      id: 'a',
      store,
      context: {
        maxTokens: 60,
        countTokens: ({ content }) => String(content).length,
        strategy: summarize({ keepLastTurns: 1, component: 'cheap' }),
      },
    },
    ({ component }, asked) => batches([text(component === 'cheap' ? 'SUM' : `answer ${asked}`), stop]),
  )
  for (const question of ['a question of some length, a longer one', 'and again', 'x']) await chat.send(question)
  assert.deepEqual(
    calls.map(({ component }) => component),
    ['echo', 'echo', 'cheap', 'echo'],
  )
  assert.deepEqual(sent(calls[3]), [
    'system: Summary of the conversation so far: SUM',
    'user: and again',
    'assistant: answer 2',
    'user: x',
  ])
  assert.equal((await store.load('a', 100))?.summary?.text, 'SUM')
  assert.equal(chat.contextReport()?.summarizedTurns, 1)
})

test('a conversation goes on in another process', async () => {
  const store = memoryStore()
  await converse({ id: 'a', store }).chat.send('one')
  const { chat, calls } = converse({ id: 'a', store })
  await chat.send('two')
  assert.deepEqual(sent(calls[0]), ['user: one', 'assistant: answer 1', 'user: two'])
})

test('a fork goes its own way', async () => {
  const { chat, calls } = converse({ system: 'S' })
  await chat.send('one')
  const other = chat.fork()
  await other.send('two')
  await chat.send('three')
  assert.deepEqual(sent(calls[1]), ['system: S', 'user: one', 'assistant: answer 1', 'user: two'])
  assert.deepEqual(sent(calls[2]), ['system: S', 'user: one', 'assistant: answer 1', 'user: three'])
  assert.notEqual(chat.id, other.id)
})

test('JSON holds the whole conversation, images among it', async () => {
  const { chat } = converse({ id: 'a', system: 'S' })
  const image = { type: 'image', data: new Uint8Array([1, 2, 255]), mediaType: 'image/png' } as const
  await chat.send([{ role: 'user', content: [{ type: 'text', text: 'look' }, image] }])
  const { chat: other, calls } = converse({ from: JSON.parse(JSON.stringify(chat)) })
  assert.equal(other.id, 'a')
  await other.send('and now?')
  const [system, question] = calls[0]?.request.messages ?? []
  assert.deepEqual(said(system ? [system] : []), ['system: S'])
  assert.deepEqual(question?.content[1], {
    type: 'image',
    source: { data: new Uint8Array([1, 2, 255]), mediaType: 'image/png' },
  })
  assert.equal(other.messages.length, 4)
})

test('clear() forgets, in the store too', async () => {
  const store = memoryStore()
  const { chat, calls } = converse({ id: 'a', store })
  await chat.send('one')
  await chat.clear()
  assert.deepEqual(chat.messages, [])
  await chat.send('two')
  assert.deepEqual(sent(calls[1]), ['user: two'])
})

test('tokens are summed over the turns', async () => {
  const usage = { promptTokens: 1, completionTokens: 2, totalTokens: 3 }
  const { chat } = converse({}, () => batches([text('x'), stop, { type: 'usage', usage }]))
  assert.equal(chat.usage, undefined)
  await chat.send('one')
  await chat.send('two')
  assert.deepEqual(chat.usage, { prompt_tokens: 2, completion_tokens: 4, total_tokens: 6 })
})

test('a turn that cannot be stored fails, and says why', async () => {
  const full: ConversationStore = {
    ...memoryStore(),
    append: async () => {
      throw new Error('the disk is full')
    },
  }
  const { chat } = converse({ store: full })
  await assert.rejects(chat.send('one'), /the disk is full/)
})

test('personal data is taken out of what was said before too', async () => {
  const { chat, calls } = converse({ scrubPii: { input: true } })
  await chat.send('one')
  await chat.send('two')
  assert.deepEqual(calls[1]?.request.scrub?.messages, [0, 1, 2])
})

test('a budget that leaves nothing is refused at once', () => {
  const { client } = converse()
  assert.throws(() => client.conversation({ context: { maxTokens: 10, reserveForReply: 10 } }), InvalidRequestError)
})
