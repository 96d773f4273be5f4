import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MediaSource } from '@dapr-chat/protocol'
import { type MediaPart, writeMedia } from './media.ts'

const written = (type: MediaPart['type'], source: MediaSource, filename?: string) => {
  const part = type === 'file' ? { type, source, ...(filename !== undefined && { filename }) } : { type, source }
  const { mediaType, data } = writeMedia(part)
  return [mediaType, data.type === 'data' ? data.data : data.type]
}
const url = (address: string, mediaType?: string) => ({ url: address, ...(mediaType !== undefined && { mediaType }) })

const rows: readonly [name: string, got: () => unknown, expected: readonly unknown[]][] = [
  ['bytes', () => written('image', { data: new Uint8Array([1, 2]), mediaType: 'image/png' }), ['image/png', 'AQI=']],
  [
    'bytes that are part of others',
    () => written('image', { data: new Uint8Array([0, 1, 2, 3]).subarray(1, 3), mediaType: 'image/png' }),
    ['image/png', 'AQI='],
  ],
  ['a data URL', () => written('image', url('data:image/gif;base64,AQI=')), ['image/gif', 'AQI=']],
  [
    'a data URL with parameters',
    () => written('file', url('data:text/plain;charset=utf-8;base64,aGk=')),
    ['text/plain', 'aGk='],
  ],
  ['a data URL that is not base64', () => written('file', url('data:text/plain,a%20b')), ['text/plain', 'YSBi']],
  ['an address with an extension', () => written('image', url('https://e.com/a.PNG?x=1')), ['image/png', 'url']],
  [
    'an address that says its type',
    () => written('image', url('https://e.com/a', 'image/webp')),
    ['image/webp', 'url'],
  ],
  ['an address that says nothing', () => written('image', url('https://e.com/a')), ['image/jpeg', 'url']],
  [
    'a file whose name says more than its type',
    () => written('file', { data: new Uint8Array(), mediaType: 'application/octet-stream' }, 'a.csv'),
    ['text/csv', ''],
  ],
]

for (const [name, got, expected] of rows) {
  test(`writeMedia takes ${name}`, () => {
    assert.deepEqual(got(), expected)
  })
}

test('writeMedia refuses an address that is none, and a data URL that is broken', () => {
  for (const address of ['not an address', 'data:text/plain,%']) {
    assert.throws(() => written('file', url(address)), { code: 'invalid_params' })
  }
})
