/** No key leaves: not in a message, not in a cause, not in anything else that an error carries. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { callOf } from '../call-of.ts'
import { outcomeOf } from '../outcome.ts'
import type { ScriptedAnswer } from '../scripted-answer.ts'
import { scriptedProvider } from '../scripted-provider.ts'
import { assembledOf } from './assembled.ts'
import type { NetworkContract } from './contract.ts'
import { answerOf } from './subject.ts'

export function secrecyContract(contract: NetworkContract): void {
  const { definition, secret } = contract
  const quoting = `Incorrect key provided: ${secret}. Your key ${secret} is wrong`
  const refusal = (status: number): ScriptedAnswer => ({
    status,
    headers: { 'content-type': 'application/json' },
    body: contract.wire().refusal(quoting),
  })
  const answers: readonly [name: string, answer: () => ScriptedAnswer][] = [
    ['a status 401', () => refusal(401)],
    ['a status 500', () => refusal(500)],
    ['a status 401 in plain text', () => ({ status: 401, headers: { 'content-type': 'text/plain' }, body: quoting })],
    ['a failure before any output', () => answerOf(contract, (words) => [...words.start(), words.failure(quoting)])],
    [
      'a failure in the middle of an answer',
      () => answerOf(contract, (words) => [...words.start(), words.text('Hello'), words.failure(quoting)]),
    ],
  ]
  for (const [name, answer] of answers) {
    test(`${definition.type} keeps the key to itself where ${name} quotes it`, async () => {
      await using upstream = await scriptedProvider(answer())
      await using provider = assembledOf(contract, upstream.url)
      const { error } = await outcomeOf(provider.converse(callOf()))
      assert.match(error?.message ?? '', /Incorrect key provided/)
      assert.ok(!inspect(error, { depth: 20, showHidden: true }).includes(secret))
    })
  }
}
