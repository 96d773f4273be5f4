/** A provider inside its middleware. Their order is the array below, outermost first; nothing else decides it. */
import { type Converse, compose, type Middleware } from '@dapr-chat/protocol'
import type { Creation } from './components/component.ts'
import { secretsOf, shownModel } from './components/shown-settings.ts'
import { acceptedMedia } from './middleware/accepted-media.ts'
import { responseCache } from './middleware/cache/response-cache.ts'
import { captureContent } from './middleware/capture-content.ts'
import { countAttempts } from './middleware/count-attempts.ts'
import { hideSecrets } from './middleware/hide-secrets.ts'
import { history } from './middleware/history/history.ts'
import { TurnQueue } from './middleware/history/turn-queue.ts'
import { outgoingTrace } from './middleware/outgoing-trace.ts'
import type { Resiliency } from './middleware/resiliency/resiliency.ts'
import { scrubInput } from './middleware/scrub/input.ts'
import { type HeldBack, scrubOutput } from './middleware/scrub/output.ts'
import { telemetry } from './middleware/telemetry.ts'
import { traceContent } from './middleware/trace-content.ts'
import type { CallBook } from './observability/call-book.ts'
import type { RecordedComponent } from './observability/call-record.ts'
import type { ContentBook } from './observability/content-book.ts'
import type { ConversationMetrics } from './observability/conversation-metrics.ts'
import type { Metrics } from './observability/metrics.ts'
import type { ConversationSpans } from './observability/otlp/conversation-spans.ts'
import { providerName } from './observability/provider-name.ts'
import type { historySettings } from './providers/history-settings.ts'
import type { SettingsOf } from './providers/provider.ts'
import type { cacheSettings } from './providers/upstream/cache-settings.ts'
import { isTraceTrusted } from './providers/upstream/trace-settings.ts'
import type { StorePlace } from './store/conversation-store.ts'

/** What the middleware of all components works with. */
export interface AssemblerOptions {
  readonly calls: CallBook
  /** Where what is said is kept; absent where the operator did not ask for that. */
  readonly contents: ContentBook | undefined
  /** The spans of conversations; absent where no traces are recorded. */
  readonly spans: ConversationSpans | undefined
  readonly metrics: Metrics
  readonly resiliency: Resiliency
  /** Where conversations are remembered. */
  readonly conversations: StorePlace
  /** The answers that are being scrubbed. */
  readonly scrubbed: Set<HeldBack>
  /** Is told what an operator should look into. */
  warn(message: string): void
}

/** Wraps each component's provider once, when the component loads. */
export function createAssembler(options: AssemblerOptions): (creation: Creation) => Converse {
  const { calls, metrics, resiliency, spans } = options
  const queue = new TurnQueue()
  return (creation) => {
    const { provider, definition, manifest } = creation
    return compose(provider.converse, [
      // Outermost: its figures are what callers experience, retries and caches included.
      telemetry(calls, recorded(creation)),
      // Just inside of it: what goes on is the place of the span that it began.
      outgoingTrace({ trusted: isTraceTrusted(creation.settings), traceOf: (observer) => spans?.traceOf(observer) }),
      // Outside of whatever keeps questions and answers: nothing at rest holds what a caller had taken out of a question.
      scrubInput(),
      // Below it, and above the scrubbing of answers.
      ...(options.contents ? [captureContent(options.contents)] : []),
      ...(spans?.capturesContent ? [traceContent((observer) => spans.recording(observer))] : []),
      // A request that the provider cannot take goes no further.
      ...(definition.accepts ? [acceptedMedia(definition.accepts)] : []),
      // Below scrubbing, so that what is stored was scrubbed.
      ...historyOf(creation, options, queue),
      // What is remembered is part of the question that the answer is kept for; and no retry asks the cache again.
      ...cacheOf(creation, metrics.conversations),
      // Inside of them: nothing at rest holds what a caller had taken out of an answer.
      scrubOutput(options.scrubbed),
      // Inside of what keeps answers: what is kept, checked or scrubbed is one answer, whichever attempt it came from.
      resiliency.middleware(manifest.name),
      // Around the provider alone: whatever looks at a failure later sees none of the component's secrets.
      hideSecrets(secretsOf(creation)),
      // Innermost: what a policy stops is no attempt.
      countAttempts(),
    ])
  }
}

function recorded(creation: Creation): RecordedComponent {
  const { definition, settings, provider, manifest } = creation
  const { endpoint } = settings
  return {
    name: manifest.name,
    type: manifest.type,
    provider: providerName(definition.type, settings),
    model: shownModel(provider.model, creation),
    endpoint: typeof endpoint === 'string' ? endpoint : undefined,
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

function cacheOf({ settings, provider, manifest }: Creation, metrics: ConversationMetrics): Middleware[] {
  const declared = settings as Partial<SettingsOf<typeof cacheSettings>>
  const { responseCacheTTL: ttlMs, responseCacheMaxEntries: maxEntries, responseCacheMaxBytes: maxBytes } = declared
  if (ttlMs === undefined || maxEntries === undefined || maxBytes === undefined) return []
  return [responseCache({ ttlMs, maxEntries, maxBytes, component: manifest.name, model: provider.model, metrics })]
}
