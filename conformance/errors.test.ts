/**
 * Everything that daprd refuses, with the exact status, code and body: the table of its errors and every kind of body
 * that its decoder calls malformed, on both versions of the API over HTTP and on the four methods over gRPC.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  callGrpc,
  echoComponent,
  post,
  type RunningSidecar,
  type ScriptedProvider,
  scriptedProvider,
  send,
  startSidecar,
  upstreamComponent,
} from '@dapr-chat/sidecar/testing'
import { status as Status } from '@grpc/grpc-js'
import { DaprClient, type Message, status } from './harness.ts'

let upstream: ScriptedProvider
let running: RunningSidecar
let grpc: DaprClient

before(async () => {
  const failure = { error: { message: 'Incorrect API key <provided> & more', type: 'invalid_request_error' } }
  upstream = await scriptedProvider(() => ({ status: 401, body: JSON.stringify(failure) }))
  running = await startSidecar([echoComponent, upstreamComponent(upstream.url)])
  grpc = new DaprClient(running.grpc)
})

after(async () => {
  grpc[Symbol.dispose]()
  await running[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

const path = (version: 'alpha1' | 'alpha2', name = 'echo') => `/v1.0-${version}/conversation/${name}/converse`

const NO_TOOLS =
  "tool choice must be 'auto', 'none', 'required', or a specific tool name matching the tools available to be used"
const NOT_FOUND =
  "tool choice selected was not found. Must be 'auto', 'none', 'required', or a specific tool name matching the tools available to be used"
const user = { ofUser: { content: [{ text: 'hello' }] } }
const inputs = [{ messages: [user] }]
const tools = [{ function: { name: 'f' } }]

/** What one request comes to on both APIs. */
interface Refusal {
  readonly version: 'alpha1' | 'alpha2'
  readonly component: string
  /** In the names of JSON. */
  readonly body: Message
  readonly http: number
  readonly grpc: number
  readonly errorCode: string
  readonly message: string
}

const invalid = (body: Message, reason: string): Refusal => ({
  version: 'alpha2',
  component: 'echo',
  body,
  http: 400,
  grpc: Status.INVALID_ARGUMENT,
  errorCode: 'ERR_CONVERSATION_INVALID_PARMS',
  message: `failed conversing with component echo: invalid params: ${reason}`,
})

const ofBoth = (
  component: string,
  alpha1: Message,
  alpha2: Message,
  rest: Omit<Refusal, 'version' | 'body' | 'component'>,
) =>
  [
    { version: 'alpha1', component, body: alpha1, ...rest },
    { version: 'alpha2', component, body: alpha2, ...rest },
  ] as const

const unknown = {
  http: 400,
  grpc: Status.INVALID_ARGUMENT,
  errorCode: 'ERR_CONVERSATION_NOT_FOUND',
  message: 'failed finding conversation component nobody',
}

const missing = {
  http: 400,
  grpc: Status.INVALID_ARGUMENT,
  errorCode: 'ERR_CONVERSATION_MISSING_INPUTS',
  message: 'failed conversing with component echo: missing inputs in request',
}

const refusals: readonly Refusal[] = [
  ...ofBoth('nobody', { inputs: [{ content: 'hello' }] }, { inputs }, unknown),
  // What is asked of a component is looked at after its name.
  ...ofBoth('nobody', {}, {}, unknown),
  ...ofBoth('echo', {}, {}, missing),
  ...ofBoth('echo', { inputs: [] }, { inputs: [], toolChoice: 'required' }, missing),
  ...ofBoth(
    'gpt',
    { inputs: [{ content: 'hello' }] },
    { inputs },
    {
      http: 500,
      grpc: Status.INTERNAL,
      errorCode: 'ERR_CONVERSATION_INVOKE',
      message:
        'failed conversing with component gpt: API returned unexpected status code: 401: Incorrect API key <provided> & more',
    },
  ),
  invalid({ inputs: [{ messages: [{}] }] }, 'message type cannot be nil'),
  invalid({ inputs: [{ messages: [user, {}] }] }, 'message type cannot be nil'),
  invalid({ inputs: [{ messages: [{ ofAssistant: { toolCalls: [{ id: 'a' }] } }] }] }, 'tool types cannot be nil'),
  invalid({ inputs, toolChoice: 'required' }, NO_TOOLS),
  invalid({ inputs, tools, toolChoice: 'g' }, NOT_FOUND),
  invalid({ inputs, tools, toolChoice: 'F' }, NOT_FOUND),
]

