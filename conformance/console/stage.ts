/**
 * A sidecar with the console, and a provider behind it that answers as the question says. The tests of the console and its
 * screenshots play on it.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SidecarOptions } from '@dapr-chat/sidecar'
import {
  chunk,
  done,
  finish,
  type Piece,
  type PlainAnswer,
  post,
  type ReceivedRequest,
  type RunningSidecar,
  reset,
  type ScriptedAnswer,
  type ScriptedProvider,
  scriptedProvider,
  silence,
  startSidecar,
  type TestComponent,
  toolDelta,
  usage,
} from '@dapr-chat/sidecar/testing'
import { buildConsole } from '../../tools/build-console.ts'

/** A sidecar, its provider and its page. */
export interface Stage extends AsyncDisposable {
  /** The address of the page. */
  readonly url: string
  readonly running: RunningSidecar
  readonly upstream: ScriptedProvider
  /** Asks over the OpenAI-compatible API, and waits for the whole answer. */
  ask(component: string, question: string, more?: Ask): Promise<PlainAnswer>
  /** Asks over Dapr's API, which has conversations. */
  converse(component: string, contextId: string, question: string): Promise<PlainAnswer>
}

/** What goes with a question. */
export interface Ask {
  readonly caller?: string
  readonly body?: Readonly<Record<string, unknown>>
}

/** How the stage is set up. */
export interface StageOptions extends SidecarOptions {
  /** The pause between two pieces of an answer, in milliseconds. */
  readonly paceMs?: number
  /** What the provider answers to questions, by the question. */
  readonly answers?: Readonly<Record<string, string>>
}

/** In US dollars for a million tokens. The model of the house has no price. */
const PRICES = `gpt-4.1-nano: { input: 0.1, output: 0.4 }
gpt-4.1-mini: { input: 0.4, output: 1.6 }
`

/** Whoever is in a hurry gives up after two failures in a row. */
const RESILIENCY = `
apiVersion: dapr.io/v1alpha1
kind: Resiliency
metadata: {name: careful}
spec:
  policies: {circuitBreakers: {quick: {maxRequests: 1, timeout: 60s, trip: consecutiveFailures > 1}}}
  targets: {components: {hasty: {outbound: {circuitBreaker: quick}}}}
`

/** Builds the page and starts everything. */
export async function startStage({ paceMs = 0, answers = {}, ...settings }: StageOptions = {}): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'dapr-chat-console-'))
  await buildConsole(folder)
  const pricesFile = join(folder, 'prices.yaml')
  await writeFile(pricesFile, PRICES)
  const upstream = await scriptedProvider((request) => answerTo(request, { paceMs, answers }))
  const running = await startSidecar(
    componentsOf(upstream.url),
    {
      appId: 'checkout',
      captureContent: true,
      usagePath: ':memory:',
      consoleFolder: folder,
      pricesFile,
      ...settings,
    },
    { 'resiliency.yaml': RESILIENCY },
  )
  const token = settings.apiToken
  const headers = (caller: string) => ({
    'dapr-caller-app-id': caller,
    ...(token !== undefined && { 'dapr-api-token': token }),
  })
  return {
    url: `${running.http}/console`,
    running,
    upstream,
    ask: (component, question, { caller = 'shop', body = {} } = {}) =>
      post(
        running.http,
        '/v1/chat/completions',
        { model: component, messages: [{ role: 'user', content: question }], stream: true, ...body },
        headers(caller),
      ),
    converse: (component, contextId, question) =>
      post(
        running.http,
        `/v1.0-alpha2/conversation/${component}/converse`,
        { contextId, inputs: [{ messages: [{ ofUser: { content: [{ text: question }] } }] }] },
        headers('shop'),
      ),
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]()
      await upstream[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
    },
  }
}

function componentsOf(endpoint: string): TestComponent[] {
  const openai = (name: string, model: string, more: Readonly<Record<string, string>> = {}): TestComponent => ({
    name,
    type: 'conversation.openai',
    metadata: { key: 'sk-of-the-test', model, endpoint, ...more },
  })
  return [
    { name: 'echo', type: 'conversation.echo' },
    openai('gpt', 'gpt-4.1-nano'),
    openai('memory', 'gpt-4.1-mini', { history: 'true' }),
    openai('house', 'house-model', { responseCacheTTL: '1h' }),
    openai('hasty', 'gpt-4.1-nano', { firstTokenTimeout: '200ms' }),
  ]
}

type Manner = Required<Pick<StageOptions, 'paceMs' | 'answers'>>

/** The provider does what the last message asks for. */
async function answerTo({ body }: ReceivedRequest, { paceMs, answers }: Manner): Promise<ScriptedAnswer> {
  const {
    model,
    messages = [],
    tools,
  } = body as {
    model: string
    messages?: { role?: string; content?: unknown }[]
    tools?: unknown
  }
  const { role, content: said } = messages.at(-1) ?? {}
  const question = typeof said === 'string' ? said : JSON.stringify(said)
  if (question.includes('too much')) {
    const error = { message: 'Rate limit reached for requests', type: 'requests', code: 'rate_limit_exceeded' }
    return { status: 429, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error }) }
  }
  if (question.includes('wrong key')) {
    const error = { message: 'Incorrect API key provided', type: 'invalid_request_error', code: 'invalid_api_key' }
    return { status: 401, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error }) }
  }
  if (question.includes('say nothing')) await silence
  if (paceMs > 0) await sleep(paceMs * 4)
  const wantsTool = tools !== undefined && role !== 'tool'
  return { body: named(model, piecesOf(question, wantsTool, { paceMs, answers })) }
}

/** The pieces with the name of the model that was asked, so that it has a price. */
async function* named(model: string, pieces: AsyncIterable<Piece>): AsyncGenerator<Piece> {
  for await (const piece of pieces) yield typeof piece === 'string' ? piece.replace('scripted-1', model) : piece
}

async function* piecesOf(question: string, wantsTool: boolean, { paceMs, answers }: Manner): AsyncGenerator<Piece> {
  yield chunk({ role: 'assistant', content: '' })
  if (wantsTool) {
    yield chunk({ content: 'Let me look.' })
    await sleep(paceMs * 2)
    yield toolDelta({ index: 0, id: 'call_1', name: 'get_weather', arguments: '{"city":' })
    await sleep(paceMs * 4)
    yield toolDelta({ index: 0, arguments: '"Oslo"}' })
    yield finish('tool_calls')
    yield usage(20, 8)
    yield done
    return
  }
  const endless = question.includes('for ever')
  const words = endless ? ['more and '] : wordsOf(answers[question] ?? answerFor(question))
  let count = 0
  do {
    for (const word of words) {
      yield chunk({ content: word })
      count++
      if (paceMs > 0 || endless) await sleep(endless ? 20 : paceMs)
      if (question.includes('break') && count === 5) yield reset
    }
  } while (endless)
  yield finish('stop')
  yield usage(question.length, count)
  yield done
}

/** A question may bring its answer along, after `say:`. */
function answerFor(question: string): string {
  const [, wanted] = question.split('say:', 2)
  return wanted ?? `You asked: *${question}*. The answer has **several words**, and a list:\n\n- one\n- two\n`
}

/** A text in pieces, which together are the text. */
function wordsOf(text: string): readonly string[] {
  return text.match(/\s*\S+\s*/g) ?? [text]
}
