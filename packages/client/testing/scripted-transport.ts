/** A transport that plays a script instead of talking to a sidecar. */
import type { ConversationEvent } from '@dapr-chat/protocol'
import type { SourceCall, Transport } from '../src/index.ts'

/** What a scripted transport plays. */
export interface Script {
  /** The answer; may look at the call and may throw. */
  events(call: SourceCall): AsyncIterable<readonly ConversationEvent[]>
  /** Whether it says that it streams. Default: what it was asked for. */
  readonly streamed?: boolean
  /** The names of the conversation components it claims to have. */
  readonly components?: readonly string[]
}

/** A transport for tests, with all calls that it got. */
export function scriptedTransport(script: Script): Transport & { readonly calls: SourceCall[] } {
  const calls: SourceCall[] = []
  return {
    calls,
    async stream(call, { streaming }) {
      calls.push(call)
      return { streamed: script.streamed ?? streaming, events: script.events(call) }
    },
    async converse() {
      return {}
    },
    async metadata() {
      const components = (script.components ?? ['echo']).map((name) => ({
        name,
        type: `conversation.${name}`,
        version: 'v1',
      }))
      // Without this it would be a stock daprd, which carries less.
      const extended = { daprChatVersion: '0.1.0' }
      return { id: 'test', runtimeVersion: '1.18.0', enabledFeatures: [], components, extended, resiliencies: [] }
    },
    async health() {},
    async close() {},
  }
}

/** The batches given, one after the other. */
export async function* batches(
  ...list: (readonly ConversationEvent[])[]
): AsyncGenerator<readonly ConversationEvent[]> {
  yield* list
}

/** A piece of text of the first choice. */
export function text(text: string): ConversationEvent {
  return { type: 'text-delta', choice: 0, text }
}

/** The end of the first choice. */
export const stop: ConversationEvent = { type: 'finish', choice: 0, reason: 'stop' }
