/**
 * The same tools by hand: the client describes them, the program runs them, and sends back what they said. Asks a model
 * made of rules, which needs no key and no running sidecar.
 *
 *   npm run example:tools-manual
 *
 * With `npm start` in another terminal, a component can be asked instead:
 * `npm run example:tools-manual -- --provider openai` (or echo, anthropic, gemini).
 */
import type { ChatMessage, ChatToolCall } from '@dapr-chat/client'
import { chosenProvider } from './provider.ts'
import { evaluate } from './tools/calculate.ts'
import { tools } from './tools/index.ts'

const question = 'What is the weather in Tokyo? And what is 15 * 8 + 7?'
const history: ChatMessage[] = [{ role: 'user', content: question }]

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

await using provider = await chosenProvider()

console.log(`📤 Step 1: the question goes out, with ${tools.length} tools`)
console.log(`   ${question}`)
const asked = await provider.llm.generate(history, { tools })
history.push(...asked.messages)

console.log('📋 Step 2: the model asks for tools')
for (const { id, function: called } of asked.toolCalls) console.log(`   ${id}: ${called.name} ${called.arguments}`)
console.log(`🏁 Finish reason: ${asked.finishReason}`)

console.log('🔧 Step 3: the program runs them')
for (const call of asked.toolCalls) {
  const content = run(call)
  console.log(`   ${content}`)
  history.push({ role: 'tool', tool_call_id: call.id, name: call.function.name, content })
}

console.log('💬 Step 4: the results go back')
console.log(`   ${history.map(({ role }) => role).join(', ')}`)
// Without tools, so that the model has to answer now.
const answer = await provider.llm.generate(history)

console.log('🤖 Step 5: the model answers')
console.log(`   ${answer.text}`)
console.log('🎉 Done')
