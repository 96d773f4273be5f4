import assert from 'node:assert/strict'
import { test } from 'node:test'
import { awsFrame } from '@dapr-chat/sidecar/testing'
import fc from 'fast-check'
import { eventStreamParts, frameParts } from './parts.ts'

const bytes = (text: string) => Buffer.from(text)
const texts = (parts: readonly Uint8Array[]) => parts.map((part) => Buffer.from(part).toString())

test('an event ends with its empty line, whatever ends lines', () => {
  assert.deepEqual(texts(eventStreamParts(bytes('data: 1\n\ndata: 2\r\n\r\ndata: 3\r\r: x'))), [
    'data: 1\n\n',
    'data: 2\r\n\r\n',
    'data: 3\r\r',
    ': x',
  ])
})

test('for every body, the parts together are the body', () => {
  const body = fc.array(fc.constantFrom('data: x', ':', '\n', '\r', '\r\n', '\n\n', 'é'), { maxLength: 40 })
  fc.assert(
    fc.property(body, (pieces) => {
      const text = pieces.join('')
      assert.equal(Buffer.concat(eventStreamParts(bytes(text))).toString(), text)
    }),
  )
})

test('frames are told from text by their checksums, and a last one may be cut off', () => {
  const frame = Buffer.from(awsFrame({ ':event-type': 'x' }, { text: 'hello' }))
  const body = Buffer.concat([frame, frame, frame.subarray(0, 7)])
  assert.deepEqual(frameParts(body), [frame, frame, frame.subarray(0, 7)])
  assert.equal(frameParts(bytes('data: {"a":1}\n\ndata: {"a":2}\n\n')), undefined)
  assert.equal(frameParts(Buffer.alloc(0)), undefined)
})
