/**
 * A conversation with the openai component: a stream with its figures, earlier turns, and a stream stopped half way.
 * Needs a running sidecar and OPENAI_API_KEY, in the shell or in a .env file.
 *
 *   npm start                       in one terminal
 *   npm run example:openai          in another one
 */
import { existsSync } from 'node:fs'
import { loadEnvFile } from 'node:process'
import {
  AbortedError,
  type ChatMessage,
  DaprChatClient,
  formatMetrics,
  SidecarUnavailableError,
} from '@dapr-chat/client'

const component = 'openai'
const prompt = 'Write a short story about an AI that discovers it can dream.'
const line = '-'.repeat(60)

async function streaming(llm: DaprChatClient): Promise<void> {
  console.log('🌊 Testing Dapr Conversation with OpenAI GPT')
  console.log(line)
  console.log('📝 Creative Writing Prompt:')
  console.log(`   ${prompt}`)
  console.log()
  const stream = llm.generateStream(prompt)
  console.log(`🤖 GPT Response (${await stream.mode} streaming):`)
  await print(stream.textStream)
  console.log()
  console.log('✅ OpenAI streaming completed successfully!')
  console.log('📊 Performance Metrics:')
  for (const figure of formatMetrics(await stream.result).split('\n')) console.log(`   • ${figure}`)
}

async function interactive(llm: DaprChatClient): Promise<void> {
  const questions = [
    { content: 'What is machine learning, in one sentence?', temperature: 0.3 },
    { content: 'Can you give me an example from everyday life?', temperature: 0.5 },
    { content: 'Now tell it again as a haiku.', temperature: 0.9 },
  ]
  console.log('💬 Testing Interactive Conversation with Context')
  console.log(line)
  const turns: ChatMessage[] = []
  let failed = 0
  for (const [index, { content, temperature }] of questions.entries()) {
    console.log(`👤 User (${index + 1}/${questions.length}): ${content}`)
    process.stdout.write(`🤖 GPT (temp=${temperature}): `)
    try {
      const stream = llm.generateStream([...turns, { role: 'user', content }], { temperature })
      const text = await print(stream.textStream)
      const seconds = (await stream.result).metrics.durationMs / 1000
      const words = text.split(/\s+/).filter((word) => word !== '').length
      console.log(`⚡ ${words} words in ${seconds.toFixed(2)}s (${(words / seconds).toFixed(1)} WPS)`)
      turns.push({ role: 'user', content }, { role: 'assistant', content: text })
    } catch (error) {
      failed++
      console.log(`\n❌ Error in turn ${index + 1}: ${messageOf(error)}`)
    }
  }
  if (failed > 0) throw new Error(`${failed} of ${questions.length} turns failed`)
  console.log('✅ Interactive conversation completed!')
}

async function interruption(llm: DaprChatClient): Promise<void> {
  console.log('🛑 Testing Stream Interruption')
  console.log(line)
  const stream = llm.generateStream('Count from one to two hundred, in words.')
  let stopped = false
  try {
    for await (const text of stream.textStream) {
      process.stdout.write(text)
      if (stream.partial.text.length > 80) stream.cancel('seen enough')
    }
  } catch (error) {
    if (!(error instanceof AbortedError)) throw error
    stopped = true
  }
  console.log()
  if (!stopped) throw new Error('the stream must be stopped half way: it ended by itself')
  console.log(`✅ Stopped after ${stream.partial.text.length} characters; the model stopped too.`)
}

/** Prints text as it arrives, and returns all of it. */
async function print(pieces: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const piece of pieces) {
    text += piece
    process.stdout.write(piece)
  }
  process.stdout.write('\n')
  if (text === '') throw new Error('the answer must have text: it is empty')
  return text
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

async function main(): Promise<number> {
  console.log('🚀 Dapr + OpenAI Conversation Demo')
  if (existsSync('.env')) loadEnvFile('.env')
  if (!process.env.OPENAI_API_KEY) {
    console.log('❌ Please set OPENAI_API_KEY environment variable')
    console.log('💡 Create a .env file with: OPENAI_API_KEY=your_key_here')
    console.log('🔄 Alternatively, try streaming-echo.ts (no API key required)')
    return 2
  }
  console.log('🔑 OpenAI API key found - ready for AI conversation!')

  const llm = new DaprChatClient({ component })
  const sections = [streaming, interactive, interruption]
  let failed = 0
  for (const section of sections) {
    console.log()
    try {
      await section(llm)
    } catch (error) {
      failed++
      console.log(`❌ OpenAI conversation error: ${messageOf(error)}`)
      if (error instanceof SidecarUnavailableError) {
        console.log('💡 Start one in another terminal with: npm start')
        break
      }
    }
  }

  console.log()
  if (failed > 0) {
    console.log(`❌ ${failed} of ${sections.length} sections failed`)
    return 1
  }
  console.log('🎉 OpenAI Conversation Demo Complete!')
  console.log('✅ All conversation features worked:')
  console.log('   • Answers token by token, as the model writes them')
  console.log('   • Earlier turns as context')
  console.log('   • A temperature for each question')
  console.log('   • Token usage and timings')
  console.log('   • A stream stopped half way')
  console.log('🔗 Next: npx dapr-chat chat --component openai')
  return 0
}

process.exitCode = await main()
