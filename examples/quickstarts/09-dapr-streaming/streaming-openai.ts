/**
 * A conversation with the openai component: a stream with its figures, earlier turns, an interruption and an error. Needs a
 * running sidecar and OPENAI_API_KEY, in the shell or in the file .env, for both.
 *
 *   npm run dapr:dev -- --app-id streaming-test --components ./examples/quickstarts/09-dapr-streaming/components
 *   npm run example:openai          in another terminal
 */
import { existsSync } from 'node:fs'
import { loadEnvFile } from 'node:process'
import { type ChatMessage, DaprChatClient, formatMetrics } from '@dapr-chat/client'
import { tellFailure } from '../tell-failure.ts'
import { runSections, type Section } from './run-sections.ts'
import { errorHandling, interruption } from './shared-sections.ts'

const prompt = 'Write a short story about an AI that discovers it can dream.'
const questions = [
  { content: 'What is machine learning, in one sentence?', temperature: 0.3 },
  { content: 'Can you give me an example from everyday life?', temperature: 0.5 },
  { content: 'Now tell it again as a haiku.', temperature: 0.9 },
]
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
      console.log()
      tellFailure(`Error in turn ${index + 1}`, error)
    }
  }
  if (failed > 0) throw new Error(`${failed} of ${questions.length} turns failed`)
  console.log('✅ Interactive conversation completed!')
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

const advice = 'Make sure the sidecar was started where OPENAI_API_KEY is set: it reads the key when it starts'
const failure = 'OpenAI conversation error'
const sections: readonly Section[] = [
  { failure, run: streaming },
  { failure, run: interactive },
  { failure, run: (llm) => interruption(llm, 'Count from one to two hundred, in words.') },
  { failure, run: errorHandling },
]

async function main(): Promise<number> {
  console.log('🚀 Dapr + OpenAI Conversation Demo')
  console.log('🌊 True streaming: words are printed as the model writes them')
  if (existsSync('.env')) loadEnvFile('.env')
  if (!process.env.OPENAI_API_KEY) {
    console.log('❌ Please set OPENAI_API_KEY environment variable')
    console.log('💡 Create a .env file with: OPENAI_API_KEY=your_key_here')
    console.log('🔄 Alternatively, try streaming-echo.ts (no API key required)')
    return 2
  }
  console.log('🔑 OpenAI API key found - ready for AI conversation!')

  await using llm = new DaprChatClient({ component: 'openai' })
  if (!(await runSections(llm, sections, advice))) return 1
  console.log('🎉 OpenAI Conversation Demo Complete!')
  console.log('✅ All conversation features worked:')
  console.log('   • Answers token by token, as the model writes them')
  console.log('   • Earlier turns as context')
  console.log('   • A temperature for each question')
  console.log('   • Token usage and timings')
  console.log('   • A stream stopped half way')
  console.log('   • An error caught by its kind')
  console.log('🔗 Next: Try ../10-dapr-tool-calling/ for AI agents with tools!')
  return 0
}

process.exitCode = await main()
