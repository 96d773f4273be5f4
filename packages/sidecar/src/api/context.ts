/** What every API of the sidecar works with. The composition root makes it. */
import type { Caller, ConversationError } from '@dapr-chat/protocol'
import type { ComponentView } from '@dapr-chat/protocol/console'
import type { SidecarMetadata } from '@dapr-chat/protocol/dapr'
import type { ComponentRegistry } from '../components/registry.ts'
import type { Configuration } from '../configuration/configuration.ts'
import type { CallBook } from '../observability/call-book.ts'
import type { Metrics } from '../observability/metrics.ts'
import type { ApiTracing } from '../observability/otlp/api-tracing.ts'
import type { OpenCalls } from '../pipeline/open-calls.ts'
import type { KeepAlive } from '../server/keep-alive.ts'
import type { SidecarSettings } from '../settings.ts'
import type { StorePlace } from '../store/conversation-store.ts'
import type { UsageStore } from '../usage/usage-store.ts'
import type { CallFeed } from './console/call-feed.ts'

/** One call of an API that has ended, in daprd's words and fields. */
export interface LoggedCall {
  readonly message: 'HTTP API Called' | 'gRPC API Called'
  /** `POST /path`, or the name of the API. */
  readonly method: string
  /** From the request to the end of its answer, in milliseconds. */
  readonly duration: number
  readonly useragent: string
  /** The HTTP status or the gRPC code. */
  readonly code: number
  /** The length of the answer's body in bytes; absent for a stream. */
  readonly size?: number
}

/** The parts of a sidecar that its APIs use. */
export interface ApiContext {
  readonly settings: SidecarSettings
  readonly configuration: Configuration
  readonly components: ComponentRegistry
  readonly calls: OpenCalls
  /** The calls in progress, and word of those that begin and end. */
  readonly callBook: CallBook
  readonly metrics: Metrics
  /** The calls that have ended. */
  readonly usage: UsageStore
  /** What the open pages of the console are told; absent where there is no console. */
  readonly callFeed: CallFeed | undefined
  readonly keepAlive: KeepAlive
  /** Where components with history keep their conversations. */
  readonly conversations: Pick<StorePlace, 'existing'>
  /** The state of each circuit breaker, by component. */
  breakerStates(): ReadonlyMap<string, NonNullable<ComponentView['breaker']>>
  /** How long an attempt may take by the resiliency policy of a component, in milliseconds; absent where none holds. */
  attemptTimeoutOf(component: string): number | undefined
  /** Whether conversations can be had: components loaded, both APIs listening, not shutting down. */
  ready(): boolean
  /** What the sidecar says about itself. */
  metadata(): SidecarMetadata
  /** Adds an entry to the extended metadata; an empty key is ignored. */
  setMetadata(key: string, value: string): void
  /** Asks for a graceful end of the sidecar. */
  shutdown(): void
  /** Begins the spans of API calls; absent where no traces are recorded. */
  readonly tracing: ApiTracing | undefined
  /** Is told of every call that has ended; absent where calls are not logged. */
  readonly logCall: ((call: LoggedCall) => void) | undefined
  /** Is told of every conversation that failed, those too that reached no component. */
  countError(error: ConversationError): void
  /** Is told what went wrong inside, which callers do not learn. */
  reportInternal(error: unknown): void
}

/** Who calls, by the header that daprd puts on invocations between apps. */
export function callerOf(appId: string | undefined): Caller {
  return { id: appId || 'anonymous' }
}
