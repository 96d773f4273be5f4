/**
 * Tools that the client runs by itself, until the model has its answer. Asks a model made of rules, which needs no key and
 * no running sidecar.
 *
 *   npm run example:tools
 *
 * With `npm start` in another terminal, a component can be asked instead:
 * `npm run example:tools -- --provider openai` (or echo, anthropic, gemini).
 */
import { chosenProvider } from './provider.ts'
import { tools } from './tools/index.ts'

const questions = [
  'What is the weather in Tokyo? And what is 15 * 8 + 7?',
  'What is the time in Paris? How much are 100 USD in EUR?',
  'Please remember to water the plants.',
  'What is process.exit(1)?',
]

await using provider = await chosenProvider()
for (const question of questions) {
  console.log(`👤 ${question}`)
  const stream = provider.llm.generateStream(question, { tools, maxSteps: 4 })
  for await (const event of stream.events) {
    if (event.type === 'tool-call') console.log(`🔧 ${event.call.function.name} ${event.call.function.arguments}`)
    if (event.type === 'tool-result') console.log(`${event.isError ? '⚠️' : '💬'} ${event.content}`)
    if (event.type === 'text-delta') process.stdout.write(event.text)
  }
  const { stopReason, metrics } = await stream.result
  console.log(`\n   ${stopReason} after ${metrics.steps} steps\n`)
}
console.log('🎉 Done')
