import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { InvalidRequestError } from '../errors.ts'
import type { ChatMessage } from '../message.ts'
import { approxTokens, type ContextBudget, type ContextStrategy, custom, dropOldest } from './context.ts'
import type { StoredConversation, StoredTurn } from './store.ts'
import { summarize } from './summarize.ts'

/** One token for each character, so that tests can count. */
const count = async (messages: readonly ChatMessage[]) =>
  messages.reduce((sum, { content }) => sum + (typeof content === 'string' ? content.length : 0), 0)

function budgetOf(maxTokens: number, asked: string[] = []): ContextBudget {
  return {
    maxTokens,
    count,
    async ask(messages) {
      asked.push(messages.map(({ content }) => String(content)).join('|'))
      return 'SUM'
    },
  }
}

const turn = (id: string, content: string): StoredTurn => ({
  id,
  createdAt: '2026-01-31T12:00:00.000Z',
  messages: [
    { role: 'user', content },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: `call_${id}`, type: 'function', function: { name: 'look', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: `call_${id}`, name: 'look', content: 'r' },
    { role: 'assistant', content: 'a' },
  ],
})

const conversations = fc
  .array(fc.string({ maxLength: 12 }), { maxLength: 12 })
  .map((texts): StoredConversation => ({ turns: texts.map((text, at) => turn(`${at}`, text)) }))

const strategies: Readonly<Record<string, ContextStrategy>> = {
  dropOldest: dropOldest(),
  summarize: summarize({ keepLastTurns: 2 }),
}

for (const [name, strategy] of Object.entries(strategies)) {
  test(`${name}() stays within the budget and sends whole turns only, for every conversation`, async () => {
    await fc.assert(
      fc.asyncProperty(conversations, fc.nat({ max: 120 }), async (conversation, maxTokens) => {
        const { messages, turns } = await strategy.select(conversation, budgetOf(maxTokens))
        assert.ok((await count(messages)) <= maxTokens)
        const whole = conversation.turns.slice(conversation.turns.length - turns).flatMap((kept) => kept.messages)
        assert.deepEqual(messages.slice(messages.length - whole.length), whole)
        assert.ok(messages.length - whole.length <= (name === 'summarize' ? 1 : 0))
      }),
    )
  })
}

test('dropOldest() sends as many turns as fit', async () => {
  const turns = [turn('1', '1234'), turn('2', '1234'), turn('3', '1234')]
  const selection = await dropOldest().select({ turns }, budgetOf(17))
  assert.deepEqual(selection.messages, [...(turns[1]?.messages ?? []), ...(turns[2]?.messages ?? [])])
})

test('summarize() writes down the oldest turns once, and goes on from there', async () => {
  const asked: string[] = []
  const turns = [turn('1', 'Alice'), turn('2', 'Paris'), turn('3', 'x')]
  const strategy = summarize({ keepLastTurns: 1 })
  const first = await strategy.select({ turns }, budgetOf(60, asked))
  assert.deepEqual(first.summary, { text: 'SUM', through: '2' })
  assert.equal(first.messages[0]?.content, 'Summary of the conversation so far: SUM')
  assert.equal(first.turns, 1)
  assert.equal(first.summarizedTurns, 2)
  assert.match(asked[0] ?? '', /user: Alice\nassistant called look: {}\ntool: r\nassistant: a\nuser: Paris/)

  const again = await strategy.select({ turns, summary: { text: 'SUM', through: '2' } }, budgetOf(60, asked))
  assert.equal(asked.length, 1, 'what is summarised already is not asked for again')
  assert.equal(again.summary, undefined)
  assert.deepEqual(again.messages, first.messages)

  const later = [...turns, turn('4', 'y')]
  await strategy.select({ turns: later, summary: { text: 'SUM', through: '2' } }, budgetOf(60, asked))
  assert.match(asked[1] ?? '', /Summary of what was said before: SUM\nuser: x/)
  assert.doesNotMatch(asked[1] ?? '', /Alice/)
})

test('summarize() leaves out a summary that does not fit, and keeps the newest turns', async () => {
  const selection = await summarize({ keepLastTurns: 1 }).select(
    { turns: [turn('1', 'long ago'), turn('2', 'x')] },
    budgetOf(10),
  )
  assert.equal(selection.turns, 1)
  assert.equal(selection.messages.length, 4)
})

test('custom() sends what the function returns', async () => {
  const turns = [turn('1', 'one'), turn('2', 'two')]
  const strategy = custom((messages) => messages.slice(0, 4))
  assert.deepEqual((await strategy.select({ turns }, budgetOf(10))).messages, turns[0]?.messages)
})

test('custom() refuses to part a tool call from its result, and to go over the budget', async () => {
  const turns = [turn('1', 'one')]
  const select = (choose: (messages: readonly ChatMessage[]) => readonly ChatMessage[]) =>
    custom(choose).select({ turns }, budgetOf(3))
  await assert.rejects(
    select((messages) => messages.slice(0, 2)),
    InvalidRequestError,
  )
  await assert.rejects(
    select((messages) => messages.slice(2)),
    InvalidRequestError,
  )
  await assert.rejects(
    select((messages) => messages),
    /at most 3 tokens: current value is 5/,
  )
})

test('approxTokens() takes four bytes for a token', () => {
  assert.equal(approxTokens({ role: 'user', content: 'x'.repeat(40) }), 14)
  assert.equal(approxTokens({ role: 'user', content: '' }), 4)
})