/** A request in the names of the proto files, which is what the gRPC client takes. */
function snake(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snake)
  if (typeof value !== 'object' || value === null) return value
  const name = (key: string) => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [name(key), snake(inner)]))
}

for (const { version, component, body, http, grpc: code, errorCode, message } of refusals) {
  test(`${version} of ${component} with ${JSON.stringify(body)} is ${errorCode}, whole and streamed`, async () => {
    for (const accept of ['*/*', 'text/event-stream']) {
      const answer = await post(running.http, path(version, component), body, { accept })
      assert.equal(answer.status, http)
      assert.equal(answer.headers['content-type'], 'application/json')
      assert.deepEqual(JSON.parse(answer.text), { errorCode, message })
    }
    const request = { ...(snake(body) as Message), name: component }
    const [whole, stream] =
      version === 'alpha1' ? ['ConverseAlpha1', 'ConverseStreamAlpha1'] : ['ConverseAlpha2', 'ConverseStreamAlpha2']
    await assert.rejects(grpc.unary(whole, request), status(code, message))
    await assert.rejects(grpc.stream(stream, request).toArray(), status(code, message))
  })
}

test('errors are escaped as Go escapes them, and answers are not', async () => {
  const refused = await post(running.http, path('alpha2', 'gpt'), { inputs })
  assert.match(refused.text, /\\u003cprovided\\u003e \\u0026 more/)
  const answer = await post(running.http, path('alpha1'), { inputs: [{ content: '<a> & b' }] })
  assert.equal(answer.text, '{"outputs":[{"result":"<a> & b"}]}')
})

test('metadata of alpha1 that clashes with what daprd keeps it in is no failure, unlike there', async () => {
  const metadata = { message: 'x', tools: 'x', temperature: 'warm' }
  const answer = await post(running.http, path('alpha1'), { inputs: [{ content: 'hello' }], metadata })
  assert.deepEqual([answer.status, JSON.parse(answer.text)], [200, { outputs: [{ result: 'hello' }] }])
  const reply = await grpc.unary('ConverseAlpha1', { name: 'echo', inputs: [{ content: 'hello' }], metadata })
  assert.deepEqual(reply, { outputs: [{ result: 'hello' }] })
})

const any = (type: string, rest: string) => `{"parameters":{"a":{"@type":"type.googleapis.com/${type}"${rest}}}}`
const wrapper = (name: string, rest: string) => any(`google.protobuf.${name}`, rest)
const message = (members: string) => `{"inputs":[{"messages":[{${members}}]}]}`

/** Bodies that are malformed whichever version they are sent to. */
const malformed: Readonly<Record<string, string | Uint8Array>> = {
  'white space': ' \n',
  null: 'null',
  'a list': '[]',
  'a text': '"x"',
  'a number': '1',
  'a truth value': 'true',
  'something after the object': '{} {}',
  'a comma too many': '{"inputs":[],}',
  'a comma too many in a list': '{"inputs":[{},]}',
  'a comment': '{/* x */}',
  'single quotes': "{'inputs':[]}",
  'a byte order mark': '\ufeff{}',
  'half a surrogate pair': '{"metadata":{"a":"\\ud800"}}',
  'half a surrogate pair in a name': '{"metadata":{"\\udc00":"a"}}',
  'half a surrogate pair where nobody looks': '{"nothing":"\\ud800x"}',
  'bytes that are no UTF-8': Buffer.from('{"metadata":{"a":"\xff"}}', 'latin1'),
  'a field twice': '{"inputs":[],"inputs":[]}',
  'a key of a map twice': '{"metadata":{"a":"1","a":"2"}}',
  'a list for a message': '{"inputs":[[]]}',
  'no list where there should be one': '{"inputs":{}}',
  'a text for a list': '{"inputs":"hello"}',
  'null in a list': '{"inputs":[null]}',
  'null in a map': '{"metadata":{"a":null}}',
  'a number in a map of texts': '{"metadata":{"a":1}}',
  'an object in a map of texts': '{"metadata":{"a":{}}}',
  'a list for a map': '{"metadata":[]}',
  'a word for a number': '{"temperature":"warm"}',
  'a flag for a number': '{"temperature":true}',
  'a number without bounds': '{"temperature":1e400}',
  'a plain number as parameter': '{"parameters":{"max_tokens":100}}',
  'a plain text as parameter': '{"parameters":{"user":"x"}}',
  'a list as parameter': '{"parameters":{"stop":["x"]}}',
  'null as parameter': '{"parameters":{"a":null}}',
  'a parameter of an unknown type': any('nothing.Known', ''),
  'a parameter without its value': wrapper('StringValue', ''),
  'a parameter of another type than it says': wrapper('StringValue', ',"value":1'),
  'a fraction for an integer': wrapper('Int64Value', ',"value":1.5'),
  'an integer out of range': wrapper('Int64Value', ',"value":"9223372036854775808"'),
  'a number of 32 bits out of range': wrapper('Int32Value', ',"value":2147483648'),
}

