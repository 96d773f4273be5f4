/** `--demo`: asks the agent what is typed, until the input ends. */
import { createInterface } from 'node:readline'
import { AbortedError, type ChatStream, type Conversation } from '@dapr-chat/client'
import { tellFailure } from '../tell-failure.ts'
import { show } from './show.ts'

/** Runs the demo. @returns whether every question was answered, or stopped on purpose. */
export async function demo(chat: Conversation): Promise<boolean> {
  console.log('🎮 Type a question. Ctrl-C stops an answer, Ctrl-D leaves.')
  const lines = createInterface({ input: process.stdin, output: process.stdout, prompt: '👤 ' })
  let open = true
  let well = true
  let answer: ChatStream | undefined
  lines.on('close', () => {
    open = false
  })
  lines.on('SIGINT', () => (answer ? answer.cancel('stopped from the keyboard') : lines.close()))
  lines.prompt()
  for await (const question of lines) {
    try {
      answer = question.trim() === '' ? undefined : chat.stream(question)
      if (answer) await show(answer)
    } catch (error) {
      const stopped = error instanceof AbortedError
      if (stopped) console.log('\n🛑 Stopped')
      else tellFailure('Error', error)
      well &&= stopped
    }
    answer = undefined
    if (open) lines.prompt()
  }
  console.log()
  return well
}
