/** What the stories of the console have in common. */
import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import { send } from '../testing/index.ts'

/** Reads what the console reads. */
export async function readConsole<T>(http: string, path: string): Promise<T> {
  const answer = await send(http, `/api/console/${path}`)
  assert.equal(answer.status, 200, answer.text)
  return JSON.parse(answer.text)
}

/** Reads again and again until it is as it should be; a test that waits for ever is ended by its own limit. */
export async function readUntilItIs<T>(http: string, path: string, holds: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await readConsole<T>(http, path)
    if (holds(value)) return value
    await setTimeout(5)
  }
}

/** A question in OpenAI's words. */
export const chat = (model: string, given: object = {}): object => ({
  model,
  messages: [{ role: 'user', content: 'Hello?' }],
  ...given,
})
