import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConversationError, type ErrorCode, errorCodes } from '@dapr-chat/protocol'
import { toChatError } from './chat-error.ts'
import {
  AbortedError,
  ComponentNotFoundError,
  DaprChatError,
  InvalidRequestError,
  ProviderError,
  SidecarUnavailableError,
  StreamInterruptedError,
  TimeoutError,
  UnsupportedFeatureError,
} from './errors.ts'

type ErrorClass = abstract new (...args: never[]) => DaprChatError

const rows: Readonly<Record<ErrorCode, readonly [ErrorClass, code: string, retryable: boolean]>> = {
  component_not_found: [ComponentNotFoundError, 'component_not_found', false],
  missing_inputs: [InvalidRequestError, 'invalid_request', false],
  invalid_params: [InvalidRequestError, 'invalid_request', false],
  malformed_request: [InvalidRequestError, 'invalid_request', false],
  body_too_large: [InvalidRequestError, 'invalid_request', false],
  unauthenticated: [InvalidRequestError, 'invalid_request', false],
  forbidden: [InvalidRequestError, 'invalid_request', false],
  not_found: [UnsupportedFeatureError, 'unsupported_feature', false],
  auth: [ProviderError, 'provider_error', false],
  quota: [ProviderError, 'provider_error', false],
  rate_limit: [ProviderError, 'provider_error', true],
  context_length: [ProviderError, 'provider_error', false],
  content_filter: [ProviderError, 'provider_error', false],
  provider_invalid_request: [ProviderError, 'provider_error', false],
  unavailable: [ProviderError, 'provider_error', true],
  timeout: [TimeoutError, 'timeout', true],
  interrupted: [StreamInterruptedError, 'stream_interrupted', false],
  protocol: [ProviderError, 'provider_error', true],
  cancelled: [AbortedError, 'aborted', false],
  shutting_down: [SidecarUnavailableError, 'sidecar_unavailable', true],
  internal: [DaprChatError, 'internal', false],
}

for (const code of errorCodes) {
  const [type, name, retryable] = rows[code]
  test(`${code} becomes ${type.name}`, () => {
    const error = toChatError(new ConversationError(code, 'what happened'), { component: 'gpt' })
    assert.equal(error.constructor, type)
    assert.equal(error.name, type.name)
    assert.equal(error.code, name)
    assert.equal(error.retryable, retryable)
    assert.equal(error.message, 'what happened')
    assert.equal(error.component, 'gpt')
  })
}

test('a provider error keeps status, waiting time and the component that the sidecar named', () => {
  const thrown = new ConversationError('rate_limit', 'slow down', { status: 429, retryAfterMs: 2000, component: 'gpt' })
  const error = toChatError(thrown, { component: 'other' })
  assert.ok(error instanceof ProviderError)
  assert.deepEqual([error.reason, error.status, error.retryAfterMs, error.component], ['rate_limit', 429, 2000, 'gpt'])
})

test("the provider's name for the request is kept, before output and after it", () => {
  const thrown = new ConversationError('unavailable', 'no', { requestId: 'req_1' })
  assert.equal(toChatError(thrown).requestId, 'req_1')
  assert.equal(toChatError(thrown, { partial }).requestId, 'req_1')
})

test('what is not known becomes internal and keeps its cause', () => {
  const thrown = new RangeError('secret inside')
  const error = toChatError(thrown)
  assert.equal(error.message, 'internal error')
  assert.equal(error.cause, thrown)
})

const partial = { text: 'half', toolCalls: [] }

test('after output every failure is an interruption, whose cause tells the kind', () => {
  const error = toChatError(new ConversationError('rate_limit', 'slow down'), { partial })
  assert.ok(error instanceof StreamInterruptedError)
  assert.equal(error.message, 'The answer broke off after 4 characters: slow down')
  assert.equal(error.partial, partial)
  assert.ok(error.cause instanceof ProviderError)
})

test('after output the total clock of the sidecar interrupts, and our own is a timeout', () => {
  const thrown = new ConversationError('timeout', 'too long', { clock: 'total' })
  assert.ok(toChatError(thrown, { partial }) instanceof StreamInterruptedError)
  assert.ok(toChatError(thrown, { partial, stopped: true }) instanceof TimeoutError)
})

test('an error of the client passes as it is', () => {
  const error = new UnsupportedFeatureError('no')
  assert.equal(toChatError(error), error)
})
