/**
 * A component as a model of the AI SDK: its own streams and its own tools, unchanged. Needs a running sidecar and no key.
 *
 *   npm start                       in one terminal
 *   npm run example:ai-sdk          in another one
 */
import { dapr } from '@dapr-chat/client/ai-sdk'
import { generateText, streamText } from 'ai'

const { text, usage } = await generateText({ model: dapr('echo'), prompt: 'Hello from the AI SDK.' })
console.log(`🤖 ${text} (${usage.totalTokens} tokens)`)

process.stdout.write('🌊 ')
// Without onError the AI SDK prints what went wrong and goes on.
const stream = streamText({
  model: dapr('echo'),
  prompt: 'And now word by word.',
  onError({ error }) {
    throw error
  },
})
for await (const piece of stream.textStream) process.stdout.write(piece)
console.log(`\n   finished: ${await stream.finishReason}`)
