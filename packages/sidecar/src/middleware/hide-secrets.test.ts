import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConversationError, type ConversationEvent, type Converse } from '@dapr-chat/protocol'
import { callOf } from '../../testing/index.ts'
import { hideSecrets } from './hide-secrets.ts'

function failing(error: unknown): Converse {
  return async function* fails() {
    yield [{ type: 'text-delta', choice: 0, text: 'the word hunter22 is text' }]
    throw error
  }
}

async function run(converse: Converse): Promise<{ batches: (readonly ConversationEvent[])[]; thrown: unknown }> {
  const batches: (readonly ConversationEvent[])[] = []
  try {
    for await (const batch of converse(callOf())) batches.push(batch)
  } catch (thrown) {
    return { batches, thrown }
  }
  return { batches, thrown: undefined }
}

test('a secret is masked in the message of a failure, and nothing else about it changes', async () => {
  const error = new ConversationError('auth', 'wrong key: hunter22, hunter22', {
    status: 401,
    retryAfterMs: 5,
    cause: new Error('hunter22'),
  })
  const { batches, thrown } = await run(hideSecrets(['hunter22'])(failing(error)))
  assert.ok(thrown instanceof ConversationError)
  assert.deepEqual(
    [thrown.code, thrown.message, thrown.status, thrown.retryAfterMs, thrown.cause],
    ['auth', 'wrong key: ***, ***', 401, 5, undefined],
  )
  assert.deepEqual(batches, [[{ type: 'text-delta', choice: 0, text: 'the word hunter22 is text' }]])
})

test('a failure without the secret passes as it is', async () => {
  const error = new ConversationError('unavailable', 'the provider is down', { cause: new Error('why') })
  assert.equal((await run(hideSecrets(['hunter22'])(failing(error)))).thrown, error)
})

test('a stand-in for a key may be an ordinary word and is not masked', async () => {
  const error = new ConversationError('unavailable', 'ollama is down')
  assert.equal((await run(hideSecrets(['ollama', ''])(failing(error)))).thrown, error)
})

test('a stream that is left early is closed behind the middleware too', async () => {
  let closed = false
  const endless: Converse = async function* runs() {
    try {
      for (;;) yield [{ type: 'message-start' }]
    } finally {
      closed = true
    }
  }
  for await (const _ of hideSecrets(['hunter22'])(endless)(callOf())) break
  assert.ok(closed)
})
