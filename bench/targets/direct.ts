import { httpCaller, openAiDialect } from '../load/http-caller.ts'
import type { Target } from './target.ts'

/** The load at the provider, nothing between: what every latency is compared with. */
export const direct: Target = {
  name: 'direct',
  title: 'direct',
  start: async ({ provider }) => {
    const caller = httpCaller(provider, openAiDialect('bench'))
    return { caller, stop: () => caller.close() }
  },
}
