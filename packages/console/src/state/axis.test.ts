import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { timeMarks, valueMarks } from './axis.ts'

test('the marks of values are round', () => {
  assert.deepEqual(valueMarks(2), [0, 0.5, 1, 1.5, 2])
  assert.deepEqual(valueMarks(110), [0, 50, 100])
  assert.deepEqual(valueMarks(8.8), [0, 2, 4, 6, 8])
  assert.deepEqual(valueMarks(800), [0, 200, 400, 600, 800])
})

test('there are a few marks of values on every axis, none beyond its end', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), (highest) => {
      const marks = valueMarks(highest)
      assert.ok(marks.length >= 3 && marks.length <= 6, String(marks))
      assert.ok(marks.every((mark) => mark <= highest))
    }),
  )
})

test('the marks of time are round, and no more than there is room for', () => {
  const from = new Date(2026, 10, 23, 14, 3, 20).getTime()
  const hours = (marks: readonly number[]) => marks.map((at) => new Date(at).toTimeString().slice(0, 5))
  assert.deepEqual(hours(timeMarks(from, from + 5 * 60_000, 6)), ['14:04', '14:05', '14:06', '14:07', '14:08'])
  assert.deepEqual(hours(timeMarks(from, from + 60 * 60_000, 4)), ['14:15', '14:30', '14:45', '15:00'])
  assert.deepEqual(hours(timeMarks(from, from + 24 * 60 * 60_000, 6)), [
    '16:00',
    '20:00',
    '00:00',
    '04:00',
    '08:00',
    '12:00',
  ])
})
