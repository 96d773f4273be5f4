/** The edges of what a sidecar takes: spellings of numbers and durations, typed values, depth, odd JSON, odd bytes, odd paths. */
import type { Answer, Case, CaseGroup, Json, JsonObject } from '../case.ts'
import { hello, helloAnswer, pathOf, refusal, wrapped } from './make.ts'

const good: Answer = { status: 200, contentType: 'application/json', body: helloAnswer }
const malformed = refusal('ERR_MALFORMED_REQUEST', 'failed deserializing HTTP body: proto: …')
const members = JSON.stringify(hello).slice(1, -1)

function text(name: string, body: string, answer: Answer): Case {
  return { name: `edges: ${name}`, request: { http: { path: pathOf('alpha2'), body } }, answer }
}

/** One member beside a good request, each in the spellings that are taken and in those that are not. */
function spellings(member: string, taken: readonly string[], refused: readonly string[]): readonly Case[] {
  const cases = (values: readonly string[], answer: Answer) =>
    values.map((value) => text(`${member} ${value}`, `{${members},"${member}":${value}}`, answer))
  return [...cases(taken, good), ...cases(refused, malformed)]
}

/** What echo of alpha1 gives back of a typed value. */
function value(type: string, given: Json, back: Json = given): Case {
  const request: JsonObject = { inputs: [{ content: 'a' }], parameters: { p: wrapped(type, given) } }
  return {
    name: `edges: ${type} ${JSON.stringify(given)}`,
    request: { http: { path: pathOf('alpha1'), json: request } },
    answer: {
      status: 200,
      contentType: 'application/json',
      body: { outputs: [{ result: 'a', parameters: { p: wrapped(type, back) } }] },
    },
  }
}

function badValue(type: string, given: Json): Case {
  return { ...value(type, given), answer: malformed }
}

const nested = (depth: number) => `{${members},"responseFormat":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`

/** Requests at the edges of JSON. */
export const jsonEdges: CaseGroup = {
  title: 'Edges of JSON',
  cases: [
    ...spellings(
      'temperature',
      ['"1e2"', '"-Infinity"', '-0', '1e5', '1E+2', '1e-400'],
      ['"0x10"', '" 1"', '"1 "', '""', '"nan"', '"inf"', '01', '+1', '.5', '1.', '-', '"1_0"'],
    ),
    ...spellings(
      'promptCacheRetention',
      ['"0s"', '"-1.5s"', '"315576000000s"', '"1.s"', '".5s"', '"+1s"', '"-.s"'],
      ['"s"', '"+s"', '"01s"', '"00s"', '""', '" 1s"', '"1s "', '"1S"', '"1m"', '"1e3s"', '"--1s"', '"-315576000001s"'],
    ),
    ...spellings(
      'responseFormat',
      ['{"a":{"b":[1,{"c":null}]}}', '{"":1}'],
      ['{"a":1,"a":2}', '{"a":1,}', '{"a":NaN}'],
    ),
    ...spellings('metadata', ['{"":""}'], ['{"a":"1","a":"2"}', '[]', '"a"']),
    ...spellings(
      'more',
      ['{"a":{"b":[1,2,{"c":null}]}}', '"a\\u0000"'],
      ['01', '[1,]', 'NaN', 'tru', '"\\ud800"', '"\\q"', '"a\nb"'],
    ),
    ...spellings('maxTokens', ['16'], []),
    text('an unknown member twice', `{${members},"more":1,"more":2}`, good),
    text('a known member in other letters', `{${members},"CONTEXTID":1,"toolCHoice":1}`, good),
    text('white space of other alphabets', `\u00a0{${members}}`, malformed),
    text('a NUL at the end', `{${members}}\u0000`, malformed),
    text('nested 900 deep', nested(900), good),
    text('nested 3000 deep', nested(3_000), malformed),
    text('nested 11000 deep', nested(11_000), malformed),
    value('Int64Value', '9223372036854775807'),
    value('Int64Value', 1, '1'),
    value('FloatValue', 0.1),
    value('FloatValue', 123_456_789, 123_456_790),
    value('FloatValue', 1e-7),
    value('FloatValue', 'NaN'),
    value('Empty', {}),
    value('Empty', { x: 1 }, {}),
    value('Any', wrapped('FloatValue', 0.1)),
    value('Any', wrapped('Empty', {})),
    value('Duration', '+.5s', '0.500s'),
    badValue('Empty', 5),
    badValue('StringValue', null),
    badValue('DoubleValue', null),
    badValue('Int64Value', null),
    badValue('Int64Value', '+5'),
    badValue('Int64Value', '05'),
    badValue('Struct', null),
    value('Int64Value', '1e2', '100'),
    badValue('Int64Value', 1.5),
    badValue('Int64Value', '9223372036854775808'),
    badValue('Int64Value', ''),
    badValue('Int32Value', 2_147_483_648),
    badValue('UInt32Value', -1),
    badValue('FloatValue', 1e39),
    value('DoubleValue', 'NaN'),
    value('BytesValue', 'aGk='),
    value('BytesValue', 'a-_', 'a+8='),
    badValue('BytesValue', '!'),
    value('Value', null),
    value('Value', [1, { a: null }]),
    value('ListValue', [1, 'a']),
    value('Timestamp', '2020-01-01T00:00:00Z'),
    badValue('Timestamp', '2020-01-01'),
    value('FieldMask', 'a.b,cD'),
  ],
}

