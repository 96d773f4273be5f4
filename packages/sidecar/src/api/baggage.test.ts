import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isBaggage } from './baggage.ts'

test('isBaggage() takes what W3C Baggage describes, and no more', () => {
  for (const good of [
    'a=b',
    'a=',
    ' a = b ; p = 1 ; q , c=d%20e',
    'userId=alice;internal,tenant=x',
    Array.from({ length: 64 }, (_, index) => `k${index}=v`).join(','),
  ]) {
    assert.ok(isBaggage(good), good)
  }
  for (const bad of [
    'nonsense;;=',
    '=;,',
    'a',
    'a b=c',
    'a=b c',
    'a=b,',
    'a="b"',
    'a=é',
    `a=${'x'.repeat(8_192)}`,
    Array.from({ length: 65 }, (_, index) => `k${index}=v`).join(','),
  ]) {
    assert.ok(!isBaggage(bad), bad)
  }
})

test('isBaggage() takes no more time than text of that length deserves', () => {
  const before = performance.now()
  assert.ok(!isBaggage(`a=b${'; '.repeat(4_000)}=`))
  assert.ok(!isBaggage(`a=b${' '.repeat(8_000)}\u0001`))
  assert.ok(performance.now() - before < 1_000)
})
