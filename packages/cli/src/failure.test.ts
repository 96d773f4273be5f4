import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  AbortedError,
  ComponentNotFoundError,
  DaprChatError,
  InvalidRequestError,
  ProviderError,
  SidecarUnavailableError,
  StreamInterruptedError,
  TimeoutError,
} from '@dapr-chat/client'
import { ExitError } from './exit-code.ts'
import { exitCodeOf, failureText } from './failure.ts'

const partial = { text: 'half', toolCalls: [] }

describe('exitCodeOf()', () => {
  const rows: readonly (readonly [string, unknown, number])[] = [
    ['an ExitError', new ExitError(3, ''), 3],
    ['a sidecar that does not answer', new SidecarUnavailableError(''), 3],
    ['an unknown component', new ComponentNotFoundError('', { available: [] }), 2],
    ['a wrong request', new InvalidRequestError(''), 2],
    ['a refused token', new InvalidRequestError('', { cause: { code: 'unauthenticated' } }), 4],
    ['a refused key', new ProviderError('', { reason: 'auth' }), 4],
    ['a spent quota', new ProviderError('', { reason: 'quota' }), 5],
    ['too many requests', new ProviderError('', { reason: 'rate_limit' }), 5],
    ['filtered content', new ProviderError('', { reason: 'content_filter' }), 6],
    ['a provider that is down', new ProviderError('', { reason: 'unavailable' }), 1],
    ['an open breaker', new ProviderError('circuit breaker is open', { reason: 'unavailable' }), 5],
    ['a deadline', new TimeoutError(''), 124],
    ['an abort', new AbortedError(''), 130],
    ['a cut stream', new StreamInterruptedError('', { partial }), 1],
    ['a stream cut by a deadline', new StreamInterruptedError('', { partial, cause: new TimeoutError('') }), 124],
    ['a failure inside the sidecar', new DaprChatError('internal', ''), 1],
    ['anything else', new TypeError(''), 1],
    ['what is no error', 'text', 1],
  ]
  for (const [what, thrown, code] of rows) it(`is ${code} for ${what}`, () => assert.equal(exitCodeOf(thrown), code))
})

describe('failureText()', () => {
  const plain = (text: string) => text
  const style = { bold: plain, dim: plain, good: plain, warning: plain, bad: plain }

  it('prints what was foreseen without a stack, with its hint', () => {
    assert.equal(failureText(new ExitError(2, 'do this'), style), 'dapr-chat: do this\n')
    const error = new InvalidRequestError('refused', { hint: 'Set DAPR_API_TOKEN.' })
    assert.equal(failureText(error, style), 'dapr-chat: refused\nSet DAPR_API_TOKEN.\n')
  })

  it('tells when a provider can be asked again', () => {
    const error = new ProviderError('slow down', { reason: 'rate_limit', retryAfterMs: 2_100 })
    assert.equal(failureText(error, style), 'dapr-chat: slow down\nIt can be asked again in 3 s.\n')
  })

  it('prints what nobody foresaw with its stack', () => {
    assert.match(failureText(new TypeError('broken'), style), /^dapr-chat: TypeError: broken\n +at /)
  })
})