const path = pathOf('alpha2')

function route(name: string, given: string, answer: Answer, headers: Readonly<Record<string, string>> = {}): Case {
  return { name: `edges: ${name}`, request: { http: { path: given, json: hello, headers } }, answer }
}

const notFound = (name: string) =>
  refusal('ERR_CONVERSATION_NOT_FOUND', `failed finding conversation component ${name}`)
const unknownRoute = refusal(
  'ERR_DIRECT_INVOKE',
  'failed getting app id either from the URL path or the header dapr-app-id',
  404,
)
const get = (name: string, given: string, headers: Readonly<Record<string, string>> = {}): Case => ({
  name: `edges: ${name}`,
  request: { http: { path: given, headers } },
  answer: unknownRoute,
})

/** Requests at the edges of HTTP and gRPC. */
export const transportEdges: CaseGroup = {
  title: 'Edges of HTTP and gRPC',
  cases: [
    route('a segment of one dot', '/v1.0-alpha2/conversation/./echo/converse', good),
    route('a segment of two dots', '/v1.0-alpha2/conversation/x/../echo/converse', good),
    route('an escaped slash in a name', pathOf('alpha2', 'a%2Fb'), notFound('a/b')),
    route('two escaped dots as a name', pathOf('alpha2', '%2e%2e'), notFound('..')),
    route('a semicolon in a name', pathOf('alpha2', 'echo;a=b'), notFound('echo;a=b')),
    route('an escaped slash between segments', '/v1.0-alpha2%2Fconversation/echo/converse', unknownRoute),
    {
      ...route('a name whose bytes are no UTF-8', pathOf('alpha2', '%ff'), { status: 400, body: '' }),
      only: ['status'],
    },
    route('an escaped letter of the route', '/v1.0-alpha2/conversation/echo/con%76erse', good),
    route('an answer that is to be HTML', path, good, { accept: 'text/html' }),
    route('a body that is to be continued', path, good, { expect: '100-continue' }),
    route('a body in chunks', path, good, { 'transfer-encoding': 'chunked' }),
    route(
      'a page of another origin',
      path,
      {
        status: 403,
        contentType: 'text/plain; charset=utf-8',
        body: 'Cannot serve this request: on loopback, Host and Origin must name this machine (localhost, 127.0.0.1 or [::1])\n',
      },
      { origin: 'http://example.com' },
    ),
    {
      // daprd's words are those of Go's parser.
      ...route(
        'baggage that is none',
        path,
        { status: 400, contentType: 'text/plain; charset=utf-8', body: '' },
        {
          baggage: 'nonsense;;=',
        },
      ),
      only: ['status', 'contentType'],
    },
    {
      ...route('baggage', path, good, { baggage: 'a=b' }),
      headers: ['baggage'],
      answer: { ...good, headers: { baggage: 'a=b' } },
    },
    get('a call of another application', '/v1.0/invoke/another/method/x'),
    get('another application named in a header', '/nothing', { 'dapr-app-id': 'another' }),
    get('a secret', '/v1.0/secrets/store/key'),
    get('a state', '/v1.0/state/store/key'),
    get('an entry of the metadata', '/v1.0/metadata/conformance'),
    {
      name: 'edges: HTTP/2 without TLS',
      request: { http: { path: '/v1.0/healthz', http2: true } },
      answer: { failure: 'Protocol error' },
    },
    {
      ...route('an offer to go on in HTTP/2', path, good, {
        connection: 'Upgrade, HTTP2-Settings',
        upgrade: 'h2c',
        'http2-settings': 'AAMAAABkAAQAAP__',
      }),
      only: ['status'],
    },
    {
      name: 'edges: a plus in the name of an entry',
      before: [{ http: { method: 'PUT', path: '/v1.0/metadata/conformance+d', body: 'x' } }],
      request: { http: { path: '/v1.0/metadata' } },
      only: ['body.extended.conformance d'],
      answer: { status: 200, body: { extended: { 'conformance d': 'x' } } },
    },
    {
      name: 'edges: a field of another wire type, over gRPC',
      request: { grpc: { method: 'ConverseAlpha2', bytes: new Uint8Array([0x08, 0x01]) } },
      only: ['code'],
      answer: { code: 13 },
    },
    {
      name: 'edges: another application named, over gRPC',
      request: {
        grpc: { method: 'ConverseAlpha2', message: { name: 'echo', ...hello }, metadata: { 'dapr-app-id': 'another' } },
      },
      answer: { code: 0, reply: helloAnswer },
    },
    {
      name: 'edges: a trace that is none, over gRPC',
      request: {
        grpc: {
          method: 'ConverseAlpha2',
          message: { name: 'echo', ...hello },
          metadata: { 'grpc-trace-bin': Buffer.of(0), traceparent: 'nonsense' },
        },
      },
      answer: { code: 0, reply: helloAnswer },
    },
  ],
}
