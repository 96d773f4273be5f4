/**
 * Requests that nobody would write, through the front door of a running sidecar: each gets an answer or an error in the
 * words of the API, none an internal failure, nothing hangs, nothing stays open, and afterwards the sidecar still answers.
 * `FUZZ_RUNS=100000 npm test -- conformance/fuzz` looks further, and another `FUZZ_SEED` elsewhere.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  echoComponent,
  scriptedProvider,
  send,
  startSidecar,
  textAnswer,
  upstreamComponent,
} from '@dapr-chat/sidecar/testing'
import { type ServiceError, status } from '@grpc/grpc-js'
import fc from 'fast-check'
import { DaprClient } from './harness.ts'

const numRuns = Number(process.env.FUZZ_RUNS ?? 60)
const seed = Number(process.env.FUZZ_SEED ?? 1)
const timeout = 60_000 + numRuns * 100

/** How long one answer may take, in milliseconds: what takes longer hangs. */
const PATIENCE_MS = 10_000

/** Names that mean something somewhere: to the three wires, to JavaScript, or to nobody. */
const name = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      'inputs',
      'messages',
      'content',
      'text',
      'role',
      'name',
      'metadata',
      'parameters',
      'temperature',
      'contextId',
      'context_id',
      'contextID',
      'scrubPii',
      'scrub_pii',
      'scrubPII',
      'maxTokens',
      'model',
      'stream',
      'ofUser',
      'of_user',
      'ofSystem',
      'ofDeveloper',
      'ofAssistant',
      'ofTool',
      'toolCalls',
      'tool_calls',
      'toolId',
      'tools',
      'function',
      'arguments',
      'properties',
      'toolChoice',
      'tool_choice',
      'responseFormat',
      'response_format',
      'promptCacheRetention',
      '@type',
      'value',
      'image',
      'image_url',
      'file',
      'data',
      'url',
      'mediaType',
      'detail',
      'tool_call_id',
      'max_tokens',
      'n',
      'stop',
      'stream_options',
      'include_usage',
      'type',
      'json_schema',
      'schema',
    ),
  },
  { weight: 3, arbitrary: fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
)

/** Texts in quotation marks, as they are written: halves of surrogates, escapes that are none, and raw control characters. */
const written = fc.oneof(
  { weight: 4, arbitrary: fc.string().map((text) => JSON.stringify(text)) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)) },
  fc.constantFrom(
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"\\ud83d\\ude00"',
    '"\\u00"',
    '"\\x41"',
    '"\\u0000"',
    '"\n"',
    '"',
    '"\\"',
    '"echo"',
    '"gpt"',
    '"user"',
    '"auto"',
    '"required"',
    '"1.5s"',
    '"NaN"',
    '"type.googleapis.com/google.protobuf.Any"',
    '"type.googleapis.com/google.protobuf.Struct"',
    '"type.googleapis.com/google.protobuf.Int64Value"',
    '"data:image/png;base64,AA=="',
    '"type.googleapis.com/dapr.proto.runtime.v1.ConversationRequestAlpha2"',
  ),
)

const number = fc.oneof(
  fc.double().map(String),
  fc.constantFrom(
    '0',
    '-0',
    '1',
    '1.0',
    '1e2',
    '1e400',
    '-1e400',
    '1e-400',
    '9'.repeat(400),
    '9007199254740993',
    '18446744073709551616',
    '01',
    '+1',
    '1.',
    '.5',
    '0x10',
    'NaN',
    'Infinity',
    '-',
  ),
)

/** JSON as text, so that it may hold what no value can: a member twice, numbers of any size, and mistakes. */
const { value } = fc.letrec<{ value: string; list: string; object: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.constantFrom('null', 'true', 'false', '{}', '[]', 'nul'),
    number,
    written,
    { weight: 3, arbitrary: tie('object') },
    { weight: 2, arbitrary: tie('list') },
  ),
  list: fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
  object: fc
    .array(fc.tuple(name, tie('value')), { maxLength: 5 })
    .map((members) => `{${members.map(([key, inner]) => `${JSON.stringify(key)}:${inner}`).join(',')}}`),
}))

