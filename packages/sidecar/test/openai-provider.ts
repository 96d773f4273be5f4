/** An OpenAI provider for its tests, and the reading of an answer that may fail half way. */
import { openai } from '../src/providers/openai/openai.ts'
import type { Provider } from '../src/providers/provider.ts'
import type { Outcome } from '../testing/index.ts'

export { outcomeOf } from '../testing/index.ts'

type Settings = Parameters<typeof openai.create>[0]

/** The key that these tests' providers are asked with. */
export const testKey = 'not-a-real-key-0123456789'

/** A provider that asks this endpoint; clocks are off unless a test sets them. `await using` closes it. */
export function openaiProvider(
  endpoint: string | undefined,
  settings: Partial<Settings> = {},
  environment: Readonly<Record<string, string | undefined>> = {},
): Provider & AsyncDisposable {
  const provider = openai.create(
    {
      key: testKey,
      endpoint,
      model: 'test-model',
      apiType: 'open_ai',
      apiVersion: undefined,
      connectTimeout: 0,
      firstTokenTimeout: 0,
      idleTimeout: 0,
      totalTimeout: 0,
      responseCacheTTL: undefined,
      responseCacheMaxEntries: 1,
      responseCacheMaxBytes: 1,
      history: false,
      historyMaxTokens: 1,
      historyMaxTurns: 1,
      historyTTL: 0,
      propagateTrace: undefined,
      ...settings,
    },
    { component: 'test', environment, warn: () => {} },
  )
  return { ...provider, [Symbol.asyncDispose]: () => provider.close() }
}

/** The text of the first choice that an outcome holds. */
export function textOfOutcome({ result }: Outcome): string {
  return result.choices[0]?.text ?? ''
}
