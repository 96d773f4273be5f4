/**
 * Answers with a shape: an object of a schema, one of some words, a value while it arrives, and an answer that does not fit.
 * Needs no key and no running sidecar; echo says what it is told, so it is told the answers.
 *
 *   npm run example:structured-output
 */
import { choice, DaprChatClient, object, StructuredOutputError } from '@dapr-chat/client'
import * as z from 'zod'
import { startSidecar } from './sidecar.ts'

const Dog = z.object({ name: z.string(), age: z.number(), breed: z.string().nullable() })
const output = object(Dog, { name: 'Dog' })

await using sidecar = await startSidecar()
await using llm = new DaprChatClient({ component: 'echo', endpoint: { http: sidecar.http } })

const dog = await llm.generate('{"name": "Rex", "age": 3, "breed": "Beagle"}', { output })
console.log(`🐕 ${dog.output.name} is ${dog.output.age} and will be ${dog.output.age + 1}`)

const { output: word } = await llm.generate('yes', { output: choice(['yes', 'no']) })
console.log(`✅ It says ${word}`)

console.log('🌊 While it arrives')
const stream = llm.generateStream('Here you go: {"name": "Bella the Brave", "age": 5}', { output })
for await (const event of stream.events) {
  if (event.type === 'output-partial') console.log(`   ${JSON.stringify(event.value)}`)
}
console.log(`   ${JSON.stringify((await stream.result).output)}`)

try {
  await llm.generate('{"name": "Rex"}', { output })
} catch (error) {
  if (!(error instanceof StructuredOutputError)) throw error
  console.log(`⚠️ No dog after ${error.attempts} attempts: ${error.issues.join('; ')}`)
}
