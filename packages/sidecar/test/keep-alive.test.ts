/** Comments that keep a silent stream alive: only while it is silent, and of a form that breaks no client. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { chunk, done, finish, readText } from '../testing/index.ts'
import { ask, startConversation, streams } from './conversation.ts'

/** Two tokens with a pause between them. */
const paused = (pauseMs: number) => () => ({
  body: (async function* () {
    yield chunk({ content: 'Hello' })
    await setTimeout(pauseMs)
    yield chunk({ content: ' world' })
    yield finish('stop')
    yield done
  })(),
})

for (const question of streams) {
  test(`${question} that falls silent gets comments of one line, between its events`, async () => {
    await using conversation = await startConversation(paused(250), { keepAliveMs: 20 })
    const text = await readText(await ask(conversation.http, question))
    const [, between, after] = text.split(/^data: .*(?:Hello|world).*\n\n/m)
    assert.match(between ?? '', /^(?:: ping\n){2,}$/)
    assert.doesNotMatch(after ?? '', /ping/)
  })

  test(`${question} that flows gets none`, async () => {
    await using conversation = await startConversation(
      () => ({
        body: (async function* () {
          for (let token = 0; token < 20; token++) {
            yield chunk({ content: `${token} ` })
            await setTimeout(5)
          }
          yield finish('stop')
        })(),
      }),
      { keepAliveMs: 400 },
    )
    assert.doesNotMatch(await readText(await ask(conversation.http, question)), /ping/)
  })

  test(`${question} gets none where they are turned off`, async () => {
    await using conversation = await startConversation(paused(100), { keepAliveMs: 0 })
    assert.doesNotMatch(await readText(await ask(conversation.http, question)), /ping/)
  })
}
