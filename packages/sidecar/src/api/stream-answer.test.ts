import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { ConversationError, ConversationEvent } from '@dapr-chat/protocol'
import { ConversationError as Failure } from '@dapr-chat/protocol'
import { send } from '@dapr-chat/sidecar/testing'
import { KeepAlive } from '../server/keep-alive.ts'
import { streamAnswer } from './stream-answer.ts'

const wire = {
  write: (batch: readonly ConversationEvent[]) => batch.map(({ type }) => type),
  end: () => [],
  error: ({ code }: ConversationError) => `error: ${code}\n\n`,
}

/** What a caller gets of an answer that breaks off after its first word, and what the log is told of it. */
async function brokenBy(thrown: unknown) {
  const reported: unknown[] = []
  const context = {
    keepAlive: new KeepAlive(0),
    countError: () => {},
    reportInternal: (error: unknown) => reported.push(error),
  }
  async function* answer(): AsyncGenerator<readonly ConversationEvent[]> {
    yield [{ type: 'text-delta', choice: 0, text: 'Hello' }]
    throw thrown
  }
  await using server = createServer((_request, response) => void streamAnswer(answer(), response, wire, context))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { text } = await send(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, '/')
  return { text, reported }
}

test('a failure of ours in the middle of an answer reaches the log, and the caller without its message', async () => {
  const bug = new TypeError('x is not a function')
  const { text, reported } = await brokenBy(bug)
  assert.equal(text, 'data: text-delta\n\nerror: internal\n\n')
  assert.deepEqual(reported, [bug])
})

test('a failure of the provider in the middle of an answer is the caller’s to know, and not news for the log', async () => {
  const { text, reported } = await brokenBy(new Failure('interrupted', 'the connection broke'))
  assert.equal(text, 'data: text-delta\n\nerror: interrupted\n\n')
  assert.deepEqual(reported, [])
})
