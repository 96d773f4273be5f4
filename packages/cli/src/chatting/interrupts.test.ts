import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Interrupts } from './interrupts.ts'

describe('Interrupts', () => {
  const rows: readonly (readonly ['busy' | 'empty', number, string])[][] = [
    [['busy', 0, 'stop']],
    [['empty', 0, 'hint']],
    [
      ['busy', 0, 'stop'],
      ['busy', 1_500, 'leave'],
    ],
    [
      ['busy', 0, 'stop'],
      ['empty', 1_000, 'leave'],
    ],
    [
      ['empty', 0, 'hint'],
      ['empty', 1_501, 'hint'],
      ['empty', 1_900, 'leave'],
    ],
  ]
  for (const presses of rows) {
    it(`means ${presses.map(([state, at, meaning]) => `${meaning} (${state} at ${at} ms)`).join(', then ')}`, () => {
      const interrupts = new Interrupts()
      for (const [state, at, meaning] of presses) assert.equal(interrupts.press(state, at), meaning)
    })
  }
})
