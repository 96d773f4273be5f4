/** The caller leaves: whatever the call was doing, the provider's connection closes at once and the books are right. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { chunk, done, finish, type Script, silence, textAnswer } from '../testing/index.ts'
import {
  ask,
  countOf,
  eventually,
  oneToken,
  type Question,
  questions,
  readUntil,
  stallAfter,
  startConversation,
  streams,
  untilStill,
} from './conversation.ts'

const timeout = 20_000

interface Phase {
  readonly script: Script
  readonly questions: readonly Question[]
}

const all = Object.keys(questions) as Question[]
const phases: Readonly<Record<string, Phase>> = {
  'before the provider answers': { script: () => silence, questions: all },
  'before the first token': {
    script: () => ({ body: stallAfter(chunk({ role: 'assistant', content: '' })) }),
    questions: all,
  },
  'in the middle of the answer': { script: oneToken, questions: all },
}

for (const [when, { script, questions: asked }] of Object.entries(phases)) {
  for (const question of asked) {
    test(`a caller of ${question} who leaves ${when} closes the provider's connection within 100 ms`, {
      timeout,
    }, async () => {
      await using conversation = await startConversation(script)
      const { upstream, http, metrics, sidecar } = conversation
      const caller = new AbortController()
      const response = ask(http, question, { signal: caller.signal })
      response.catch(() => {})
      await upstream.requestArrived()
      if (when === 'in the middle of the answer' && question.startsWith('a stream')) {
        await readUntil(await response, 'Hello')
      } else {
        // The provider's part of the answer has to reach the sidecar.
        await setTimeout(30)
      }
      const left = performance.now()
      caller.abort()
      const delay = (await upstream.connectionClosed()) - left
      assert.ok(delay < 100, `${delay} ms`)
      await eventually(() => sidecar.openCalls === 0)
      assert.deepEqual([await countOf(metrics, false), await countOf(metrics, true)], [1, 0])
    })
  }
}

for (const question of streams) {
  test(`a caller of ${question} who leaves with the last token has had a success`, { timeout }, async () => {
    await using conversation = await startConversation(() => ({
      body: stallAfter(chunk({ content: 'Hello' }), finish('stop')),
    }))
    const { http, metrics, sidecar } = conversation
    const response = await ask(http, question)
    await readUntil(response, 'stop')
    response.destroy()
    await eventually(() => sidecar.openCalls === 0)
    assert.deepEqual([await countOf(metrics, false), await countOf(metrics, true)], [0, 1])
  })
}

test("a caller who leaves while nobody reads closes the provider's connection too", { timeout }, async () => {
  const token = chunk({ content: 'x'.repeat(64 * 1024) })
  await using conversation = await startConversation(() => ({
    body: (function* () {
      for (let count = 0; count < 1_000; count++) yield token
      yield done
    })(),
  }))
  const { upstream, http, sidecar } = conversation
  const response = await ask(http, 'a stream of Dapr')
  const request = await upstream.requestArrived()
  await untilStill(() => request.bytesAccepted)
  const left = performance.now()
  response.destroy()
  const delay = (await upstream.connectionClosed()) - left
  assert.ok(delay < 100, `${delay} ms`)
  await eventually(() => sidecar.openCalls === 0)
})

test('two hundred callers who leave at any moment leave nothing behind', { timeout }, async () => {
  const words = async function* () {
    for (const piece of textAnswer('one', ' two', ' three', ' four')) {
      yield piece
      await setTimeout(5)
    }
  }
  let forgetful = true
  // Every other question would never be answered: only leaving ends it.
  await using conversation = await startConversation(({ index }) =>
    forgetful && index % 2 === 0 ? silence : { body: words() },
  )
  const { http, metrics, sidecar } = conversation
  await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      const caller = new AbortController()
      const answer = ask(http, all[index % all.length] ?? 'a stream of Dapr', { signal: caller.signal })
      const read = answer.then(async (response) => {
        for await (const _part of response);
      })
      await setTimeout(Math.random() * (index % 4 === 0 ? 5 : 150))
      caller.abort()
      await read.catch(() => {})
    }),
  )
  await eventually(() => sidecar.openCalls === 0)
  forgetful = false
  const response = await ask(http, 'a stream of Dapr')
  assert.match(await readUntil(response, '[DONE]'), /four/)
  const counted = (await countOf(metrics, true)) + (await countOf(metrics, false))
  assert.ok(counted >= 1 && counted <= 201, `${counted} conversations`)
})
