/**
 * An answer as it arrives: as OpenAI's chunks, as typed events, and typed on the terminal. Needs a running sidecar and
 * no key.
 *
 *   npm start                       in one terminal
 *   npm run example:stream          in another one
 */
import { DaprChatClient, typewriter } from '@dapr-chat/client'

await using llm = new DaprChatClient({ component: 'echo' })

console.log('🌊 Chunks')
const stream = llm.generateStream('Tell me a story about a brave knight.')
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? '')
const { metrics } = await stream.result
console.log(`\n   ${await stream.mode} stream, ${metrics.chunks} chunks`)

console.log('🌊 Events')
for await (const event of llm.generateStream('And of a dragon.').events) {
  if (event.type === 'text-delta') console.log(`   ${JSON.stringify(event.text)}`)
  if (event.type === 'usage' && !event.estimated) console.log(`   ${event.usage.total_tokens} tokens`)
  if (event.type === 'finish') console.log(`   finished: ${event.finishReason}`)
}

console.log('🌊 As if it were typed')
await typewriter(llm.generateStream('They became friends.'), process.stdout, { charsPerSecond: 30 })
console.log()
