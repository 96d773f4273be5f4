/**
 * Conversations that are refused before they reach a component: an unknown name, a request that cannot be read, a sidecar
 * that goes down. Operators look for them, and so the call book is told of each. Those who may not call at all are not
 * among them: nobody without the token may fill the log and push older calls out of it.
 */
import type { IncomingMessage } from 'node:http'
import type { CallOrigin, ConversationError } from '@dapr-chat/protocol'
import { type TracedGrpcCall, traceOf } from './call-trace.ts'
import { type ApiContext, callerOf } from './context.ts'

/** The codes of callers who may not pass, and of APIs that are closed and therefore not there. */
const KEPT_OUT: ReadonlySet<string> = new Set(['unauthenticated', 'forbidden', 'not_found'])

/** Calls that have reached their component, whose own record says what became of them. */
const asked = new WeakSet<object>()

/** A call is handed to its component: it is refused no more. */
export function reachesComponent(call: IncomingMessage | TracedGrpcCall): void {
  asked.add(call)
}

/** What is known of a call that has failed. */
export interface FailedCall {
  /** What it named; need not be a component of ours. */
  readonly component: string
  /** The calling app's id, as far as it is known. */
  readonly appId: string | undefined
  readonly origin: CallOrigin
}

/** Tells the call book of a call that failed, if it reached no component. */
export function tellIfRefused(
  { callBook, components }: Pick<ApiContext, 'callBook' | 'components'>,
  call: IncomingMessage | TracedGrpcCall,
  { component, appId, origin }: FailedCall,
  error: ConversationError,
): void {
  if (asked.has(call) || KEPT_OUT.has(error.code)) return
  callBook.refuse(
    {
      component: components.list().find(({ name }) => name === component),
      caller: callerOf(appId),
      origin,
      trace: traceOf(call),
    },
    error,
  )
}
