/**
 * The same by hand, in five steps: the client describes the tools to the model, this program runs them and sends back what
 * they said. Asks a model made of rules, which needs no key and no running sidecar.
 *
 *   npm run example:tools-manual
 *   npm run example:tools-manual -- --provider openai     or echo, anthropic, gemini: a component of a running sidecar
 */
import type { ChatMessage, ChatToolCall } from '@dapr-chat/client'
import { tellFailure } from '../tell-failure.ts'
import { readFlags } from './flags.ts'
import { chosenProvider, providerFlag } from './provider.ts'
import { show } from './show.ts'
import { calculate, evaluate } from './tools/calculate.ts'
import { getWeather } from './tools/function-tools.ts'

const question = 'What is the weather in Tokyo? And what is 15 * 8 + 7?'
// Without maxSteps, which is 1, the client describes tools and runs none of them.
const tools = [getWeather, calculate]

/** A run by hand: the arguments are text from a model, and anything may stand in them. */
function run({ function: called }: ChatToolCall): string {
  try {
    const args: Readonly<Record<string, unknown>> = JSON.parse(called.arguments)
    if (called.name === 'get_weather') return `Weather in ${args.location}: 72°F, sunny, light breeze`
    if (called.name === 'calculate') return `Result: ${args.expression} = ${evaluate(String(args.expression))}`
    return `Error: nobody runs ${called.name} here`
  } catch (error) {
    return `Error: ${error instanceof Error ? error.message : String(error)}`
  }
}

async function main(): Promise<void> {
  const { provider } = readFlags({ provider: providerFlag })
  await using chosen = await chosenProvider(provider)
  const { llm } = chosen
  const history: ChatMessage[] = [{ role: 'user', content: question }]

  console.log('🚀 Manual Tool Calling')
  console.log(`   Provider: ${provider}`)
  console.log(`📤 Step 1: the question goes out, with ${tools.length} tools`)
  console.log(`👤 ${question}`)

  console.log('📋 Step 2: the model asks for tools')
  const asked = llm.generateStream(history, { tools })
  await show(asked)
  const { toolCalls, finishReason, messages } = await asked.result
  console.log(`🏁 Finish reason: ${finishReason}`)
  history.push(...messages)
  if (toolCalls.length === 0) {
    console.log('ℹ️ The model has answered without tools')
    return
  }

  console.log('🔧 Step 3: the program runs them')
  for (const call of toolCalls) {
    const content = run(call)
    console.log(`   ${call.id} ${call.function.name}: ${content}`)
    history.push({ role: 'tool', tool_call_id: call.id, name: call.function.name, content })
  }

  console.log('💬 Step 4: the results go back')
  console.log(`   ${history.map(({ role }) => role).join(', ')}`)

  console.log('🤖 Step 5: the model answers')
  // It sees the tools, because the history speaks of them, and may not call them again.
  await show(llm.generateStream(history, { tools, toolChoice: 'none' }))
  console.log('🎉 Done')
}

try {
  await main()
} catch (error) {
  tellFailure('Error', error)
  process.exitCode = 1
}
