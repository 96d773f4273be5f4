/** What the stories have in common: a sidecar in front of a scripted provider, and the ways to ask it over HTTP. */
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import type { SidecarSettings } from '../src/index.ts'
import {
  chunk,
  echoComponent,
  open,
  type PlainRequest,
  type Script,
  scriptedProvider,
  send,
  silence,
  startSidecar,
  upstreamComponent,
} from '../testing/index.ts'

/** Starts both; disposing ends both. */
export async function startConversation(
  script: Script,
  settings: Partial<SidecarSettings> = {},
  files: Readonly<Record<string, string>> = {},
) {
  await using stack = new AsyncDisposableStack()
  const upstream = stack.use(await scriptedProvider(script))
  const running = stack.use(await startSidecar([echoComponent, upstreamComponent(upstream.url)], settings, files))
  const started = stack.move()
  return { upstream, ...running, [Symbol.asyncDispose]: () => started.disposeAsync() }
}

const daprBody = JSON.stringify({ inputs: [{ messages: [{ ofUser: { content: [{ text: 'Hello?' }] } }] }] })
const chatBody = (stream: boolean) =>
  JSON.stringify({ model: 'gpt', stream, messages: [{ role: 'user', content: 'Hello?' }] })

/** The ways to ask the component `gpt` over HTTP. */
export const questions = {
  'a stream of Dapr': {
    path: '/v1.0-alpha2/conversation/gpt/converse',
    body: daprBody,
    headers: { accept: 'text/event-stream' },
  },
  'a stream of OpenAI': { path: '/v1/chat/completions', body: chatBody(true), headers: {} },
  'an answer of Dapr': { path: '/v1.0-alpha2/conversation/gpt/converse', body: daprBody, headers: {} },
  'an answer of OpenAI': { path: '/v1/chat/completions', body: chatBody(false), headers: {} },
} as const

/** The name of a way to ask. */
export type Question = keyof typeof questions

/** The ways that stream. */
export const streams = ['a stream of Dapr', 'a stream of OpenAI'] as const

/** Asks, and hands out the answer once its headers are there. */
export function ask(base: string, question: Question, more: PlainRequest = {}): Promise<IncomingMessage> {
  const { path, ...request } = questions[question]
  return open(base, path, { ...request, ...more })
}

/** Reads until the text has arrived. */
export async function readUntil(response: IncomingMessage, wanted: string): Promise<string> {
  let text = ''
  response.setEncoding('utf8')
  while (!text.includes(wanted)) {
    const [part] = await once(response, 'data')
    text += part
  }
  return text
}

/** These pieces, and then nothing more. */
export async function* stallAfter(...pieces: readonly string[]) {
  yield* pieces
  await silence
}

/** One token, and then nothing more. */
export const oneToken: Script = () => ({ body: stallAfter(chunk({ content: 'Hello' })) })

/** Waits for something that happens soon; a test that waits for ever is ended by its own limit. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await setTimeout(2)
}

/** The count of conversations with `gpt` that the metrics show. */
export async function countOf(metrics: string, success: boolean): Promise<number> {
  const { text } = await send(metrics, '/metrics')
  const line = new RegExp(`^dapr_component_conversation_count\\{.*component="gpt",success="${success}"\\} (\\d+)$`, 'm')
  return Number(line.exec(text)?.[1] ?? 0)
}

/** Waits until a number has stopped growing. */
export async function untilStill(count: () => number): Promise<void> {
  let before = Number.NaN
  while (before !== count()) {
    before = count()
    await setTimeout(200)
  }
}
