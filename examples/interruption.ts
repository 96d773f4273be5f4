/**
 * Four ways to stop an answer half way; the model stops too, and what had arrived is kept. Needs no key and no running
 * sidecar.
 *
 *   npm run example:interruption
 */
import { AbortedError, type ChatStream, DaprChatClient } from '@dapr-chat/client'
import { startSidecar } from './sidecar.ts'

const text = Array.from({ length: 200 }, (_, index) => `word${index + 1}`).join(' ')

await using sidecar = await startSidecar()
await using llm = new DaprChatClient({ component: 'echo', endpoint: { http: sidecar.http } })

/** Reads until the fifth word, stops there, and tells how the loop ended. */
async function readFive(how: string, stream: ChatStream, stop: () => void): Promise<void> {
  try {
    for await (const piece of stream.textStream) if (piece.endsWith('word5')) stop()
    throw new Error(`the stream must be stopped half way by ${how}: it ended by itself`)
  } catch (error) {
    if (!(error instanceof AbortedError)) throw error
    console.log(`🛑 ${how}: ${error.code}, with "${stream.partial.text}"`)
  }
}

const left = llm.generateStream(text)
for await (const piece of left.textStream) if (piece.endsWith('word5')) break
console.log(`🛑 break: no error, with "${left.partial.text}"`)

const cancelled = llm.generateStream(text)
await readFive('cancel()', cancelled, () => cancelled.cancel('seen enough'))

const controller = new AbortController()
const aborted = llm.generateStream(text, { signal: controller.signal })
await readFive('AbortSignal', aborted, () => controller.abort())

let scoped: ChatStream
{
  await using stream = llm.generateStream(text)
  await stream.mode
  scoped = stream
}
await scoped.result.catch(({ code }) => console.log(`🛑 await using: ${code}`))
