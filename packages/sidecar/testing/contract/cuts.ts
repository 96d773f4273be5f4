/** An answer is the same wherever the network cuts it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { callOf } from '../call-of.ts'
import { outcomeOf } from '../outcome.ts'
import { scriptedProvider } from '../scripted-provider.ts'
import type { NetworkContract } from './contract.ts'
import { questions } from './questions.ts'
import { ending, joined, providerOf } from './subject.ts'

/** One answer is cut at every so many bytes, the next one a byte further, until every byte has had its turn. */
const STRIDE = 61

export function cutsContract(contract: NetworkContract): void {
  test(`${contract.definition.type} gives the same answer for a cut at every byte, in well-formed pieces`, async () => {
    const words = contract.wire()
    const bytes = joined([
      ...words.start(),
      words.text('é🎉'),
      ...words.calls([{ id: 'call_a', name: 'find', pieces: ['{"city":"Zü', 'rich 日"}'] }]),
      ...words.finish({ ...ending, reason: 'tool_calls' }),
    ])
    await using upstream = await scriptedProvider(({ index }) => ({
      headers: { 'content-type': words.contentType },
      body: (async function* () {
        for (let [start, end] = [0, index || bytes.length]; start < bytes.length; start = end, end += STRIDE) {
          yield bytes.subarray(start, end)
          // Long enough for the piece to arrive by itself.
          await setTimeout(1)
        }
      })(),
    }))
    await using provider = providerOf(contract, upstream.url)
    const ask = async () => {
      const { events, result } = await outcomeOf(provider.converse(callOf(questions.tool)))
      for (const event of events) assert.ok(Object.values(event).every(isWellFormed), JSON.stringify(event))
      return result
    }
    const whole = await ask()
    assert.equal(whole.choices[0]?.text, 'é🎉')
    assert.deepEqual(JSON.parse(whole.choices[0].toolCalls[0]?.arguments ?? ''), { city: 'Zürich 日' })
    const results = await Promise.all(Array.from({ length: STRIDE }, ask))
    for (const result of results) assert.deepEqual(result, whole)
  })
}

function isWellFormed(value: unknown): boolean {
  return typeof value !== 'string' || value.isWellFormed()
}
