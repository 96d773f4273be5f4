/**
 * One question, one whole answer, and what went wrong where there is none. Needs a running sidecar and no key.
 *
 *   npm start                       in one terminal
 *   npm run example:generate        in another one
 */
import { ComponentNotFoundError, DaprChatClient, formatMetrics } from '@dapr-chat/client'

await using llm = new DaprChatClient({ component: 'echo' })

const answer = await llm.generate([{ role: 'user', content: 'Hello, how are you?' }])
console.log(`🤖 ${answer.choices[0].message.content}`)
console.log(formatMetrics(answer))

try {
  await llm.generate('Hello?', { component: 'nobody' })
} catch (error) {
  if (!(error instanceof ComponentNotFoundError)) throw error
  console.log(`💡 There is no component "nobody"; there are: ${error.available.join(', ')}`)
}
