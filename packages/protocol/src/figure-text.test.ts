import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  UNKNOWN_FIGURE,
  writtenCost,
  writtenCount,
  writtenDuration,
  writtenMoney,
  writtenRate,
  writtenShare,
} from './figure-text.ts'

test('durations have the unit that needs the fewest digits', () => {
  const written = [0, 0.24, 9.96, 318.4, 999.4, 999.6, 1_240, 12_345, 59_949, 60_000, 125_000].map(writtenDuration)
  assert.deepEqual(written, [
    ...['0 ms', '0.2 ms', '10 ms', '318 ms', '999 ms', '1 s', '1.24 s', '12.3 s', '59.9 s', '1 min', '2 min 5 s'],
  ])
})

test('what is not known is not written as zero', () => {
  assert.deepEqual(
    [writtenDuration(undefined), writtenCount(undefined), writtenRate(undefined), writtenShare(0, 0)],
    Array(4).fill(UNKNOWN_FIGURE),
  )
  assert.equal(writtenMoney(undefined), 'unknown')
})

test('counts and rates are shortened where they are long', () => {
  assert.deepEqual([0, 9_999, 12_345, 1_234_567].map(writtenCount), ['0', '9,999', '12.3K', '1.2M'])
  assert.deepEqual([0, 0.123, 45.67, 168.2].map(writtenRate), ['0', '0.12', '45.7', '168'])
})

test('shares are percents, and small ones keep a digit', () => {
  assert.deepEqual(
    [writtenShare(0, 3), writtenShare(1, 3), writtenShare(1, 41), writtenShare(3, 3)],
    ['0 %', '33 %', '2.4 %', '100 %'],
  )
})

test('small amounts of money keep two digits that say something', () => {
  assert.deepEqual([0, 0.0000123, 0.00096, 0.0098, 0.01, 12.345].map(writtenMoney), [
    ...['$0', '$0.000012', '$0.00096', '$0.0098', '$0.01', '$12.35'],
  ])
})

test('costs with calls that have no price are a least amount', () => {
  assert.deepEqual(
    [writtenCost(1.5, 0), writtenCost(1.5, 2), writtenCost(0, 2), writtenCost(0, 0)],
    ['$1.50', '≥ $1.50', 'unknown', '$0'],
  )
})
