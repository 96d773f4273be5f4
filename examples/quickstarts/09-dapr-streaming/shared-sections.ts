/** The parts that both demos have: an answer that is stopped half way, and an error of a known kind. */
import { AbortedError, ComponentNotFoundError, type DaprChatClient } from '@dapr-chat/client'

const enough = 80

/** Reads some of an answer, then stops it: the sidecar closes the connection to the model too. */
export async function interruption(llm: DaprChatClient, prompt: string): Promise<void> {
  console.log('🛑 Testing Stream Interruption')
  console.log('Response:')
  const stream = llm.generateStream(prompt)
  try {
    for await (const text of stream.textStream) {
      process.stdout.write(text)
      if (stream.partial.text.length > enough) stream.cancel('seen enough')
    }
    throw new Error('the stream must be stopped half way: it ended by itself')
  } catch (error) {
    console.log()
    if (!(error instanceof AbortedError)) throw error
  }
  console.log(`✅ Stopped after ${stream.partial.text.length} characters; the model stopped too, and they are kept.`)
}

/** Asks a component that does not exist, to show what a program can do about an error. */
export async function errorHandling(llm: DaprChatClient): Promise<void> {
  console.log('🧯 Testing Error Handling')
  try {
    await llm.generate('Hello?', { component: 'misspelt' })
  } catch (error) {
    if (!(error instanceof ComponentNotFoundError)) throw error
    console.log(`⚠️ ${error.name}, code ${error.code}: ${error.message}`)
    console.log(`   • Worth trying again: ${error.retryable ? 'yes' : 'no'}`)
    console.log(`   • Components that there are: ${error.available.join(', ')}`)
    console.log('✅ The error was caught by its kind.')
    return
  }
  throw new Error('a component that does not exist must be an error: it answered')
}
