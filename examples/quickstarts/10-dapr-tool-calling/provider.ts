/** Whom the two programs ask: a model made of rules in this process, or a component of a running sidecar. */
import { existsSync } from 'node:fs'
import { loadEnvFile } from 'node:process'
import { DaprChatClient } from '@dapr-chat/client'
import { startSidecar } from '../../sidecar.ts'
import { refuse } from './flags.ts'

/** What `--provider` may be, and the variable that has its key. */
const keys: Readonly<Record<string, string | undefined>> = {
  rules: undefined,
  echo: undefined,
  openai: 'OPENAI_API_KEY',
  anthropic: 'ANTHROPIC_API_KEY',
  gemini: 'GOOGLE_AI_API_KEY',
}

/** For the flags of both programs. */
export const providerFlag = { type: 'string', default: 'rules' } as const

/** A client, and what was started for it; `await using` stops both. */
interface ChosenProvider extends AsyncDisposable {
  readonly llm: DaprChatClient
}

/** A client that asks this provider. Ends the program with 2 where there is no such provider, or no key for it. */
export async function chosenProvider(provider: string): Promise<ChosenProvider> {
  if (existsSync('.env')) loadEnvFile('.env')
  if (!Object.hasOwn(keys, provider)) refuse(`--provider must be one of ${Object.keys(keys).join(', ')}`)
  const key = keys[provider]
  if (key !== undefined && !process.env[key]) {
    refuse(`Please set the ${key} environment variable, in the shell or in a file .env here, for the sidecar too`)
  }
  if (provider === 'echo') {
    console.log('ℹ️ echo is no model: it calls each tool that it is offered, and each call that it is shown, and writes')
    console.log('   the names of the parameters where arguments belong. What the client says to that is an error each.')
  }
  await using started = new AsyncDisposableStack()
  const endpoint = provider === 'rules' ? { http: started.use(await startSidecar()).http } : {}
  const llm = started.use(new DaprChatClient({ component: provider, endpoint }))
  const stack = started.move()
  return { llm, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}
