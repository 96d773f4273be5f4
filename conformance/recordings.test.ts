/**
 * Answers that providers really sent, replayed to the sidecar: every surface must say what an independent reader made
 * of them, however the network cuts the bytes. The recordings are not part of the project; without them nothing runs.
 */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { DaprChatClient, DaprChatError } from '@dapr-chat/client'
import { grpcTransport } from '@dapr-chat/client/grpc'
import {
  type RunningSidecar,
  type ScriptedAnswer,
  type ScriptedProvider,
  scriptedProvider,
  startSidecar,
  upstreamComponent,
} from '@dapr-chat/sidecar/testing'
import { at, DaprClient } from './harness.ts'
import { type Outcome, type Surface, streamingSurfaces, wholeSurfaces } from './surfaces.ts'

/** `X.expected.json`. */
interface Expected {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  readonly reasoning: string
  readonly refusal: string
  readonly toolCalls: readonly { id: string; name: string; args: string }[]
  readonly finishReason: string | null
  readonly usage: Readonly<Record<string, number>> | null
  readonly errors: readonly unknown[]
}

interface Recording {
  readonly name: string
  readonly body: Buffer
  readonly expected: Expected
}

const folder = process.env.DAPR_CHAT_FIXTURES ?? join(import.meta.dirname, '../../shared/fixtures')
const recordings = existsSync(folder) ? ['openai', 'azure', 'compat'].flatMap(readRecordings) : []

function readRecordings(dialect: string): Recording[] {
  const files = readdirSync(join(folder, dialect)).filter((file) => !file.endsWith('.expected.json'))
  return files.map((file) => ({
    name: `${dialect}/${file}`,
    body: readFileSync(join(folder, dialect, file)),
    expected: JSON.parse(readFileSync(join(folder, dialect, file.replace(/\.\w+$/, '.expected.json')), 'utf8')),
  }))
}

/** Whether to cut every body at every byte on every surface: minutes of work, for before a release. */
const EVERY_CUT = process.env.DAPR_CHAT_CUTS === 'every'

/**
 * The most places at which one body is cut in two otherwise, the surfaces in turn. Every cut there is meets the
 * provider's reader in its own tests.
 */
const MAX_CUTS = 128

/** The most pieces that a body comes in; one that is no longer comes byte by byte. */
const MAX_PIECES = 2_048

let upstream: ScriptedProvider
let running: RunningSidecar
let grpc: DaprClient
let overHttp: DaprChatClient
let overGrpc: DaprChatClient

before(async () => {
  upstream = await scriptedProvider((request) => replay(String(at(request.body, 'messages', 0, 'content'))))
  running = await startSidecar([upstreamComponent(upstream.url)])
  grpc = new DaprClient(running.grpc)
  overHttp = new DaprChatClient({ component: 'gpt', endpoint: { http: running.http } })
  overGrpc = new DaprChatClient({ component: 'gpt', transport: grpcTransport({ endpoint: running.grpc }) })
})

