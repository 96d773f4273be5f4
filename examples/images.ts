/**
 * A picture in a question: what becomes of it where the component looks at pictures, where it passes them over, and where
 * it takes none. Needs no key and no running sidecar.
 *
 *   npm run example:images
 *
 * With `npm start` in another terminal and a key, a model can look: `npm run example:images -- openai`.
 */
import { type ChatMessage, DaprChatClient, InvalidRequestError } from '@dapr-chat/client'
import { startSidecar } from './sidecar.ts'

/** A picture of one red pixel. */
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg=='
const question: ChatMessage = {
  role: 'user',
  content: [
    { type: 'text', text: 'Which colour is this?' },
    { type: 'image', data: png, mediaType: 'image/png' },
  ],
}

const [component] = process.argv.slice(2)
if (component !== undefined) {
  await using llm = new DaprChatClient({ component })
  const { text } = await llm.generate(question)
  console.log(`🖼️ ${component}: ${text}`)
} else {
  await using sidecar = await startSidecar()
  await using llm = new DaprChatClient({ endpoint: { http: sidecar.http } })

  // Echo knows text only, as in Dapr: it answers to the text, and the sidecar's log says so.
  const { text } = await llm.generate(question, { component: 'echo' })
  console.log(`🖼️ echo: ${text}`)

  // A model that takes no pictures is not asked: nothing is dropped in silence.
  try {
    await llm.generate(question, { component: 'rules' })
    throw new Error('a component that takes no pictures must refuse one: it answered')
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error
    console.log(`🖼️ rules: ${error.message}`)
  }
}
