/** Prints an answer with its tools while both arrive: the words, each call as the model writes it, and what came of it. */
import type { ChatStream } from '@dapr-chat/client'

/** Reads the stream to its end. */
export async function show(stream: ChatStream): Promise<void> {
  const names = new Map<number, string>()
  /** What the unfinished line holds: words, or the call of that index. */
  let line: 'words' | number | undefined
  const endLine = () => {
    if (line !== undefined) process.stdout.write('\n')
    line = undefined
  }
  for await (const event of stream.events) {
    if (event.type === 'text-delta') {
      if (line !== 'words') endLine()
      line = 'words'
      process.stdout.write(event.text)
    } else if (event.type === 'tool-call-delta') {
      if (event.name !== undefined) names.set(event.index, event.name)
      if (line !== event.index || event.name !== undefined) {
        endLine()
        process.stdout.write(`🔧 ${names.get(event.index)} `)
      }
      line = event.index
      process.stdout.write(event.argumentsDelta)
    } else if (event.type === 'tool-result') {
      endLine()
      console.log(`${event.isError ? '⚠️' : '💬'} ${event.content}`)
    }
  }
  endLine()
}
