import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRegistry, fromBinary, toJson } from '@bufbuild/protobuf'
import type { ErrorCode, ErrorDetails } from '@dapr-chat/protocol'
import { ConversationError, errorCodes, errorRow } from '@dapr-chat/protocol'
import { errorHeaders, streamErrorBody, writeErrorBody, writeGrpcStatus } from './error.ts'
import { readErrorResponse, readGrpcStatus, readStreamError } from './error-reader.ts'
import { file_google_rpc_error_details } from './gen/google/rpc/error_details_pb.js'
import { StatusSchema } from './gen/google/rpc/status_pb.js'

const component = 'gpt'

const bodies: [code: ErrorCode, message: string, body: object][] = [
  [
    'component_not_found',
    'unknown component',
    { errorCode: 'ERR_CONVERSATION_NOT_FOUND', message: 'failed finding conversation component gpt' },
  ],
  [
    'missing_inputs',
    'missing inputs in request',
    {
      errorCode: 'ERR_CONVERSATION_MISSING_INPUTS',
      message: 'failed conversing with component gpt: missing inputs in request',
    },
  ],
  [
    'invalid_params',
    'invalid params: message type cannot be nil',
    {
      errorCode: 'ERR_CONVERSATION_INVALID_PARMS',
      message: 'failed conversing with component gpt: invalid params: message type cannot be nil',
    },
  ],
  [
    'rate_limit',
    'slow down',
    { errorCode: 'ERR_CONVERSATION_INVOKE', message: 'failed conversing with component gpt: slow down' },
  ],
  [
    'malformed_request',
    'failed deserializing HTTP body: proto: x',
    { errorCode: 'ERR_MALFORMED_REQUEST', message: 'failed deserializing HTTP body: proto: x' },
  ],
  [
    'body_too_large',
    'failed to read request body: stream too large',
    { errorCode: 'ERR_BODY_READ', message: 'failed to read request body: stream too large' },
  ],
  [
    'not_found',
    'failed getting app id either from the URL path or the header dapr-app-id',
    {
      errorCode: 'ERR_DIRECT_INVOKE',
      message: 'failed getting app id either from the URL path or the header dapr-app-id',
    },
  ],
]

for (const [code, message, body] of bodies) {
  test(`the body of ${code} is Dapr's, with two members`, () => {
    assert.deepEqual(JSON.parse(writeErrorBody(new ConversationError(code, message, { component }))), body)
  })
}

test('error bodies are escaped as Go escapes them', () => {
  const error = new ConversationError('internal', '<a> & \u2028"b"')
  assert.equal(writeErrorBody(error), '{"errorCode":"ERR_INTERNAL","message":"\\u003ca\\u003e \\u0026 \\u2028\\"b\\""}')
})

test('the status carries our detail beside the text', () => {
  const error = new ConversationError('timeout', 'no token came', { component, clock: 'first-token', status: 408 })
  const { code, message, details } = writeGrpcStatus(error)
  assert.equal(code, 13)
  assert.equal(message, 'failed conversing with component gpt: no token came')
  const registry = createRegistry(file_google_rpc_error_details)
  assert.deepEqual(toJson(StatusSchema, fromBinary(StatusSchema, details), { registry }), {
    code,
    message,
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'TIMEOUT',
        domain: 'dapr-chat',
        metadata: { component: 'gpt', status: '408', clock: 'first-token' },
      },
    ],
  })
})

test("the status of a call without the token has daprd's detail, as its clients look for it, and is read back", () => {
  const error = new ConversationError('unauthenticated', 'authentication error: api token mismatch')
  const { code, message, details } = writeGrpcStatus(error)
  assert.deepEqual([code, message], [16, 'Unauthorized'])
  const registry = createRegistry(file_google_rpc_error_details)
  assert.deepEqual(toJson(StatusSchema, fromBinary(StatusSchema, details), { registry }), {
    code,
    message,
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'Unauthorized',
        domain: 'dapr.io',
        metadata: { 'http.code': '401', 'http.error_message': 'authentication error: api token mismatch' },
      },
    ],
  })
  const read = readGrpcStatus({ code, message, details })
  assert.deepEqual([read.code, read.message], ['unauthenticated', 'authentication error: api token mismatch'])
})

test('the error inside a stream has the same detail as its third member', () => {
  const error = new ConversationError('rate_limit', 'slow down', { component, retryAfterMs: 1500 })
  assert.deepEqual(JSON.parse(streamErrorBody(error)), {
    errorCode: 'ERR_CONVERSATION_INVOKE',
    message: 'failed conversing with component gpt: slow down',
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'RATE_LIMIT',
        domain: 'dapr-chat',
        metadata: { component: 'gpt', retryAfterMs: '1500' },
      },
    ],
  })
})

