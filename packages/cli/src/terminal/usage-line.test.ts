import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ChatResult } from '@dapr-chat/client'
import { usageLine } from './usage-line.ts'

const metrics: ChatResult['metrics'] = {
  durationMs: 1003,
  timeToFirstChunkMs: 3,
  chunks: 2,
  contentLength: 11,
  charsPerSecond: 11,
  attempts: 1,
  steps: 1,
  toolCalls: 0,
  usageEstimated: false,
  streaming: 'native',
}
const usage = { prompt_tokens: 2, completion_tokens: 412, total_tokens: 414 }

describe('usageLine()', () => {
  it('tells who, how much and how fast', () => {
    assert.equal(usageLine('echo', { usage, metrics }), 'echo · 2 in / 412 out · first 3 ms · 412 tok/s')
  })

  it('tells what it cost, where that is known', () => {
    assert.match(usageLine('echo', { metrics }, 'conversation.echo'), / · \$0$/)
    assert.match(usageLine('m', { metrics: { ...metrics, costUsd: 0.001234 } }), / · \$0\.0012$/)
    assert.match(usageLine('m', { metrics: { ...metrics, costUsd: 1.5 } }), / · \$1\.50$/)
    assert.doesNotMatch(usageLine('m', { metrics }, 'conversation.openai'), /\$/)
  })

  it('leaves out what was not reported', () => {
    assert.equal(usageLine('echo', { metrics }), 'echo · first 3 ms')
  })

  it('gives no rate for an answer that came at once', () => {
    assert.equal(
      usageLine('echo', { usage, metrics: { ...metrics, durationMs: 5 } }),
      'echo · 2 in / 412 out · first 3 ms',
    )
  })

  it('gives the whole time where nothing was streamed, and says where a stream was not real', () => {
    assert.equal(usageLine('m', { metrics: { ...metrics, durationMs: 2500, streaming: 'none' } }), 'm · total 2.5 s')
    assert.match(usageLine('m', { metrics: { ...metrics, streaming: 'simulated' } }), / · simulated stream$/)
  })
})
