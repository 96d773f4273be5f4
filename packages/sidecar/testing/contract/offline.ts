/** The contract of a provider that asks nobody: what a caller sees of an answer is the same. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConversationError, collect } from '@dapr-chat/protocol'
import { type CallOptions, callOf } from '../call-of.ts'
import { outcomeOf } from '../outcome.ts'
import { vendorProvider } from '../vendor-provider.ts'
import type { OfflineContract } from './contract.ts'
import { questions } from './questions.ts'
import { type Feature, features, supportOf } from './support.ts'

const asked = 'Once upon a time – 🎉'

/** The features of which there is something to see without a vendor. */
const visible: readonly Feature[] = ['text', 'tool calls', 'parallel tool calls', 'token counts', 'cancel']

export function offlineContract(contract: OfflineContract): void {
  const { definition, differs, slowly } = contract
  const { type } = definition
  const shown = (feature: Feature, name: string, run: () => Promise<void>) => {
    const { state, reason } = supportOf(differs, feature)
    test(`${type} ${name}`, state === 'missing' ? { skip: reason } : {}, run)
  }
  const question = (more: CallOptions = {}) =>
    callOf({ messages: [{ role: 'user', content: [{ type: 'text', text: asked }] }], ...more })

  shown('text', 'streams text piece by piece, its beginning first and its reason behind it', async () => {
    await using provider = vendorProvider(definition, {})
    const { events, result } = await outcomeOf(provider.converse(question()))
    assert.equal(events[0]?.type, 'message-start')
    assert.ok(events.filter((event) => event.type === 'text-delta').length > 1)
    assert.equal(result.choices[0]?.text, contract.answer(asked))
    assert.equal(result.choices[0].finishReason, 'stop')
  })

  shown('token counts', 'reports counts of tokens that add up', async () => {
    await using provider = vendorProvider(definition, {})
    const { usage } = await collect(provider.converse(question()))
    assert.ok(usage && usage.completionTokens > 0)
    assert.equal(usage.totalTokens, usage.promptTokens + usage.completionTokens)
  })

  shown('tool calls', 'calls a tool by its name', async () => {
    await using provider = vendorProvider(definition, {})
    const { choices } = await collect(provider.converse(question(questions.tool)))
    assert.deepEqual(
      choices[0]?.toolCalls.map(({ name }) => name),
      ['find'],
    )
    assert.equal(choices[0].finishReason, 'tool_calls')
  })

  shown('parallel tool calls', 'gives parallel tool calls an index and an id each', async () => {
    await using provider = vendorProvider(definition, {})
    const { events, result } = await outcomeOf(
      provider.converse(question({ tools: [{ name: 'find' }, { name: 'now' }] })),
    )
    const starts = events.filter((event) => event.type === 'tool-call-start')
    assert.deepEqual(
      starts.map(({ index, name }) => [index, name]),
      [
        [0, 'find'],
        [1, 'now'],
      ],
    )
    assert.equal(new Set(result.choices[0]?.toolCalls.map(({ id }) => id)).size, 2)
  })

  shown('cancel', 'stops within 100 ms when the caller leaves', async () => {
    await using provider = vendorProvider(definition, slowly)
    const caller = new AbortController()
    const stream = provider.converse(question({ signal: caller.signal }))[Symbol.asyncIterator]()
    await stream.next()
    const next = stream.next()
    const reason = new ConversationError('cancelled', 'the caller has gone')
    const left = performance.now()
    caller.abort(reason)
    await assert.rejects(next, (error) => error === reason)
    assert.ok(performance.now() - left < 100)
  })

  for (const feature of Object.keys(features) as Feature[]) {
    const { state, reason } = supportOf(differs, feature)
    if (state === 'missing' && !visible.includes(feature)) test(`${type}: ${feature}`, { skip: reason }, () => {})
  }
}
