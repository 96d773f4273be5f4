import assert from 'node:assert/strict'
import { test } from 'node:test'
import { collect } from '@dapr-chat/protocol'
import {
  type CallOptions,
  callOf,
  chunk,
  done,
  finish,
  outcomeOf,
  scriptedProvider,
  textAnswer,
  vendorProvider,
} from '@dapr-chat/sidecar/testing'
import { deepseek } from './deepseek.ts'

async function bodyOf(call: CallOptions, metadata: Readonly<Record<string, string>> = {}) {
  await using upstream = await scriptedProvider({ body: textAnswer('{}') })
  await using provider = vendorProvider(deepseek, { key: 'k', endpoint: upstream.url, ...metadata })
  await collect(provider.converse(callOf(call)))
  return (await upstream.requestArrived()).body as Record<string, unknown>
}

test('deepseek asks deepseek-chat unless told otherwise', async () => {
  assert.equal((await bodyOf({})).model, 'deepseek-chat')
  assert.equal((await bodyOf({}, { model: 'deepseek-reasoner' })).model, 'deepseek-reasoner')
  assert.equal((await bodyOf({ model: 'other' })).model, 'other')
})

test('maxTokens is the limit where the caller sets none', async () => {
  assert.equal((await bodyOf({}, { maxTokens: '77' })).max_tokens, 77)
  assert.equal((await bodyOf({ maxTokens: 5 }, { maxTokens: '77' })).max_tokens, 5)
  assert.equal('max_tokens' in (await bodyOf({})), false)
})

test('a schema becomes an instruction, because the API promises JSON only', async () => {
  const schema = { type: 'object', properties: { city: { type: 'string' } } }
  const body = await bodyOf({ responseFormat: { type: 'json_schema', name: 'place', description: 'a place', schema } })
  assert.deepEqual(body.response_format, { type: 'json_object' })
  const [instruction] = body.messages as { role: string; content: string }[]
  assert.equal(instruction?.role, 'system')
  assert.ok(instruction.content.includes('(a place)'))
  assert.ok(instruction.content.endsWith(JSON.stringify(schema)))
})

test('thinking goes back in turns with tool calls only', async () => {
  const text = (value: string) => [{ type: 'text' as const, text: value }]
  const call = { id: 'c', name: 'f', arguments: '{}' }
  const body = await bodyOf({
    messages: [
      { role: 'user', content: text('1') },
      { role: 'assistant', content: text('one'), toolCalls: [], reasoning: 'plain' },
      { role: 'user', content: text('2') },
      { role: 'assistant', content: [], toolCalls: [call], reasoning: 'why f' },
      { role: 'tool', content: text('r'), toolCallId: 'c', name: 'f' },
    ],
  })
  const messages = body.messages as { reasoning_content?: string }[]
  assert.deepEqual(
    messages.map((message) => message.reasoning_content),
    [undefined, undefined, undefined, 'why f', undefined],
  )
})

test('thinking streams as reasoning', async () => {
  const body = [chunk({ reasoning_content: 'Hm' }), chunk({ content: 'Yes' }), finish('stop'), done]
  await using upstream = await scriptedProvider({ body })
  await using provider = vendorProvider(deepseek, { key: 'k', endpoint: upstream.url })
  const { choices } = await collect(provider.converse(callOf()))
  assert.deepEqual([choices[0]?.reasoning, choices[0]?.text], ['Hm', 'Yes'])
})

test("a limit in OpenAI's newer name is sent in the one that the API knows", async () => {
  await using upstream = await scriptedProvider({ body: textAnswer('Hello') })
  await using provider = vendorProvider(deepseek, { key: 'k', endpoint: upstream.url })
  await collect(provider.converse(callOf({ maxTokens: 5, parameters: { max_completion_tokens: 5, top_p: 0.5 } })))
  await collect(provider.converse(callOf({ parameters: { max_completion_tokens: 7 } })))
  const bodies = [await upstream.requestArrived(0), await upstream.requestArrived(1)].map(({ body }) => body)
  assert.partialDeepStrictEqual(bodies, [{ max_tokens: 5, top_p: 0.5 }, { max_tokens: 7 }])
  assert.equal(JSON.stringify(bodies).includes('max_completion_tokens'), false)
})

for (const model of ['deepseek-chat', 'deepseek-reasoner', 'deepseek-v4-pro']) {
  test(`${model} gets the thinking of turns with tool calls, never an empty one, and no other vendor's signature`, async () => {
    const text = (value: string) => [{ type: 'text' as const, text: value }]
    const call = { id: 'c', name: 'f', arguments: '{}', signature: 'of-the-call' }
    const result = { role: 'tool' as const, content: text('r'), toolCallId: 'c', name: 'f' }
    const user = { role: 'user' as const, content: text('?') }
    const said = (reasoning: string, ...toolCalls: (typeof call)[]) => ({
      ...{ role: 'assistant' as const, content: text('a'), toolCalls, reasoning, reasoningSignature: 'sig' },
    })
    const calling = [user, said('why', call), result, said('', call), result, said('so')]
    const body = await bodyOf({ messages: [user, said('no call'), ...calling, user, said('after'), user] }, { model })
    const messages = body.messages as Record<string, unknown>[]
    const sent = messages.map((message, at) => ('reasoning_content' in message ? [at, message.reasoning_content] : []))
    assert.deepEqual(sent.flat(), [3, 'why', 7, 'so'])
    assert.doesNotMatch(JSON.stringify(body), /signature/)
  })
}

test('a delta of thinking that says nothing is not passed on', async () => {
  const first = chunk({ role: 'assistant', content: null, reasoning_content: '' })
  const body = [first, chunk({ content: 'Yes', reasoning_content: null }), finish('stop'), done]
  await using upstream = await scriptedProvider({ body })
  await using provider = vendorProvider(deepseek, { key: 'k', endpoint: upstream.url })
  const { events } = await outcomeOf(provider.converse(callOf()))
  assert.deepEqual(
    events.map(({ type }) => type),
    ['message-start', 'text-delta', 'finish'],
  )
})
