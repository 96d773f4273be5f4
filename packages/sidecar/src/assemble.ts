/** A provider inside its middleware. Their order is the array below, outermost first; nothing else decides it. */
import { type Converse, compose, type Middleware } from '@dapr-chat/protocol'
import type { Creation } from './components/component.ts'
import { acceptedMedia } from './middleware/accepted-media.ts'
import { responseCache } from './middleware/cache/response-cache.ts'
import { hideSecrets } from './middleware/hide-secrets.ts'
import { history } from './middleware/history/history.ts'
import { TurnQueue } from './middleware/history/turn-queue.ts'
import type { Resiliency } from './middleware/resiliency/resiliency.ts'
import { scrubInput } from './middleware/scrub/input.ts'
import { scrubOutput } from './middleware/scrub/output.ts'
import { telemetry } from './middleware/telemetry.ts'
import type { Metrics } from './observability/metrics.ts'
import type { historySettings } from './providers/history-settings.ts'
import type { SettingsOf } from './providers/provider.ts'
import type { cacheSettings } from './providers/upstream/cache-settings.ts'
import type { StoreFile } from './store/store-file.ts'

/** What the middleware of all components works with. */
export interface AssemblerOptions {
  readonly metrics: Metrics
  readonly resiliency: Resiliency
  /** Where conversations are remembered. */
  readonly conversations: StoreFile
  /** Is told what an operator should look into. */
  warn(message: string): void
}

/** Wraps each component's provider once, when the component loads. */
export function createAssembler(options: AssemblerOptions): (creation: Creation) => Converse {
  const { metrics, resiliency } = options
  const queue = new TurnQueue()
  return (creation) => {
    const { provider, definition, manifest } = creation
    return compose(provider.converse, [
      // Outermost: its figures are what callers experience, retries and caches included.
      telemetry(metrics, manifest.name),
      // Outside of whatever keeps questions and answers: nothing at rest holds what a caller had taken out of a question.
      scrubInput(),
      // A request that the provider cannot take goes no further.
      ...(definition.accepts ? [acceptedMedia(definition.accepts)] : []),
      // Below scrubbing, so that what is stored was scrubbed.
      ...historyOf(creation, options, queue),
      // What is remembered is part of the question that the answer is kept for; and no retry asks the cache again.
      ...cacheOf(creation, metrics),
      // Inside of them: nothing at rest holds what a caller had taken out of an answer.
      scrubOutput(),
      // Around the provider alone: what is kept, checked or scrubbed is one answer, whichever attempt it came from.
      resiliency.middleware(manifest.name),
      // Innermost: whatever looks at a failure later sees none of the component's secrets.
      hideSecrets(secretsOf(creation)),
    ])
  }
}

function historyOf({ settings }: Creation, options: AssemblerOptions, queue: TurnQueue): Middleware[] {
  // The declaration is spread into that of a provider which has it; whether this one has is not in its general type.
  const declared = settings as Partial<SettingsOf<typeof historySettings>>
  const { history: on, historyMaxTokens: maxTokens, historyMaxTurns: maxTurns, historyTTL: ttlMs } = declared
  if (!on || maxTokens === undefined || maxTurns === undefined || ttlMs === undefined) return []
  const store = options.conversations.open()
  return [history({ store, queue, maxTokens, maxTurns, ttlMs, warn: options.warn })]
}

function cacheOf({ settings, provider, manifest }: Creation, metrics: Metrics): Middleware[] {
  const declared = settings as Partial<SettingsOf<typeof cacheSettings>>
  const { responseCacheTTL: ttlMs, responseCacheMaxEntries: maxEntries, responseCacheMaxBytes: maxBytes } = declared
  if (ttlMs === undefined || maxEntries === undefined || maxBytes === undefined) return []
  return [responseCache({ ttlMs, maxEntries, maxBytes, component: manifest.name, model: provider.model, metrics })]
}

/** What settings declare as sensitive, and what came out of a secret store for whichever setting. */
function secretsOf({ definition, settings, manifest }: Creation): string[] {
  const sensitive = Object.entries(settings).flatMap(([name, value]) =>
    definition.settings[name]?.sensitive && typeof value === 'string' ? [value] : [],
  )
  return [...sensitive, ...manifest.metadata.flatMap((entry) => (entry.fromSecretStore ? [entry.value] : []))]
}
