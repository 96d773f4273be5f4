/**
 * A component as a chat model of LangChain.js, alone and in a chain. Needs a running sidecar and no key.
 *
 *   npm start                       in one terminal
 *   npm run example:langchain       in another one
 */
import { ChatDapr } from '@dapr-chat/client/langchain'
import type { UsageMetadata } from '@langchain/core/messages'
import { StringOutputParser } from '@langchain/core/output_parsers'
import { ChatPromptTemplate } from '@langchain/core/prompts'

const model = new ChatDapr({ component: 'echo' })

const answer = await model.invoke('Hello from LangChain.')
const usage: Partial<UsageMetadata> = answer.usage_metadata ?? {}
console.log(`🤖 ${answer.text} (${usage.total_tokens} tokens)`)

const chain = ChatPromptTemplate.fromMessages([
  ['system', 'You are brief.'],
  ['human', 'Tell me about {subject}.'],
])
  .pipe(model)
  .pipe(new StringOutputParser())

process.stdout.write('🌊 ')
for await (const piece of await chain.stream({ subject: 'dragons' })) process.stdout.write(piece)
console.log()
