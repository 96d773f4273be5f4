/** A conversation over HTTP, from the accepted request to the call of the component; the same for every wire. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CallOrigin, ConversationError, ConversationEvent, ConversationRequest } from '@dapr-chat/protocol'
import type { ReadyComponent } from '../components/registry.ts'
import type { OpenCall } from '../pipeline/open-calls.ts'
import { traceOf } from './call-trace.ts'
import { type ApiContext, callerOf } from './context.ts'
import { failureOf } from './failure.ts'
import { reachesComponent, tellIfRefused } from './refusal.ts'

/** Begins a call that ends when the caller's connection does, in whatever phase the call then is. */
export function openHttpCall(context: ApiContext, response: ServerResponse): OpenCall {
  const call = context.calls.open()
  response.once('close', () => {
    if (!response.writableFinished) call.cancel()
  })
  return call
}

/** Asks the component. */
export function converseOverHttp(
  component: ReadyComponent,
  request: ConversationRequest,
  incoming: IncomingMessage,
  call: OpenCall,
  origin: CallOrigin,
): AsyncIterable<readonly ConversationEvent[]> {
  const trace = traceOf(incoming)
  reachesComponent(incoming)
  return component.converse({
    component: component.name,
    request,
    caller: callerOf(header(incoming, 'dapr-caller-app-id')),
    signal: call.signal,
    origin,
    ...(trace && { trace }),
  })
}

/** A conversation has failed before its answer began. The failure as its caller may see it; it is counted. */
export function failureOverHttp(
  context: ApiContext,
  incoming: IncomingMessage,
  /** What the call named, and by which API. */
  { component, origin }: { readonly component: string; readonly origin: CallOrigin },
  thrown: unknown,
): ConversationError {
  const failure = failureOf(context, thrown)
  tellIfRefused(context, incoming, { component, appId: header(incoming, 'dapr-caller-app-id'), origin }, failure)
  return failure
}

function header(incoming: IncomingMessage, name: string): string | undefined {
  const value = incoming.headers[name]
  return Array.isArray(value) ? value[0] : value
}