/** A few levels or far too many of them, closed or not. */
const nested = fc
  .tuple(
    fc.constantFrom(
      '[',
      '{"a":',
      '{"inputs":[',
      '{"responseFormat":{"a":',
      '{"tools":[{"function":{"parameters":{"a":',
    ),
    fc.constantFrom('[', '{"a":', '[{"a":'),
    fc.constantFrom(10, 900, 1_100, 50_000),
    fc.boolean(),
  )
  .map(([head, level, times, closed]) => {
    const opening = head + level.repeat(times)
    const closing = Array.from(opening).filter((mark) => '[{'.includes(mark))
    return closed
      ? `${opening}1${closing
          .reverse()
          .map((mark) => (mark === '[' ? ']' : '}'))
          .join('')}`
      : opening
  })

/** Requests that are right. */
const right = [
  '{"contextID":"x","inputs":[{"content":"hello","role":"user","scrubPII":true}],"metadata":{"k":"v"},"scrubPII":true}',
  '{"contextId":"x","scrubPii":true,"inputs":[{"messages":[{"ofUser":{"name":"ann","content":[{"text":"hello"}]}},{"ofAssistant":{"toolCalls":[{"id":"1","function":{"name":"f","arguments":"{}"}}]}},{"ofTool":{"toolId":"1","name":"f","content":[{"text":"x"}]}}]}],"tools":[{"function":{"name":"f","parameters":{"type":"object","properties":{"a":{}}}}}],"toolChoice":"auto","promptCacheRetention":"3600s","parameters":{"a":{"@type":"type.googleapis.com/google.protobuf.Int64Value","value":"1"}}}',
  '{"model":"echo","stream":true,"messages":[{"role":"system","content":"x"},{"role":"user","content":[{"type":"text","text":"hello"},{"type":"image_url","image_url":{"url":"https://a","detail":"low"}}]},{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":""}}]},{"role":"tool","tool_call_id":"1","content":"x"}],"tools":[{"type":"function","function":{"name":"f"}}]}',
] as const

/** A right request in which one piece of JSON has become another. */
const mutated = fc.tuple(fc.constantFrom(...right), fc.nat(), value).map(([text, place, by]) => {
  const values = [...text.matchAll(/"(?:[^"\\]|\\.)*"(?!:)|\btrue\b|\{\}|\[\]/g)]
  const { index = 0, 0: old = '' } = values[place % values.length] ?? {}
  return text.slice(0, index) + by + text.slice(index + old.length)
})

/** A right request with a member more, which may be there already. */
const extended = fc
  .tuple(fc.constantFrom(...right), name, value)
  .map(([text, key, inner]) => `${text.slice(0, -1)},${JSON.stringify(key)}:${inner}}`)

/** A right request that stops somewhere. */
const cut = fc.tuple(fc.constantFrom(...right), fc.nat()).map(([text, place]) => text.slice(0, place % text.length))

const body = fc.oneof(
  { weight: 4, arbitrary: mutated },
  { weight: 3, arbitrary: extended },
  { weight: 3, arbitrary: value },
  cut,
  nested,
  fc.uint8Array({ maxLength: 100 }),
)

for (const path of [
  '/v1.0-alpha1/conversation/echo/converse',
  '/v1.0-alpha2/conversation/echo/converse',
  '/v1.0-alpha2/conversation/gpt/converse',
  '/v1/chat/completions',
]) {
  test(`${path} answers every body clearly`, { timeout }, async () => {
    await using upstream = await scriptedProvider(() => ({ body: textAnswer('Hello') }))
    await using running = await startSidecar([echoComponent, upstreamComponent(upstream.url)])
    await fc.assert(
      fc.asyncProperty(body, fc.constantFrom('*/*', 'text/event-stream'), async (given, accept) => {
        const signal = AbortSignal.timeout(PATIENCE_MS)
        const answer = await send(running.http, path, { method: 'POST', body: given, headers: { accept }, signal })
        assertClear(answer.status, answer.text, answer.headers['content-type'])
      }),
      { numRuns, seed },
    )
    assert.equal(running.sidecar.openCalls, 0)
    assert.equal((await send(running.http, '/v1.0/healthz')).status, 204)
    assert.equal(Object.hasOwn(Object.prototype, 'inputs'), false)
  })
}

