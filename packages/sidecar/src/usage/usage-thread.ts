/** The thread of the usage store: does what it is asked, one thing after the other, and answers each. */
import { parentPort, workerData } from 'node:worker_threads'
import { UsageDatabase, type UsageLimits } from './usage-database.ts'
import type { UsageAnswer, UsageQuestion } from './usage-messages.ts'

/** How often rows that are too old are deleted, in milliseconds. */
const FORGET_EVERY_MS = 10 * 60_000

let database: UsageDatabase | undefined

/** Opened with the first question, so that a file that cannot be used fails the question and not the thread. */
function opened(): UsageDatabase {
  if (!database) {
    database = new UsageDatabase(workerData as UsageLimits)
    database.forgetOld(Date.now())
    setInterval(() => database?.forgetOld(Date.now()), FORGET_EVERY_MS).unref()
  }
  return database
}

function answer({ ask }: UsageQuestion): unknown {
  switch (ask.kind) {
    case 'add':
      return opened().add(ask.calls)
    case 'list':
      return opened().list(ask.query)
    case 'find':
      return opened().find(ask.id)
    case 'overview':
      return opened().overview(ask.window, ask.now)
    case 'close':
      return database?.close()
  }
}

parentPort?.on('message', (question: UsageQuestion) => {
  let reply: UsageAnswer
  try {
    reply = { id: question.id, value: answer(question) }
  } catch (thrown) {
    reply = { id: question.id, failure: thrown instanceof Error ? thrown.message : String(thrown) }
  }
  parentPort?.postMessage(reply)
  if (question.ask.kind === 'close') parentPort?.close()
})
