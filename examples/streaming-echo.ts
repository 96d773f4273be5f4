/**
 * A conversation with the echo component: whole answers, earlier turns, and a stream. Needs a running sidecar and no key.
 *
 *   npm start                       in one terminal
 *   npm run example:echo            in another one
 */
import { type ChatMessage, DaprChatClient, SidecarUnavailableError } from '@dapr-chat/client'

const component = 'echo'
const prompt = 'Tell me a story about a brave knight on a quest to save the kingdom.'

async function conversation(llm: DaprChatClient): Promise<void> {
  console.log(`📝 Prompt: ${prompt}`)
  console.log('Response:')
  const startedAt = performance.now()
  const answer = await llm.generate([{ role: 'user', content: prompt }])
  console.log(answer.choices[0].message.content)
  console.log('✅ Conversation completed!')
  console.log('📊 Stats:')
  console.log(`   • Response time: ${secondsSince(startedAt)} seconds`)
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
  const startedAt = performance.now()
  const answer = await llm.generate(turns)
  console.log(answer.choices[0].message.content)
  console.log('✅ Context conversation completed!')
  console.log('📊 Stats:')
  console.log(`   • Response time: ${secondsSince(startedAt)} seconds`)
}

async function streaming(llm: DaprChatClient): Promise<void> {
  console.log('🌊 Testing streaming')
  console.log(`📝 Prompt: ${prompt}`)
  console.log('Response:')
  const startedAt = performance.now()
  const stream = llm.generateStream(prompt)
  let pieces = 0
  let first = '0.00'
  for await (const text of stream.textStream) {
    if (pieces === 0) first = secondsSince(startedAt)
    pieces++
    process.stdout.write(text)
  }
  process.stdout.write('\n')
  console.log('✅ Streaming completed!')
  console.log('📊 Stats:')
  console.log(`   • Stream mode: ${await stream.mode}`)
  console.log(`   • Pieces: ${pieces}`)
  console.log(`   • First piece after: ${first} seconds`)
  console.log(`   • Response time: ${secondsSince(startedAt)} seconds`)
}

function secondsSince(startedAt: number): string {
  return ((performance.now() - startedAt) / 1000).toFixed(2)
}

const sections = [
  { what: 'conversation', run: conversation },
  { what: 'context conversation', run: conversationWithContext },
  { what: 'streaming', run: streaming },
]

console.log('🚀 Testing Dapr Conversation with Echo Component')
console.log('This example demonstrates LLM conversation without requiring API keys')

const llm = new DaprChatClient({ component })
let failed = 0
for (const { what, run } of sections) {
  console.log()
  try {
    await run(llm)
  } catch (error) {
    failed++
    console.log(`❌ Error during ${what}: ${error instanceof Error ? error.message : String(error)}`)
    if (run === conversation) console.log('💡 Make sure Dapr sidecar is running with echo component')
    if (error instanceof SidecarUnavailableError) {
      console.log('💡 Start one in another terminal with: npm start')
      break
    }
  }
}

console.log()
if (failed === 0) {
  console.log('✅ Example completed! Try the OpenAI example for more advanced features.')
} else {
  console.log(`❌ ${failed} of ${sections.length} sections failed`)
  process.exitCode = 1
}