const malformedAlpha1: Readonly<Record<string, string>> = {
  'a number for a text': '{"contextID":1}',
  'a flag for a text': '{"inputs":[{"content":true}]}',
  'an object for a text': '{"inputs":[{"content":{}}]}',
  'a text for a flag': '{"scrubPII":"true"}',
  'a number for a flag': '{"inputs":[{"scrubPII":1}]}',
}

const malformedAlpha2: Readonly<Record<string, string>> = {
  'a number for a text': '{"contextId":1}',
  'an object for a text': '{"toolChoice":{"function":{"name":"f"}}}',
  'a text for a flag': '{"scrubPii":"true"}',
  'zero for a flag': '{"inputs":[{"scrubPii":0}]}',
  'a field in both spellings': '{"contextId":"a","context_id":"a"}',
  'two kinds of one message': message('"ofUser":{},"ofSystem":{}'),
  'a content that is a text': message('"ofUser":{"content":"hello"}'),
  'a content of texts': message('"ofUser":{"content":["hello"]}'),
  'a content that is one part': message('"ofUser":{"content":{"text":"hello"}}'),
  'null among the messages': '{"inputs":[{"messages":[null]}]}',
  'arguments that are an object': message('"ofAssistant":{"toolCalls":[{"function":{"name":"f","arguments":{}}}]}'),
  'a schema that is a text': '{"tools":[{"function":{"name":"f","parameters":"{}"}}]}',
  'a response format that is a text': '{"responseFormat":"json"}',
  'a response format that is a list': '{"responseFormat":[]}',
  'a member twice in a response format': '{"responseFormat":{"a":1,"a":2}}',
  'a duration in hours': '{"promptCacheRetention":"24h"}',
  'a duration that is a number': '{"promptCacheRetention":86400}',
  'a duration in two fields': '{"promptCacheRetention":{"seconds":1}}',
  'a duration out of range': '{"promptCacheRetention":"315576000001s"}',
  'a duration finer than nanoseconds': '{"promptCacheRetention":"1.0000000001s"}',
}

const rows: readonly (readonly ['alpha1' | 'alpha2', Readonly<Record<string, string | Uint8Array>>])[] = [
  ['alpha1', { ...malformed, ...malformedAlpha1 }],
  ['alpha2', { ...malformed, ...malformedAlpha2 }],
]

for (const [version, bodies] of rows) {
  for (const [name, body] of Object.entries(bodies)) {
    test(`a body of ${version} that has ${name} is malformed, whichever component is asked`, async () => {
      for (const component of ['echo', 'nobody']) {
        const answer = await send(running.http, path(version, component), { body })
        assert.equal(answer.status, 400)
        assert.equal(answer.headers['content-type'], 'application/json')
        const { errorCode, message: text, ...rest } = JSON.parse(answer.text)
        assert.deepEqual([errorCode, rest], ['ERR_MALFORMED_REQUEST', {}])
        // What follows is each library's own, in daprd too.
        assert.match(text, /^failed deserializing HTTP body: proto:[ \u00a0]/)
      }
    })
  }
}

