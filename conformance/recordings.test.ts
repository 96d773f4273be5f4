/**
 * Answers that providers really sent, replayed to the sidecar: every surface must say what an independent reader made
 * of them, however the network cuts the bytes. The recordings are not part of the project; without them nothing runs.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { DaprChatClient } from '@dapr-chat/client'
import { grpcTransport } from '@dapr-chat/client/grpc'
import { errorRow } from '@dapr-chat/protocol'
import {
  type Recording,
  type RunningSidecar,
  readRecordings,
  recordedVendors,
  recordingsFolder,
  type ScriptedAnswer,
  type ScriptedProvider,
  scriptedProvider,
  startSidecar,
} from '@dapr-chat/sidecar/testing'
import { clientStream } from './client-surface.ts'
import { DaprClient } from './harness.ts'
import {
  type Outcome,
  type OutcomeCall,
  type OutcomeError,
  type Surface,
  streamingSurfaces,
  wholeSurfaces,
} from './surfaces.ts'

const recordings = readRecordings()

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
  upstream = await scriptedProvider((request) => replay(JSON.stringify(request.body)))
  // A component for each folder, of its name.
  const components = Object.entries(recordedVendors).map(([name, { definition, metadata }]) => ({
    name,
    type: definition.type,
    metadata: metadata(upstream.url),
  }))
  running = await startSidecar(components)
  grpc = new DaprClient(running.grpc)
  // A refusal may ask for half a minute of patience, which a client would have.
  overHttp = new DaprChatClient({ endpoint: { http: running.http }, retry: false })
  overGrpc = new DaprChatClient({ transport: grpcTransport({ endpoint: running.grpc }), retry: false })
})

after(async () => {
  await overHttp[Symbol.asyncDispose]()
  await overGrpc[Symbol.asyncDispose]()
  grpc[Symbol.dispose]()
  await running[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

/**
 * The question says which recording is wanted and how it is cut: `NAME whole`, `NAME pieces` or `NAME OFFSET`. Where it
 * stands in the request is each vendor's own affair.
 */
function replay(request: string): ScriptedAnswer {
  const [, name, how] = /"([\w-]+\/[\w.-]+) (\w+)"/.exec(request) ?? []
  const recording = recordings.find((each) => each.name === name)
  if (!recording) throw new Error(`there is no recording ${name}`)
  const { status, headers, body } = recording
  const pieces =
    how === 'whole'
      ? [body]
      : how === 'pieces'
        ? slices(body, Math.ceil(body.length / MAX_PIECES))
        : [body.subarray(0, Number(how)), body.subarray(Number(how))]
  return { status, headers, body: oneByOne(pieces) }
}

function slices(body: Uint8Array, size: number): Uint8Array[] {
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

function check(outcome: Outcome, { status, expected }: Recording, name: string): void {
  const { error, ...said } = outcome
  if (expected.error) checkError(error, { ...expected.error, refused: status !== 200 }, name)
  else assert.equal(error, undefined, name)
  // An answer that was refused, or whole and failed, has nothing to show.
  if (status !== 200 || (error && Object.keys(said).length === 1)) return
  const { toolCalls, ...rest } = said
  assert.deepEqual(rest, pick(expected, Object.keys(rest) as (keyof typeof rest)[]), name)
  if (toolCalls) checkCalls(toolCalls, expected.toolCalls, name)
}

function pick<T extends object, K extends keyof T>(value: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.map((name) => [name, value[name]])) as Pick<T, K>
}

/** A call that came without an id is given one. */
function checkCalls(calls: readonly OutcomeCall[], expected: Recording['expected']['toolCalls'], name: string): void {
  const known = calls.map((call, index) => (expected[index]?.id === null ? { ...call, id: null } : call))
  assert.deepEqual(known, expected, name)
  for (const { id } of calls) assert.ok(id, name)
}

/** The row of the error table, as each surface shows it. */
function checkError(
  error: OutcomeError | undefined,
  { message, code, retryAfterMs, refused }: NonNullable<Recording['expected']['error']> & { refused: boolean },
  name: string,
): void {
  assert.ok(error, name)
  assert.ok(error.message.includes(message), `${name} says: ${error.message}`)
  const row = errorRow(code)
  const { status, names } = name.startsWith('OpenAI')
    ? { status: row.openaiStatus, names: [row.openaiType, row.openaiCode] }
    : name.startsWith('Converse')
      ? { status: row.grpc, names: [code] }
      : name.startsWith('the client')
        ? { status: row.http, names: clientNames(code, refused) }
        : { status: row.http, names: [row.dapr, code] }
  // A whole answer never has a status of success; a stream that has begun always has.
  const streamed = !refused && / SSE$/.test(name)
  assert.deepEqual([error.status, error.names, error.done], [streamed ? 200 : status, names, false], name)
  // The header of an HTTP answer has whole seconds.
  if (retryAfterMs !== undefined)
    assert.equal(Math.ceil((error.retryAfterMs ?? 0) / 1_000), Math.ceil(retryAfterMs / 1_000))
}

/** What the client's users tell failures apart by. */
function clientNames(code: string, refused: boolean): readonly string[] {
  return refused ? ['provider_error', code.replace(/^provider_/, '')] : ['stream_interrupted']
}

if (recordings.length === 0)
  test('recordings of providers', { skip: `there are none in ${recordingsFolder}` }, () => {})

/** Everything that streams: the surfaces, and our own client on two of them. */
function streaming({ vendor }: Recording): [name: string, ask: Surface][] {
  return Object.entries({
    ...streamingSurfaces(running, grpc, vendor),
    'the client over HTTP': clientStream(overHttp, vendor),
    'the client over gRPC': clientStream(overGrpc, vendor),
  })
}

for (const recording of recordings) {
  const { name, vendor, body } = recording
  test(`${name} is the same answer on every surface`, async () => {
    const surfaces = [...streaming(recording), ...Object.entries(wholeSurfaces(running, grpc, vendor))]
    for (const [surface, ask] of surfaces) check(await ask(`${name} whole`), recording, surface)
  })

  test(`${name} is the same answer when it comes byte by byte`, async () => {
    await Promise.all(
      streaming(recording).map(async ([surface, ask]) => check(await ask(`${name} pieces`), recording, surface)),
    )
  })

  test(`${name} is the same answer wherever it is cut in two`, async () => {
    const surfaces = streaming(recording)
    const stride = EVERY_CUT ? 1 : Math.ceil(body.length / MAX_CUTS)
    const offsets = Array.from({ length: Math.floor(body.length / stride) }, (_, index) => index * stride)
    // Sixteen calls at a time.
    const next = offsets.entries()
    const worker = async () => {
      for (const [index, offset] of next) {
        const asked = EVERY_CUT ? surfaces : [surfaces[index % surfaces.length] ?? assert.fail()]
        for (const [surface, ask] of asked) check(await ask(`${name} ${offset}`), recording, surface)
      }
    }
    await Promise.all(Array.from({ length: 16 }, worker))
  })
}