test('headers say the code and how many whole seconds to wait', () => {
  assert.deepEqual(errorHeaders(new ConversationError('rate_limit', 'x', { retryAfterMs: 1500 })), {
    'dapr-chat-error': 'rate_limit',
    'retry-after': '2',
  })
  assert.deepEqual(errorHeaders(new ConversationError('auth', 'x')), { 'dapr-chat-error': 'auth' })
})

const details: ErrorDetails = {
  component: 'a: b',
  status: 429,
  retryAfterMs: 1500,
  clock: 'idle',
  requestId: 'req_1',
}

for (const code of errorCodes) {
  test(`${code} survives gRPC, a stream and an HTTP answer`, () => {
    const error = new ConversationError(
      code,
      code === 'component_not_found' ? 'failed finding conversation component a: b' : 'x: y',
      details,
    )
    const fields = ({ code, message, component, status, retryAfterMs, clock, requestId }: ConversationError) => ({
      code,
      message,
      component,
      status,
      retryAfterMs,
      clock,
      requestId,
    })
    const overGrpc = readGrpcStatus(writeGrpcStatus(error))
    // These are daprd's to the byte, and it has no room for more; nor have they more to tell.
    if (code === 'unauthenticated' || code === 'not_found') {
      assert.deepEqual([overGrpc.code, overGrpc.message], [code, 'x: y'])
    } else assert.deepEqual(fields(overGrpc), fields(error))
    assert.deepEqual(fields(readStreamError(streamErrorBody(error))), fields(error))
    const plain = new ConversationError(code, error.message, { component: 'gpt', retryAfterMs: 2000, requestId: 'r1' })
    const answer = readErrorResponse({
      status: errorRow(code).http,
      headers: new Headers(errorHeaders(plain)),
      body: writeErrorBody(plain),
    })
    assert.equal(answer.code, code)
    assert.equal(answer.retryAfterMs, 2000)
    if (code !== 'component_not_found') assert.equal(answer.message, 'x: y')
  })
}

const stock: [name: string, status: number, body: string, code: ErrorCode][] = [
  [
    'an unknown component',
    400,
    dapr('ERR_CONVERSATION_NOT_FOUND', 'failed finding conversation component gpt'),
    'component_not_found',
  ],
  [
    'missing inputs',
    400,
    dapr('ERR_CONVERSATION_MISSING_INPUTS', 'failed conversing with component gpt: missing inputs in request'),
    'missing_inputs',
  ],
  [
    'invalid params',
    400,
    dapr('ERR_CONVERSATION_INVALID_PARMS', 'failed conversing with component gpt: invalid params: x'),
    'invalid_params',
  ],
  ['a malformed body', 400, dapr('ERR_MALFORMED_REQUEST', 'x'), 'malformed_request'],
  ['a large body', 400, dapr('ERR_BODY_READ', 'x'), 'body_too_large'],
  ['an unknown route', 404, dapr('ERR_DIRECT_INVOKE', 'x'), 'not_found'],
  ['a missing token', 401, 'invalid api token\n', 'unauthenticated'],
  ['a wrong provider key', 500, invoke('API returned unexpected status code: 401: Incorrect API key provided'), 'auth'],
  ['a rate limit', 500, invoke('API returned unexpected status code: 429: Rate limit reached'), 'rate_limit'],
  ['a quota', 500, invoke('API returned unexpected status code: 429: You exceeded your current quota'), 'quota'],
  ['a long context', 500, invoke("This model's maximum context length is 8192 tokens"), 'context_length'],
  ['a content filter', 500, invoke('blocked by content filter'), 'content_filter'],
  ['a deadline', 500, invoke('request timeout: API call exceeded deadline'), 'timeout'],
  ['any other failure', 500, invoke('connection refused'), 'unavailable'],
  ['a provider that is slow', 500, invoke('dial tcp 10.0.0.1:443: i/o timeout'), 'timeout'],
  ['a key in few words', 500, invoke('401: invalid api key'), 'auth'],
  [
    "Anthropic's key",
    500,
    invoke('anthropic: failed to create message: API returned unexpected status code: 401: invalid x-api-key'),
    'auth',
  ],
  ['a failure to create', 500, invoke('failed to create completion: 429'), 'rate_limit'],
  ["Google's rate", 500, invoke('googleapi: Error 429: Resource has been exhausted (e.g. check quota).'), 'rate_limit'],
  ["Google's key", 500, invoke('googleapi: Error 400: API key not valid. Please pass a valid API key.'), 'auth'],
  [
    "Bedrock's access",
    500,
    invoke(
      'operation error Bedrock Runtime: InvokeModel, https response error StatusCode: 403, RequestID: a, AccessDeniedException: no',
    ),
    'auth',
  ],
  [
    "Bedrock's rate",
    500,
    invoke(
      'operation error Bedrock Runtime: InvokeModel, https response error StatusCode: 400, ThrottlingException: wait',
    ),
    'rate_limit',
  ],
  ["Mistral's key", 500, invoke('(HTTP Error 401) {"message":"No"}'), 'auth'],
  [
    'a model that does not exist',
    500,
    invoke("API returned unexpected status code: 404: The model 'x' does not exist"),
    'provider_invalid_request',
  ],
  ['a gateway in between', 500, invoke('API returned unexpected status code: 504: upstream timeout'), 'timeout'],
  ['an overload', 500, invoke('API returned unexpected status code: 529: Overloaded'), 'unavailable'],
  ['an open breaker', 500, invoke('circuit breaker is open'), 'unavailable'],
  ['a proxy in front', 502, '<html>', 'unavailable'],
  ['a web server', 400, '<html>', 'protocol'],
]

