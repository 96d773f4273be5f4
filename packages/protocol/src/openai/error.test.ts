import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ConversationError, type ErrorCode, errorCodes, errorRow } from '../error.ts'
import { readChatError, writeChatError } from './error.ts'

const read = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  readChatError({ status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) })

const openai = (message: string, type: string, code: string | null = null) => ({
  error: { message, type, param: null, code },
})

const failures: readonly [name: string, status: number, body: unknown, code: ErrorCode, message: RegExp][] = [
  [
    'Anthropic: overloaded',
    529,
    { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
    'unavailable',
    /Overloaded/,
  ],
  [
    'Anthropic: too long',
    400,
    { type: 'error', error: { type: 'invalid_request_error', message: 'prompt is too long: 9 tokens > 8 maximum' } },
    'context_length',
    /too long/,
  ],
  [
    'Anthropic: no credit',
    400,
    { type: 'error', error: { type: 'invalid_request_error', message: 'Your credit balance is too low' } },
    'quota',
    /credit/,
  ],
  [
    'Google: wrong key',
    400,
    [{ error: { code: 400, message: 'API key not valid.', status: 'INVALID_ARGUMENT' } }],
    'auth',
    /not valid/,
  ],
  [
    'DeepSeek: filtered',
    400,
    openai('Content Exists Risk', 'invalid_request_error', 'invalid_request_error'),
    'content_filter',
    /Risk/,
  ],
  [
    'Hugging Face: too long',
    422,
    {
      error: 'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens',
      error_type: 'validation',
    },
    'context_length',
    /4096/,
  ],
  [
    'Mistral: a member that it does not know',
    422,
    { detail: [{ type: 'extra_forbidden', msg: 'Extra inputs are not permitted' }] },
    'provider_invalid_request',
    /Extra inputs/,
  ],
  [
    'Mistral: the same inside of a message',
    422,
    { object: 'error', message: { detail: [{ msg: 'Extra inputs are not permitted' }] } },
    'provider_invalid_request',
    /Extra inputs/,
  ],
  ['AWS: no access', 403, { Message: 'User is not authorized' }, 'auth', /not authorized/],
  ['AWS: the model failed', 424, { message: 'The model broke' }, 'unavailable', /broke/],
  [
    'OpenAI: wrong key',
    401,
    openai('Incorrect API key provided.', 'invalid_request_error', 'invalid_api_key'),
    'auth',
    /Incorrect/,
  ],
  [
    'OpenAI: no such model',
    404,
    openai('The model does not exist', 'invalid_request_error', 'model_not_found'),
    'provider_invalid_request',
    /does not exist/,
  ],
  [
    'OpenAI: unknown URL',
    404,
    openai('Invalid URL', 'invalid_request_error', 'unknown_url'),
    'provider_invalid_request',
    /Invalid URL/,
  ],
  [
    'OpenAI: no credit',
    429,
    openai('You exceeded your current quota', 'insufficient_quota', 'insufficient_quota'),
    'quota',
    /quota/,
  ],
  [
    'OpenAI: too fast',
    429,
    openai('Rate limit reached', 'requests', 'rate_limit_exceeded'),
    'rate_limit',
    /Rate limit/,
  ],
  [
    'OpenAI: too long',
    400,
    openai('Maximum is 8192', 'invalid_request_error', 'context_length_exceeded'),
    'context_length',
    /8192/,
  ],
  [
    'OpenAI: bad parameter',
    400,
    openai("Unsupported parameter: 'max_tokens'", 'invalid_request_error', 'unsupported_parameter'),
    'provider_invalid_request',
    /max_tokens/,
  ],
  ['OpenAI: broken', 500, openai('The server had an error', 'server_error'), 'unavailable', /had an error/],
  [
    'Azure: filtered',
    400,
    {
      error: {
        code: 'content_filter',
        message: 'The response was filtered',
        status: 400,
        innererror: { code: 'ResponsibleAIPolicyViolation' },
      },
    },
    'content_filter',
    /was filtered/,
  ],
  [
    'Azure: wrong key',
    401,
    { error: { code: '401', message: 'Access denied due to invalid subscription key' } },
    'auth',
    /subscription key/,
  ],
  [
    'Azure: gateway',
    404,
    { statusCode: 404, message: 'Resource not found' },
    'provider_invalid_request',
    /Resource not found/,
  ],
  [
    'OpenRouter: too fast',
    429,
    { error: { message: 'Rate limit exceeded', code: 429 }, user_id: 'u' },
    'rate_limit',
    /Rate limit exceeded/,
  ],
  ['OpenRouter: no credit', 402, { error: { message: 'Add more to continue', code: 402 } }, 'quota', /Add more/],
  [
    'vLLM',
    400,
    {
      object: 'error',
      message: "This model's maximum context length is 4096",
      type: 'BadRequestError',
      param: null,
      code: 400,
    },
    'context_length',
    /4096/,
  ],
  ['FastAPI', 422, { detail: 'Field required' }, 'provider_invalid_request', /Field required/],
  [
    'Google: quota',
    429,
    [{ error: { code: 429, message: 'You exceeded your current quota', status: 'RESOURCE_EXHAUSTED' } }],
    'quota',
    /quota/,
  ],
  [
    'Google: wrong key',
    403,
    [{ error: { code: 403, message: 'No', status: 'PERMISSION_DENIED' } }],
    'auth',
    /403: No$/,
  ],
  ['Ollama', 404, { error: 'model "x" not found' }, 'provider_invalid_request', /model "x" not found/],
  [
    'a proxy: a page',
    502,
    '<html><h1>Bad Gateway</h1></html>',
    'unavailable',
    /^API returned unexpected status code: 502$/,
  ],
  ['a proxy: a line', 503, 'upstream connect error', 'unavailable', /503: upstream connect error$/],
  ['nothing', 403, '', 'auth', /^API returned unexpected status code: 403$/],
  ['a timeout', 408, '', 'unavailable', /408$/],
]

for (const [name, status, body, code, message] of failures) {
  test(`readChatError reads a failure of ${name}`, () => {
    const error = read(status, body)
    assert.equal(error.code, code)
    assert.equal(error.status, status)
    assert.match(error.message, message)
  })
}

const hints: readonly [name: string, body: unknown, headers: Record<string, string>, ms: number][] = [
  ['retry-after in seconds', {}, { 'retry-after': '7' }, 7_000],
  ['retry-after in fractions of a second', {}, { 'retry-after': '0.25' }, 250],
  ['retry-after-ms, the more exact one', {}, { 'retry-after-ms': '130', 'retry-after': '1' }, 130],
  ['a date in the past', {}, { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }, 0],
  ["Google's RetryInfo", { error: { code: 429, details: [{ '@type': 'x' }, { retryDelay: '34.4s' }] } }, {}, 34_400],
]

for (const [name, body, headers, ms] of hints) {
  test(`readChatError reads ${name}`, () => {
    const error = read(429, body, headers)
    assert.equal(error.retryAfterMs, ms)
    assert.equal(error.code, 'rate_limit')
  })
}

test('readChatError reads moments: an HTTP date and the reset of OpenRouter', () => {
  const inAMinute = Date.now() + 60_000
  const reset = String(inAMinute)
  const nested = { error: { code: 429, metadata: { headers: { 'X-RateLimit-Reset': reset } } } }
  for (const error of [
    read(429, {}, { 'retry-after': new Date(inAMinute).toUTCString() }),
    read(429, {}, { 'x-ratelimit-reset': reset }),
    read(429, nested),
  ]) {
    assert.ok(error.retryAfterMs !== undefined && error.retryAfterMs > 50_000 && error.retryAfterMs <= 60_000)
  }
})

test('readChatError takes a used-up quota that names a time to come back for a rate limit', () => {
  const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '2s' }]
  const error = read(429, { error: { code: 429, message: 'You exceeded your current quota', details } })
  assert.deepEqual([error.code, error.retryAfterMs], ['rate_limit', 2_000])
})

