/** What every API of the sidecar works with. The composition root makes it. */
import type { Caller, TraceContext } from '@dapr-chat/protocol'
import type { SidecarMetadata } from '@dapr-chat/protocol/dapr'
import type { ComponentRegistry } from '../components/registry.ts'
import type { OpenCalls } from '../pipeline/open-calls.ts'
import type { KeepAlive } from '../server/keep-alive.ts'
import type { SidecarSettings } from '../settings.ts'
import type { StoreFile } from '../store/store-file.ts'

/** The parts of a sidecar that its APIs use. */
export interface ApiContext {
  readonly settings: SidecarSettings
  readonly components: ComponentRegistry
  readonly calls: OpenCalls
  readonly keepAlive: KeepAlive
  /** Where components with history keep their conversations. */
  readonly conversations: Pick<StoreFile, 'existing'>
  /** Whether conversations can be had: components loaded, both APIs listening, not shutting down. */
  ready(): boolean
  /** What the sidecar says about itself. */
  metadata(): SidecarMetadata
  /** Adds an entry to the extended metadata; an empty key is ignored. */
  setMetadata(key: string, value: string): void
  /** Asks for a graceful end of the sidecar. */
  shutdown(): void
  /** Is told what went wrong inside, which callers do not learn. */
  reportInternal(error: unknown): void
}

/** Who calls, by the header that daprd puts on invocations between apps. */
export function callerOf(appId: string | undefined): Caller {
  return { id: appId || 'anonymous' }
}

/** The trace context of the incoming headers, if there is one. */
export function traceOf(traceparent: string | undefined, tracestate: string | undefined): { trace?: TraceContext } {
  if (!traceparent) return {}
  return { trace: { traceparent, ...(tracestate && { tracestate }) } }
}
