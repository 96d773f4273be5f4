import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CallSummary } from '@dapr-chat/protocol/console'
import { filterQuery, matches, parseFilter, withToken } from './call-filter.ts'

const call: CallSummary = {
  id: 'one',
  startedAt: 0,
  state: 'failed',
  surface: 'openai',
  streamed: true,
  component: 'gpt',
  type: 'conversation.openai',
  model: 'gpt-4.1-nano',
  caller: 'shop',
  contextId: 'order-17',
  traceId: '0af7651916cd43dd8448eb211c80319c',
  durationMs: 2_500,
  chunks: 0,
  tokens: {},
  cached: false,
  attempts: 1,
  toolCalls: 0,
  error: { code: 'rate_limit', message: 'Too many requests' },
}

test('tokens and words are told apart', () => {
  assert.deepEqual(parseFilter('component:gpt state:error  model:gpt* >2s too many http://x'), {
    component: 'gpt',
    state: 'error',
    model: 'gpt*',
    longerThanMs: 2_000,
    text: 'too many http://x',
  })
  assert.deepEqual(parseFilter('constructor:x'), { text: 'constructor:x' })
  assert.deepEqual(parseFilter('  '), {})
})

for (const search of [
  'component:gpt',
  'status:error',
  'model:gpt-4*',
  'caller:shop',
  'code:rate_limit',
  '>2s',
  '>2400ms',
]) {
  test(`a call is found by ${search}`, () => assert.ok(matches(call, parseFilter(search))))
}
for (const search of ['conv:order-17', '0AF76519', 'too many', 'GPT-4.1', 'rate_limit']) {
  test(`a call is found by ${search}`, () => assert.ok(matches(call, parseFilter(search))))
}
for (const search of [
  'component:gp',
  'state:succeeded',
  'model:gpt',
  'model:gpt.4*',
  '>3s',
  'conv:order',
  'nothing like it',
]) {
  test(`a call is not found by ${search}`, () => assert.ok(!matches(call, parseFilter(search))))
}

test('the sidecar is asked for what it can filter by, and for no more', () => {
  const query = filterQuery(parseFilter('component:gpt state:error model:gpt* code:timeout conv:a >1s word'))
  assert.equal(query.toString(), 'component=gpt&code=timeout&contextId=a&q=word')
})

test('a token takes the place of the one before it', () => {
  assert.equal(withToken('state:failed word', 'state', 'succeeded'), 'state:succeeded word')
  assert.equal(withToken('state:failed word', 'state', ''), 'word')
})
