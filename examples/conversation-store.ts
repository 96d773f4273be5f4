/**
 * A conversation that outlives its program: it is kept in a file, and goes on where it stopped. Needs a running sidecar and
 * no key; echo says everything that it is sent, so the answers show what was remembered.
 *
 *   npm start                                       in one terminal
 *   npm run example:conversation-store              in another one, twice
 *   npm run example:conversation-store -- --session-id mine --folder ./conversations
 *   npm run example:conversation-store -- --forget
 */
import { homedir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { DaprChatClient } from '@dapr-chat/client'
import { fileStore } from '@dapr-chat/client/file-store'

const { values } = parseArgs({
  options: {
    'session-id': { type: 'string', default: 'example' },
    folder: { type: 'string', default: join(homedir(), '.dapr-chat/conversations') },
    forget: { type: 'boolean', default: false },
  },
})

await using llm = new DaprChatClient({ component: 'echo' })
const chat = llm.conversation({ id: values['session-id'], store: fileStore(values.folder) })

if (values.forget) {
  await chat.clear()
  console.log(`🧹 ${chat.id} is forgotten`)
} else {
  await chat.load()
  console.log(`💾 ${chat.id} has ${chat.messages.length} messages`)
  const question = chat.messages.length === 0 ? 'My name is Alice.' : 'What is my name?'
  console.log(`👤 ${question}`)
  const { text } = await chat.send(question)
  console.log(`🤖 ${text}`)
  console.log(`💾 now it has ${chat.messages.length}, of ${chat.usage?.total_tokens} tokens so far`)
}