/** An answer, or an error body; beside wrong requests echo refuses only properties that are no object. */
function assertClear(code: number, text: string, contentType = ''): void {
  if (code === 200) {
    if (contentType.startsWith('text/event-stream')) assert.match(text, /data: \[DONE\]\n\n$/)
    else assert.equal(typeof JSON.parse(text), 'object')
    return
  }
  assert.equal(contentType, 'application/json')
  const { error, errorCode, message } = JSON.parse(text)
  const said = error === undefined ? [errorCode, message] : [error.type, error.message]
  assert.deepEqual(
    said.map((each: unknown) => typeof each),
    ['string', 'string'],
    text,
  )
  const refused = code === 400 || (code === 404 && error?.code === 'model_not_found')
  assert.ok(refused || /tool function properties must be/.test(text), `${code} ${text}`)
}

/** The bytes of protobuf messages with fields of any number and kind, each inside the others. */
const field = fc.letrec<{ field: Buffer }>((tie) => ({
  field: fc.oneof(
    { depthSize: 'small' },
    fc
      .tuple(fc.integer({ min: 1, max: 20 }), fc.uint8Array({ maxLength: 12 }))
      .map(([at, bytes]) => lengthy(at, bytes)),
    fc
      .tuple(fc.integer({ min: 1, max: 20 }), fc.constantFrom(0, 1, 3, 4, 5, 6, 7), fc.uint8Array({ maxLength: 9 }))
      .map(([at, kind, bytes]) => Buffer.from([...varint((at << 3) | kind), ...bytes])),
    fc
      .tuple(fc.integer({ min: 1, max: 12 }), fc.array(tie('field'), { maxLength: 4 }))
      .map(([at, inner]) => lengthy(at, Buffer.concat(inner))),
  ),
})).field

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]
}

/** One field of bytes: tag, length, content. */
function lengthy(at: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([...varint((at << 3) | 2), ...varint(bytes.length)]), bytes])
}

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 80 }),
  fc.array(field, { maxLength: 5 }).map((fields) => Buffer.concat(fields)),
  // The name of a component first, so that some get further than that.
  fc.array(field, { maxLength: 5 }).map((fields) => Buffer.concat([lengthy(1, Buffer.from('echo')), ...fields])),
)

/** Sends bytes, and tells the status that the call ended with. */
function sendBytes(
  grpc: DaprClient,
  method: string,
  message: Uint8Array,
): Promise<Pick<ServiceError, 'code' | 'details'>> {
  const path = `/dapr.proto.runtime.v1.Dapr/${method}`
  const deadline = Date.now() + PATIENCE_MS
  const call = grpc.raw.makeServerStreamRequest(path, Buffer.from, (answer: Buffer) => answer, message, { deadline })
  return new Promise((resolve) => {
    call.on('data', () => {})
    call.on('error', resolve)
    call.on('end', () => resolve({ code: status.OK, details: '' }))
  })
}

for (const method of [
  'ConverseAlpha1',
  'ConverseAlpha2',
  'ConverseStreamAlpha1',
  'ConverseStreamAlpha2',
  'GetMetadata',
  'SetMetadata',
]) {
  test(`${method} gives every message a status`, { timeout }, async () => {
    await using running = await startSidecar()
    using grpc = new DaprClient(running.grpc)
    await fc.assert(
      fc.asyncProperty(bytes, async (given) => {
        const { code, details } = await sendBytes(grpc, method, given)
        // Bytes that are no message are Internal, as in grpc-go.
        const refused = code === status.INVALID_ARGUMENT || (code === status.INTERNAL && details !== 'internal error')
        assert.ok(code === status.OK || refused, `${code} ${details}`)
      }),
      { numRuns, seed },
    )
    assert.equal(running.sidecar.openCalls, 0)
    assert.ok(await grpc.unary('GetMetadata'))
  })
}
