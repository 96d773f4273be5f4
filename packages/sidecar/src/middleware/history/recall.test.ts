import assert from 'node:assert/strict'
import { test } from 'node:test'
import { estimateTokens, type Message } from '@dapr-chat/protocol'
import fc from 'fast-check'
import { type RecallOptions, recall } from './recall.ts'

const text = (value: string) => [{ type: 'text', text: value }] as const
const user = (value: string): Message => ({ role: 'user', content: text(value) })
const answer = (value: string): Message => ({ role: 'assistant', content: text(value), toolCalls: [] })
const calls = (...ids: string[]): Message => ({
  role: 'assistant',
  content: [],
  toolCalls: ids.map((id) => ({ id, name: 'now', arguments: '{}' })),
})
const tool = (toolCallId: string): Message => ({ role: 'tool', content: text('12:00'), toolCallId, name: 'now' })

const recalled = (messages: readonly Message[], options: Partial<RecallOptions> = {}) =>
  recall(messages.toReversed(), { maxTokens: 1_000_000, continues: false, ...options })
const cost = (messages: readonly Message[]) => messages.reduce((sum, message) => sum + estimateTokens(message), 0)

test('recall() gives everything that fits, in order', async () => {
  const messages = [user('a'), answer('b'), user('c'), calls('1', '2'), tool('2'), tool('1'), answer('d')]
  assert.deepEqual(await recalled(messages), messages)
  assert.deepEqual(await recalled(messages, { maxTokens: cost(messages) }), messages)
  assert.deepEqual(await recalled(messages, { maxTokens: cost(messages) - 1 }), messages.slice(2))
  assert.deepEqual(await recalled(messages, { maxTokens: 0 }), [])
  assert.deepEqual(await recalled([]), [])
})

test('recall() takes several messages of the user in a row as one question', async () => {
  const messages = [user('a'), answer('b'), user('c'), user('d'), answer('e')]
  const last = messages.slice(2)
  assert.deepEqual(await recalled(messages, { maxTokens: cost(last) }), last)
  assert.deepEqual(await recalled(messages, { maxTokens: cost(last) - 1 }), [])
})

test('recall() does not pass over a round that is too large for an older one', async () => {
  assert.deepEqual(
    await recalled([user('a'), answer('b'), user('c'.repeat(1_000)), answer('d')], { maxTokens: 50 }),
    [],
  )
})

test('recall() leaves out a round with a call that was not answered, and an answer that has lost its call', async () => {
  const good = [user('a'), answer('b')]
  const broken = [
    [user('c'), calls('1')],
    [user('c'), calls('1', '2'), tool('1')],
    [user('c'), calls('1'), answer('d')],
    [user('c'), calls('1'), tool('2')],
    [user('c'), tool('1')],
  ]
  for (const round of broken) assert.deepEqual(await recalled([...good, ...round]), good)
  assert.deepEqual(await recalled([tool('1'), answer('c'), ...good]), good)
})

test('recall() takes an answer without an id for that of the first open call', async () => {
  const messages = [user('a'), calls('1', '2'), tool(''), tool('2'), answer('b')]
  assert.deepEqual(await recalled(messages), messages)
})

test('recall() keeps the round that the request continues, however long it is', async () => {
  const messages = [user('a'), answer('b'), user('c'.repeat(100)), calls('1'), tool('1'), calls('2')]
  assert.deepEqual(await recalled(messages, { continues: true, maxTokens: 1 }), messages.slice(2))
  assert.deepEqual(await recalled(messages, { continues: true }), messages)
  assert.deepEqual(await recalled(messages, { continues: false }), messages.slice(0, 2))
})

test('recall() reads no further than it has to', async () => {
  let read = 0
  const endless = function* () {
    for (;;) {
      read++
      yield read % 2 === 1 ? answer('b') : user('a')
    }
  }
  const kept = await recall(endless(), { maxTokens: 100, continues: false })
  assert.ok(cost(kept) <= 100 && kept.length > 10, `${kept.length} messages`)
  assert.ok(read <= kept.length + 4, `${read} messages read`)
})

/** Rounds as models and callers make them; some are never finished. */
const round = fc
  .record({
    questions: fc.array(fc.string({ minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 2 }),
    steps: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }),
    lost: fc.boolean(),
    final: fc.string({ minLength: 1, maxLength: 60 }),
  })
  .map(({ questions, steps, lost, final }) => {
    const messages = questions.map(user)
    for (const [step, count] of steps.entries()) {
      const ids = Array.from({ length: count }, (_, index) => `${step}.${index}`)
      messages.push(calls(...ids), ...ids.map(tool))
    }
    // A turn ends with an answer of the model: without steps there is a final one.
    const whole = !lost || steps.length === 0
    if (whole) messages.push(answer(final))
    else messages.pop()
    return { messages, whole }
  })

test('recall() keeps, for every conversation and every budget, the newest whole rounds that fit, and no halves', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(round, { maxLength: 8 }),
      fc.integer({ min: 0, max: 300 }),
      fc.boolean(),
      fc.nat(3),
      async (rounds, maxTokens, continues, cut) => {
        // What has been trimmed from the store may be the beginning of the oldest round.
        const [oldest, ...later] = rounds
        const trimmed = later.length === 0 ? oldest?.messages : oldest?.messages.slice(cut)
        const beginning = { messages: trimmed ?? [], whole: oldest?.whole === true && trimmed?.[0]?.role === 'user' }
        const stored = oldest ? [beginning, ...later] : []
        const kept = await recalled(
          stored.flatMap(({ messages }) => messages),
          { maxTokens, continues },
        )

        const usable = stored
          .filter(({ whole }, index) => whole || (continues && index === stored.length - 1))
          .map(({ messages }) => messages)
        const suffixes = Array.from({ length: usable.length + 1 }, (_, count) =>
          usable.slice(usable.length - count).flat(),
        )
        const longest = suffixes.findLastIndex((suffix) => cost(suffix) <= maxTokens)
        const mandatory = continues && usable.length > 0 ? 1 : 0
        assert.deepEqual(kept, suffixes[Math.max(longest, mandatory)])
        if (mandatory === 0 || longest > 0) assert.ok(cost(kept) <= maxTokens)
        if (kept.length > 0) assert.equal(kept[0]?.role, 'user')
      },
    ),
    { numRuns: 500 },
  )
})
