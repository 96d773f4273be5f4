/**
 * The simple agent: it is asked, the client runs the tools that the model calls, and the model answers. Without flags it asks
 * a model made of rules, which needs no key and no running sidecar.
 *
 *   npm run example:tools
 *   npm run example:tools -- --class-tools
 *   npm run example:tools -- --session-id mine            twice: it remembers
 *   npm run example:tools -- --demo                       asks what is typed
 *   npm run example:tools -- --provider openai            or echo, anthropic, gemini: a component of a running sidecar
 */
import type { Conversation } from '@dapr-chat/client'
import { tellFailure } from '../tell-failure.ts'
import { demo } from './demo.ts'
import { readFlags, refuse } from './flags.ts'
import { memoryFlags, memoryOf } from './memory.ts'
import { chosenProvider, providerFlag } from './provider.ts'
import { show } from './show.ts'
import { classTools } from './tools/class-tools.ts'
import { functionTools } from './tools/function-tools.ts'

const flags = readFlags({
  ...memoryFlags,
  provider: providerFlag,
  'class-tools': { type: 'boolean', default: false },
  demo: { type: 'boolean', default: false },
})

const questionsForFunctions = [
  'What is the weather in Tokyo? And what is 15 * 8 + 7?',
  'What is the time zone in Paris?',
  'What is process.exit(1)?',
]
const questionsForClasses = [
  'Please add the task: buy groceries.',
  'How much are 100 USD in EUR?',
  'Please complete the task: buy groceries.',
  'Please list all tasks.',
]

async function main(): Promise<boolean> {
  const { provider, demo: interactive, 'class-tools': byClass, 'session-id': session } = flags
  const isEcho = provider === 'echo'
  if (isEcho && (interactive || session !== undefined)) {
    refuse('--demo and --session-id need a model: echo calls again whatever was called before, more with each question')
  }
  const tools = byClass ? classTools() : functionTools
  const memory = memoryOf(flags)
  await using chosen = await chosenProvider(provider)

  console.log('🤖 Simple Agent Tool Calling')
  console.log(`   Provider: ${provider}`)
  console.log(`   Tools: ${tools.map(({ name }) => name).join(', ')} (${byClass ? 'classes' : 'functions'})`)
  const chat = chosen.llm.conversation({
    ...memory,
    system: 'You are a helpful assistant. Use the tools where they help, and answer in short sentences.',
    tools,
    maxSteps: isEcho ? 2 : 5,
  })
  await chat.load()
  if (session !== undefined) console.log(`💾 Session ${session} has ${chat.messages.length} messages`)
  if (interactive) return await demo(chat)

  const questions = byClass ? questionsForClasses : questionsForFunctions
  const asked = session === undefined ? questions : [aboutMemory(chat), ...questions]
  for (const question of isEcho ? asked.slice(0, 1) : asked) await ask(chat, question)
  if (session !== undefined) console.log(`💾 Session ${session} has ${chat.messages.length} messages now`)
  console.log('🎉 Done')
  return true
}

function aboutMemory(chat: Conversation): string {
  return chat.messages.length === 0 ? 'My name is Alice.' : 'What is my name?'
}

async function ask(chat: Conversation, question: string): Promise<void> {
  console.log(`\n👤 ${question}`)
  const stream = chat.stream(question)
  await show(stream)
  const { stopReason, metrics } = await stream.result
  console.log(`   ${stopReason}; steps: ${metrics.steps}, tool calls: ${metrics.toolCalls}`)
}

try {
  if (!(await main())) process.exitCode = 1
} catch (error) {
  tellFailure('Error', error)
  process.exitCode = 1
}