after(async () => {
  await overHttp[Symbol.asyncDispose]()
  await overGrpc[Symbol.asyncDispose]()
  grpc[Symbol.dispose]()
  await running[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

/** The question says which recording is wanted and how it is cut: `NAME whole`, `NAME pieces` or `NAME OFFSET`. */
function replay(question: string): ScriptedAnswer {
  const [name, how] = question.split(' ')
  const recording = recordings.find((each) => each.name === name)
  if (!recording) throw new Error(`there is no recording ${name}`)
  const { body, expected } = recording
  const pieces =
    how === 'whole'
      ? [body]
      : how === 'pieces'
        ? slices(body, Math.ceil(body.length / MAX_PIECES))
        : [body.subarray(0, Number(how)), body.subarray(Number(how))]
  return { status: expected.status, headers: expected.headers, body: oneByOne(pieces) }
}

function slices(body: Buffer, size: number): Buffer[] {
  const count = Math.ceil(body.length / size)
  return Array.from({ length: count }, (_, index) => body.subarray(index * size, (index + 1) * size))
}

/** Lets the other end read a piece before the next one is written. */
async function* oneByOne(pieces: readonly Uint8Array[]) {
  for (const piece of pieces) {
    yield piece
    await setImmediate()
  }
}

function check(outcome: Outcome, { expected }: Recording, name: string): void {
  const { error, ...said } = outcome
  const reported = expected.errors[0]
  const message = String(at(reported, 'error', 'message') ?? at(reported, 'message'))
  if (expected.status !== 200) {
    assert.ok(error, name)
    assert.ok(error.message.includes(message), `${name} says: ${error.message}`)
    const status = name.startsWith('OpenAI') ? expected.status : /^Converse/.test(name) ? 13 : 500
    assert.deepEqual([error.status, error.done], [status, false], name)
    return
  }
  const { prompt_tokens = 0, completion_tokens = 0, total_tokens = 0 } = expected.usage ?? {}
  const wanted: Outcome = {
    text: expected.text,
    reasoning: expected.reasoning,
    refusal: expected.refusal,
    toolCalls: expected.toolCalls,
    finishReason: expected.finishReason,
    usage: expected.usage && [prompt_tokens, completion_tokens, total_tokens],
  }
  if (reported !== undefined) {
    assert.ok(error, name)
    assert.ok(error.message.includes(message), `${name} says: ${error.message}`)
    assert.equal(error.done, false)
  } else {
    assert.equal(error, undefined, name)
  }
  // A whole answer that failed has nothing to show.
  if (error && Object.keys(said).length === 1) return
  for (const member of Object.keys(said) as (keyof typeof said)[]) {
    assert.deepEqual(said[member], wanted[member], `${name} ${member}`)
  }
}

/** An answer of our own client, streamed. */
function clientSurface(client: DaprChatClient): Surface {
  return async (question) => {
    const stream = client.generateStream(question)
    try {
      const { choices, usage, toolCalls } = await stream.result
      const { message, finish_reason } = choices[0]
      return {
        text: message.content ?? '',
        reasoning: message.reasoning_content ?? '',
        refusal: message.refusal ?? '',
        toolCalls: toolCalls.map(({ id, function: called }) => ({ id, name: called.name, args: called.arguments })),
        finishReason: finish_reason,
        usage: usage ? [usage.prompt_tokens, usage.completion_tokens, usage.total_tokens] : null,
      }
    } catch (error) {
      assert.ok(error instanceof DaprChatError)
      return { text: stream.partial.text, error: { message: error.message, status: 500, done: false } }
    }
  }
}

if (recordings.length === 0) test('recordings of providers', { skip: `there is no folder ${folder}` }, () => {})

/** Everything that streams: the surfaces, and our own client on two of them. */
function streaming(): [name: string, ask: Surface][] {
  return Object.entries({
    ...streamingSurfaces(running, grpc),
    'the client over HTTP': clientSurface(overHttp),
    'the client over gRPC': clientSurface(overGrpc),
  })
}

for (const recording of recordings) {
  test(`${recording.name} is the same answer on every surface`, async () => {
    const surfaces = [...streaming(), ...Object.entries(wholeSurfaces(running, grpc))]
    for (const [name, ask] of surfaces) check(await ask(`${recording.name} whole`), recording, name)
  })

  test(`${recording.name} is the same answer when it comes byte by byte`, async () => {
    for (const [name, ask] of streaming()) check(await ask(`${recording.name} pieces`), recording, name)
  })

  test(`${recording.name} is the same answer wherever it is cut in two`, async () => {
    const surfaces = streaming()
    const stride = EVERY_CUT ? 1 : Math.ceil(recording.body.length / MAX_CUTS)
    const offsets = Array.from({ length: Math.floor(recording.body.length / stride) }, (_, index) => index * stride)
    // Sixteen calls at a time.
    const next = offsets.entries()
    const worker = async () => {
      for (const [index, offset] of next) {
        const asked = EVERY_CUT ? surfaces : [surfaces[index % surfaces.length] ?? assert.fail()]
        for (const [name, ask] of asked) check(await ask(`${recording.name} ${offset}`), recording, name)
      }
    }
    await Promise.all(Array.from({ length: 16 }, worker))
  })
}
