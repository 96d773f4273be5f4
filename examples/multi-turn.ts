/**
 * A conversation of several turns: first with a history that the program keeps, then with one that the client keeps.
 * Needs a running sidecar and no key; echo says everything that it is sent, so the answers show what was remembered.
 *
 *   npm start                       in one terminal
 *   npm run example:multi-turn      in another one
 */
import { type ChatMessage, DaprChatClient } from '@dapr-chat/client'

await using llm = new DaprChatClient({ component: 'echo' })

console.log('📝 A history of our own')
const history: ChatMessage[] = []
for (const content of ["What's machine learning?", 'Can you give me an example?']) {
  history.push({ role: 'user', content })
  const { messages, text } = await llm.generate(history)
  history.push(...messages)
  console.log(`👤 ${content}\n🤖 ${text}`)
}
console.log(`   ${history.length} messages`)

console.log('📝 A conversation that remembers')
const chat = llm.conversation({ system: 'You are brief.', context: { maxTokens: 75 } })
for (const question of ['My name is Alice.', 'I live in Paris, in an old house near the river.', 'What is my name?']) {
  const stream = chat.stream(question)
  process.stdout.write(`👤 ${question}\n🤖 `)
  for await (const text of stream.textStream) process.stdout.write(text)
  const { sentTurns, droppedTurns } = chat.contextReport() ?? {}
  console.log(`\n   ${sentTurns} earlier turns sent, ${droppedTurns} left out to stay below 75 tokens`)
}