/** What looks malformed and is not. */
const accepted: Readonly<Record<string, string>> = {
  'fields that nobody knows': '"type":"x","role":[1]',
  'a field nobody knows twice': '"x":1,"x":2',
  'null for fields': '"contextId":null,"scrubPii":null,"responseFormat":null,"metadata":null,"parameters":null',
  'numbers as texts': '"temperature":"0.5"',
  'no number': '"temperature":"NaN"',
  'an empty response format': '"responseFormat":{}',
  'a tool of no kind': '"tools":[{}]',
  'a parameter of no type': '"parameters":{"a":{},"b":{"value":"x"}}',
  'a negative duration': '"promptCacheRetention":"-1.5s"',
  'another spelling of a whole number':
    '"parameters":{"a":{"@type":"x/google.protobuf.Int64Value","value":1e2},"b":{"@type":"google.protobuf.Int64Value","value":1.0}}',
}

for (const [name, members] of Object.entries(accepted)) {
  test(`a body of alpha2 that has ${name} is not malformed`, async () => {
    const body = `{"inputs":[{"messages":[{"ofUser":{"content":[{"text":"hello"},{}]}}]}],${members}}`
    const answer = await send(running.http, path('alpha2'), { body })
    assert.equal(answer.status, 200, answer.text)
    assert.equal(JSON.parse(answer.text).outputs[0].choices[0].message.content, 'hello\n')
  })
}

test('a body over the limit is ERR_BODY_READ on both versions, and ResourceExhausted over gRPC', async () => {
  const content = 'x'.repeat(4 * 1024 * 1024)
  for (const version of ['alpha1', 'alpha2'] as const) {
    const answer = await post(running.http, path(version), { inputs: [{ content }] })
    assert.equal(answer.status, 400)
    assert.deepEqual(JSON.parse(answer.text), {
      errorCode: 'ERR_BODY_READ',
      message: 'failed to read request body: stream too large',
    })
  }
  await assert.rejects(
    grpc.unary('ConverseAlpha1', { name: 'echo', inputs: [{ content }] }),
    status(Status.RESOURCE_EXHAUSTED),
  )
})

test('metadata over the limit is ResourceExhausted over gRPC, as headers are 431 over HTTP, and others go on', async () => {
  const call = (length: number) => callGrpc(running.grpc, 'GetMetadata', undefined, { 'x-long': 'x'.repeat(length) })
  assert.equal((await call(10_000)).code, Status.OK)
  assert.equal((await call(20_000)).code, Status.RESOURCE_EXHAUSTED)
  const headers = { 'x-long': 'x'.repeat(20_000) }
  assert.equal((await send(running.http, '/v1.0/metadata', { headers })).status, 431)
  assert.ok(await grpc.unary('GetMetadata'))
})

/** daprd's detail of a refusal, as its bytes read without any of our messages: every text that is in it. */
const textsIn = (bytes: unknown) => Buffer.from(bytes as Buffer).toString('latin1')

test("a missing or wrong token is 16 over gRPC with daprd's own detail", async () => {
  await using guarded = await startSidecar(undefined, { apiToken: 'right' })
  for (const [metadata, reason] of [
    [{}, 'missing api token in request metadata'],
    [{ 'dapr-api-token': 'wrong' }, 'authentication error: api token mismatch'],
  ] as const) {
    for (const method of ['GetMetadata', 'ConverseAlpha2', 'ConverseStreamAlpha2']) {
      const { code, details, trailers } = await callGrpc(guarded.grpc, method, undefined, metadata)
      assert.deepEqual([code, details], [Status.UNAUTHENTICATED, 'Unauthorized'])
      const detail = textsIn(trailers.get('grpc-status-details-bin')[0])
      for (const part of ['google.rpc.ErrorInfo', 'Unauthorized', 'dapr.io', 'http.code', '401', reason]) {
        assert.ok(detail.includes(part), part)
      }
      assert.ok(!detail.includes('dapr-chat'))
    }
  }
})
