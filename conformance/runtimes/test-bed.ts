/**
 * The sidecar that the program talks to, one for each run: the real one, in front of a provider that answers each of the
 * program's questions and watches who hangs up.
 */
import { setTimeout as delay } from 'node:timers/promises'
import {
  chunk,
  done,
  echoComponent,
  finish,
  type Piece,
  type ReceivedRequest,
  type ScriptedAnswer,
  scriptedProvider,
  silence,
  startSidecar,
  textAnswer,
  toolDelta,
  upstreamComponent,
  usage,
} from '@dapr-chat/sidecar/testing'
import { at } from '../harness.ts'
import { questions } from './questions.ts'

/** Where the program finds its sidecar. */
export interface TestBed extends AsyncDisposable {
  /** The base address of the HTTP API. */
  readonly http: string
}

/** How long a connection may take to close once its reader has left, in milliseconds. */
const CLOSES_WITHIN_MS = 2_000

/** Starts sidecar and provider. @param allowedOrigins the origins of pages that may ask, for the browser. */
export async function startTestBed(allowedOrigins: readonly string[] = []): Promise<TestBed> {
  const endless: number[] = []
  const provider = await scriptedProvider((request) => {
    if (question(request) === questions.endless) endless.push(request.connection)
    return answerOf(request, async () => {
      const closed = endless.map((connection) => provider.connectionClosed(connection).then(() => true))
      const left = await Promise.all(closed.map((each) => Promise.race([each, delay(CLOSES_WITHIN_MS, false)])))
      return `${left.filter(Boolean).length} of ${left.length} have left.`
    })
  })
  const running = await startSidecar([echoComponent, upstreamComponent(provider.url)], { allowedOrigins })
  return {
    http: running.http,
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]()
      await provider[Symbol.asyncDispose]()
    },
  }
}

interface WireMessage {
  readonly role: string
  readonly content: unknown
}

function messagesOf({ body }: ReceivedRequest): readonly WireMessage[] {
  return at(body, 'messages') as readonly WireMessage[]
}

function question(request: ReceivedRequest): unknown {
  return messagesOf(request).findLast(({ role }) => role === 'user')?.content
}

async function answerOf(request: ReceivedRequest, countLeft: () => Promise<string>): Promise<ScriptedAnswer> {
  const messages = messagesOf(request)
  switch (question(request)) {
    case questions.story:
      return { body: textAnswer('Once ', 'upon ', 'a ', 'time. 🌍') }
    case questions.endless:
      return { body: withoutEnd() }
    case questions.howManyLeft:
      return { body: textAnswer(await countLeft()) }
    case questions.weather:
      return { body: messages.at(-1)?.role === 'tool' ? toolsSaid(messages) : toolCalls() }
    case questions.shaped:
      return { body: textAnswer('{"city": "Os', 'lo", "celsius": 4}') }
    case questions.memory:
      return { body: textAnswer(messages.map(({ role }) => role).join(', ')) }
    case questions.busy:
      return {
        status: 429,
        headers: { 'content-type': 'application/json', 'retry-after': '7' },
        body: JSON.stringify({
          error: { message: 'Too many requests', type: 'requests', code: 'rate_limit_exceeded' },
        }),
      }
    default:
      throw new Error(
        `The program must ask one of its questions: current value is ${JSON.stringify(question(request))}`,
      )
  }
}

async function* withoutEnd(): AsyncGenerator<Piece> {
  yield chunk({ role: 'assistant', content: 'one ' })
  yield chunk({ content: 'two ' })
  await silence
}

function toolCalls(): string[] {
  const call = (index: number, city: string) => [
    toolDelta({ index, id: `call_${index}`, name: 'get_weather', arguments: '{"city":' }),
    toolDelta({ index, arguments: `"${city}"}` }),
  ]
  return [...call(0, 'Oslo'), ...call(1, 'Rome'), finish('tool_calls'), usage(9, 8), done]
}

function toolsSaid(messages: readonly WireMessage[]): string[] {
  const results = messages.filter(({ role }) => role === 'tool').map(({ content }) => content)
  return textAnswer('The tools said: ', results.join('; '))
}