function dapr(errorCode: string, message: string): string {
  return JSON.stringify({ errorCode, message })
}

function invoke(message: string): string {
  return dapr('ERR_CONVERSATION_INVOKE', `failed conversing with component gpt: ${message}`)
}

for (const [name, status, body, code] of stock) {
  test(`${name} is told apart from a stock daprd's answer`, () => {
    const error = readErrorResponse({ status, headers: new Headers(), body })
    assert.equal(error.code, code)
    if (body.includes('component gpt')) assert.equal(error.component, 'gpt')
    assert.ok(!error.message.startsWith('failed conversing'))
  })
}

test('the page of another server is shown with its status', () => {
  const { message } = readErrorResponse({ status: 502, headers: new Headers(), body: '<html>Bad Gateway</html>\n' })
  assert.equal(message, 'the server answered HTTP 502: <html>Bad Gateway</html>')
})

const statuses: [code: number, message: string, expected: ErrorCode][] = [
  [3, 'failed finding conversation component x', 'component_not_found'],
  [3, 'failed conversing with component x: missing inputs in request', 'missing_inputs'],
  [3, 'failed conversing with component x: invalid params: y', 'invalid_params'],
  [13, 'failed conversing with component x: API returned unexpected status code: 401: y', 'auth'],
  [13, 'failed conversing with component x: y', 'unavailable'],
  [1, 'x', 'cancelled'],
  [4, 'x', 'timeout'],
  [8, 'x', 'body_too_large'],
  [12, 'x', 'not_found'],
  [14, 'x', 'unavailable'],
  [16, 'Unauthorized', 'unauthenticated'],
]

for (const [code, message, expected] of statuses) {
  test(`gRPC ${code} "${message}" of a stock daprd is ${expected}`, () => {
    assert.equal(readGrpcStatus({ code, message }).code, expected)
    assert.equal(readGrpcStatus({ code, message, details: new Uint8Array([255]) }).code, expected)
  })
}

for (const [text, status] of [
  ['API returned unexpected status code: 429: slow down', 429],
  ['https response error StatusCode: 403, RequestID: 1', 403],
  ['googleapi: Error 400: no', 400],
  ['(HTTP Error 401) no', 401],
  ['failed to create completion: 429', 429],
  ['no answer after 500 ms', undefined],
  ['maximum context length is 4096 tokens, not 450 tokens', undefined],
  ['dial tcp 127.0.0.1:443: connection refused', undefined],
] as const) {
  test(`a stock daprd's text "${text}" ${status === undefined ? 'tells no status' : `tells the status ${status}`}`, () => {
    const { status: told } = readErrorResponse({ status: 500, headers: new Headers(), body: invoke(text) })
    assert.equal(told, status)
    const message = `failed conversing with component gpt: ${text}`
    assert.equal(readGrpcStatus({ code: 13, message }).status, status)
  })
}

test('the reason of wrong parameters is read from the broken template of daprd up to 1.18', () => {
  const broken =
    'failed conversing with component gpt: invalid params%!(EXTRA *errors.errorString=message type cannot be nil)'
  const error = readGrpcStatus({ code: 3, message: broken })
  assert.deepEqual([error.code, error.component], ['invalid_params', 'gpt'])
  assert.equal(error.message, 'invalid params: message type cannot be nil')
})

test('the name of a request is read where a header has a usable one', () => {
  const read = (headers: Record<string, string>) =>
    readErrorResponse({ status: 503, headers: new Headers(headers), body: '' }).requestId
  assert.equal(read({ 'x-request-id': 'req_1' }), 'req_1')
  assert.equal(read({ 'request-id': 'req_2' }), 'req_2')
  assert.equal(read({ 'x-request-id': 'two words' }), undefined)
  assert.equal(read({}), undefined)
})

test('a date says how long to wait too', () => {
  const headers = new Headers({ 'retry-after': new Date(Date.now() + 60_000).toUTCString() })
  const { retryAfterMs = 0 } = readErrorResponse({ status: 429, headers, body: '' })
  assert.ok(retryAfterMs > 50_000 && retryAfterMs <= 60_000)
})
