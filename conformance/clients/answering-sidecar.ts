/** A sidecar with one component, "gpt", whose provider answers what a test says. For the tests of others' SDKs for Node. */
import {
  type ScriptedAnswer,
  type ScriptedProvider,
  scriptedProvider,
  startSidecar,
  upstreamComponent,
} from '@dapr-chat/sidecar/testing'

/** A message as it reached the provider. */
export interface WireMessage {
  readonly role: string
  readonly content: unknown
  readonly tool_call_id?: string
  readonly tool_calls?: readonly { readonly id: string; readonly function: unknown }[]
}

/** A request as it reached the provider. */
export interface WireRequest extends Readonly<Record<string, unknown>> {
  readonly messages: readonly WireMessage[]
  readonly tools?: readonly { readonly function: { readonly name: string } }[]
}

/** The sidecar, and what its provider is told and asked. */
export interface AnsweringSidecar extends AsyncDisposable {
  /** Where it listens for HTTP. */
  readonly http: string
  /** What the provider answers from now on, in order; the last one again and again. What was asked is forgotten. */
  provide(...answers: readonly (ScriptedAnswer | readonly string[])[]): void
  /** What reached the provider since then. */
  asked(): readonly WireRequest[]
  /** Resolves when the connection of the last request has closed. */
  lastClosed(): Promise<unknown>
}

/** Starts the sidecar. */
export async function answeringSidecar(): Promise<AnsweringSidecar> {
  let answers: ScriptedAnswer[] = []
  let earlier = 0
  const provider: ScriptedProvider = await scriptedProvider(
    () => (answers.length > 1 ? answers.shift() : answers[0]) ?? { body: [] },
  )
  const running = await startSidecar([upstreamComponent(provider.url)])
  return {
    http: running.http,
    provide(...next) {
      answers = next.map((answer) => ('body' in answer ? answer : { body: answer }))
      earlier = provider.requests.length
    },
    asked: () => provider.requests.slice(earlier).map(({ body }) => body as WireRequest),
    lastClosed: () => provider.connectionClosed(provider.requests.at(-1)?.connection),
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]()
      await provider[Symbol.asyncDispose]()
    },
  }
}

/** A call whose thinking and whose call are signed, in the spellings of servers that sign on this wire. */
export const signedCall = {
  delta: {
    reasoning: 'Hm.',
    reasoning_details: [{ type: 'reasoning.text', text: 'Hm.', signature: 'sig-of-thinking', index: 0 }],
    tool_calls: [
      {
        index: 0,
        id: 'call_a',
        type: 'function',
        function: { name: 'get_weather', arguments: '{"city":"Oslo"}' },
        extra_content: { google: { thought_signature: 'sig-of-call' } },
      },
    ],
  },
  /** What must be in the next request. */
  signatures: ['sig-of-thinking', 'sig-of-call'],
}
