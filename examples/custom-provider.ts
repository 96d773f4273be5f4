/**
 * A kind of component that the sidecar does not have: an oracle. Shows how a provider is declared, how it streams, how
 * it stops when the caller leaves, and how a sidecar is made that has it. Needs no key and no running sidecar.
 *
 *   npx node examples/custom-provider.ts
 */
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { DaprChatClient } from '@dapr-chat/client'
import { type ConversationCall, ConversationError, type ConversationEvent, textOf } from '@dapr-chat/protocol'
import { createSidecar, defineProvider } from '@dapr-chat/sidecar'

const sayings = {
  cheerful: ['Yes, ', 'and ', 'sooner ', 'than ', 'you ', 'think.'],
  gloomy: ['Not ', 'before ', 'the ', 'next ', 'release.'],
}

/** `conversation.oracle`: declared as data, from which the loader reads and checks the component's file. */
export const oracle = defineProvider({
  type: 'conversation.oracle',
  description: 'Answers any question, without knowing anything.',
  settings: {
    pause: { type: 'duration', default: 0, description: 'How long to think before each word.' },
    mood: {
      type: 'string',
      default: 'cheerful',
      choices: ['cheerful', 'gloomy'],
      description: 'What the answers are like.',
    },
  },
  // It looks at no pictures: a question with one is refused before it gets here.
  accepts: [],
  create({ pause, mood }) {
    const words = mood === 'gloomy' ? sayings.gloomy : sayings.cheerful
    return {
      model: `oracle-${mood}`,
      converse: (call) => answer(call, words, pause),
      close: async () => {},
    }
  },
})

async function* answer(
  { request, signal }: ConversationCall,
  words: readonly string[],
  pauseMs: number,
): AsyncGenerator<readonly ConversationEvent[]> {
  const question = request.messages.at(-1)
  if (!question?.content.some((part) => part.type === 'text')) {
    throw new ConversationError('provider_invalid_request', 'the oracle must be asked something')
  }
  yield [{ type: 'message-start' }]
  for (const text of words) {
    await thinking(pauseMs, signal)
    yield [{ type: 'text-delta', choice: 0, text }]
  }
  const [promptTokens, completionTokens] = [textOf(question.content).split(/\s+/).length, words.length]
  yield [
    { type: 'finish', choice: 0, reason: 'stop' },
    { type: 'usage', usage: { promptTokens, completionTokens, totalTokens: promptTokens + completionTokens } },
  ]
}

/** Every wait ends with the call; the signal's reason says who stopped it. */
async function thinking(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(milliseconds, undefined, { signal })
  } catch {
    throw signal.reason
  }
}

if (import.meta.main) {
  const sidecar = await createSidecar({
    providers: [oracle],
    resourcesPaths: [join(import.meta.dirname, 'custom-provider')],
    httpPort: 0,
    grpcPort: 0,
    metricsPort: 0,
    logLevel: 'warn',
  })
  const { http } = await sidecar.listen()
  try {
    await using llm = new DaprChatClient({ endpoint: { http } })
    const stream = llm.generateStream('Will it work?')
    for await (const text of stream.textStream) process.stdout.write(text)
    const { usage } = await stream.result
    console.log(`\n(${usage?.completion_tokens} tokens, ${await stream.mode} stream)`)
  } finally {
    await sidecar.close()
  }
}