test('readChatError passes no key on', () => {
  for (const secret of [
    'sk-proj-abcdefghijklmnop1234',
    'sk-ab***************wxyz',
    'gsk_abcdefghijkl0123',
    'AIzaSyA1234567890abcdef',
  ]) {
    const error = read(
      401,
      openai(`Incorrect API key provided: ${secret}. Find your key online.`, 'x', 'invalid_api_key'),
    )
    assert.equal(error.message.includes(secret), false, error.message)
    assert.match(error.message, /provided: \*\*\*/)
  }
  assert.doesNotMatch(read(401, 'authorization: Bearer abcd1234 is wrong').message, /abcd1234/)
})

test('readChatError leaves the names of parameters as they are', () => {
  const text = 'skip_special_tokens, key_value_store_options and keyboard_interrupts are not supported'
  assert.ok(read(400, openai(text, 'invalid_request_error')).message.includes(text))
})

test('readChatError shortens what a provider says, to well-formed text', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1_900, max: 2_010 }), (length) => {
      const { message } = read(500, openai(`${'x'.repeat(length)}${'🎉'.repeat(60)}\ud83d`, 'server_error'))
      assert.ok(message.length <= 2_001 && message.isWellFormed())
    }),
  )
})

test('a failure of a provider keeps its code through an OpenAI-compatible route of our own', () => {
  const provider = errorCodes.filter((code) => errorRow(code).dapr === 'ERR_CONVERSATION_INVOKE')
  assert.ok(provider.length > 8)
  for (const code of provider) {
    const error = read(errorRow(code).openaiStatus, writeChatError(new ConversationError(code, 'It failed.')))
    assert.equal(error.code, code)
  }
})

test("what a provider says about the sidecar's call is never said of the caller's", () => {
  for (const code of ['unauthenticated', 'forbidden', 'component_not_found', 'not_found', 'body_too_large'] as const) {
    const error = read(errorRow(code).openaiStatus, writeChatError(new ConversationError(code, 'It failed.')))
    assert.ok(error.code === 'auth' || error.code === 'provider_invalid_request', error.code)
  }
})

test('writeChatError writes the body that the openai packages read', () => {
  assert.deepEqual(writeChatError(new ConversationError('rate_limit', 'Too fast.')), {
    error: { message: 'Too fast.', type: 'rate_limit_error', param: null, code: 'rate_limit_exceeded' },
  })
})

test('readChatError reads the name of an error of AWS from its header', () => {
  const named = (name: string) =>
    read(400, { message: 'No' }, { 'x-amzn-errortype': `${name}:http://internal.amazon.com/` }).code
  assert.equal(named('ThrottlingException'), 'rate_limit')
  assert.equal(named('ServiceQuotaExceededException'), 'quota')
  assert.equal(named('ValidationException'), 'provider_invalid_request')
})
