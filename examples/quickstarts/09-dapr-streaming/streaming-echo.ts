/**
 * A conversation with the echo component: a whole answer, earlier turns, a stream, an interruption and an error. Needs a
 * running sidecar and no key.
 *
 *   npm run dapr:dev -- --app-id streaming-test --skip-missing --components ./examples/quickstarts/09-dapr-streaming/components
 *   npm run example:echo            in another terminal
 */
import { type ChatMessage, DaprChatClient } from '@dapr-chat/client'
import { runSections, type Section } from './run-sections.ts'
import { errorHandling, interruption } from './shared-sections.ts'

const component = 'echo'
const prompt = 'Tell me a story about a brave knight on a quest to save the kingdom.'
const longPrompt = `Count with me: ${Array.from({ length: 200 }, (_, index) => index + 1).join(' ')}`

async function conversation(llm: DaprChatClient): Promise<void> {
  console.log(`📝 Prompt: ${prompt}`)
  console.log('Response:')
  const { choices, metrics } = await llm.generate([{ role: 'user', content: prompt }])
  console.log(choices[0].message.content)
  console.log('✅ Conversation completed!')
  console.log('📊 Stats:')
  console.log(`   • Response time: ${seconds(metrics.durationMs)}`)
  console.log(`   • Component used: ${component}`)
}

async function conversationWithContext(llm: DaprChatClient): Promise<void> {
  const turns: ChatMessage[] = [
    { role: 'user', content: "What's your favorite color?" },
    {
      role: 'assistant',
      content: 'I enjoy discussing the concept of blue - it represents depth and tranquility.',
    },
    { role: 'user', content: 'Why do you find that color appealing?' },
  ]
  console.log('🔄 Testing conversation with context')
  console.log('📝 Multi-turn conversation:')
  for (const { role, content } of turns) console.log(`   ${role === 'user' ? 'User' : 'Assistant'}: ${content}`)
  console.log('Response:')
  const { choices, metrics } = await llm.generate(turns)
  console.log(choices[0].message.content)
  console.log('✅ Context conversation completed!')
  console.log('📊 Stats:')
  console.log(`   • Response time: ${seconds(metrics.durationMs)}`)
}

async function streaming(llm: DaprChatClient): Promise<void> {
  console.log('🌊 Testing streaming')
  console.log(`📝 Prompt: ${prompt}`)
  console.log('Response:')
  const stream = llm.generateStream(prompt)
  for await (const text of stream.textStream) process.stdout.write(text)
  console.log()
  const { metrics } = await stream.result
  console.log('✅ Streaming completed!')
  console.log('📊 Stats:')
  console.log(`   • Stream mode: ${metrics.streaming}`)
  console.log(`   • Pieces: ${metrics.chunks}`)
  console.log(`   • First piece after: ${seconds(metrics.timeToFirstChunkMs ?? 0)}`)
  console.log(`   • Response time: ${seconds(metrics.durationMs)}`)
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} seconds`
}

const sections: readonly Section[] = [
  { failure: 'Error during conversation', run: conversation },
  { failure: 'Error during context conversation', run: conversationWithContext },
  { failure: 'Error during streaming', run: streaming },
  { failure: 'Error during interruption', run: (llm) => interruption(llm, longPrompt) },
  { failure: 'Error during error handling', run: errorHandling },
]

console.log('🚀 Testing Dapr Conversation with Echo Component')
console.log('This example demonstrates LLM conversation without requiring API keys')

await using llm = new DaprChatClient({ component })
if (await runSections(llm, sections, 'Make sure Dapr sidecar is running with echo component')) {
  console.log('✅ Example completed! Try the OpenAI example for more advanced features.')
} else {
  process.exitCode = 1
}
