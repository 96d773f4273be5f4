import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readTrace, readTraceBinary, writeTraceBinary } from './trace.ts'

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const binary = Buffer.from('00000af7651916cd43dd8448eb211c80319c01b7ad6b71692033310201', 'hex')

test('readTrace() takes what is valid', () => {
  assert.deepEqual(readTrace(traceparent, undefined), { traceparent })
  assert.deepEqual(readTrace(traceparent, 'a=1'), { traceparent, tracestate: 'a=1' })
  const later = traceparent.replace(/^00/, '01').concat('-more')
  assert.deepEqual(readTrace(later, ''), { traceparent: later })
})

for (const text of [
  undefined,
  '',
  'nonsense',
  traceparent.toUpperCase(),
  traceparent.replace(/^00/, 'ff'),
  `${traceparent}0`,
  '00-00000000000000000000000000000000-b7ad6b7169203331-01',
  '00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01',
]) {
  test(`readTrace() passes over ${text}`, () => assert.equal(readTrace(text, 'a=1'), undefined))
}

test('the binary form says the same as the text', () => {
  assert.deepEqual(readTraceBinary(binary), { traceparent })
  assert.deepEqual(writeTraceBinary({ traceparent }), binary)
})

test('readTraceBinary() passes over what it does not know', () => {
  const changed = (offset: number, value: number) => {
    const bytes = Buffer.from(binary)
    bytes[offset] = value
    return bytes
  }
  const unknown = [Buffer.alloc(0), Buffer.alloc(29), binary.subarray(0, 28), Buffer.concat([binary, binary])]
  for (const bytes of [...unknown, changed(0, 1), changed(1, 1), changed(18, 0), changed(27, 0)]) {
    assert.equal(readTraceBinary(bytes), undefined, bytes.toString('hex'))
  }
})
