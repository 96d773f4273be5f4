/** Where the examples with tools ask: a model made of rules in this process, or a component of a running sidecar. */
import { parseArgs } from 'node:util'
import { DaprChatClient } from '@dapr-chat/client'
import { startSidecar } from './sidecar.ts'

/** What `--provider` may be, and the variable that has its key. */
const keys: Readonly<Record<string, string | undefined>> = {
  rules: undefined,
  echo: undefined,
  openai: 'OPENAI_API_KEY',
  anthropic: 'ANTHROPIC_API_KEY',
  gemini: 'GOOGLE_AI_API_KEY',
}

/** A client, and what was started for it; `await using` stops both. */
interface ChosenProvider extends AsyncDisposable {
  readonly llm: DaprChatClient
}

/** A client that asks what `--provider` names, `rules` where nothing is named. Ends the program with 2 without its key. */
export async function chosenProvider(): Promise<ChosenProvider> {
  const { provider = 'rules' } = parseArgs({ options: { provider: { type: 'string' } } }).values
  const key = keys[provider]
  if (!(provider in keys)) return refuse(`--provider must be one of ${Object.keys(keys).join(', ')}`)
  if (key !== undefined && !process.env[key]) return refuse(`Please set the ${key} environment variable`)
  await using started = new AsyncDisposableStack()
  const endpoint = provider === 'rules' ? { http: started.use(await startSidecar()).http } : {}
  const llm = started.use(new DaprChatClient({ component: provider, endpoint }))
  const stack = started.move()
  return { llm, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

function refuse(why: string): never {
  console.log(`❌ ${why}`)
  process.exit(2)
}
