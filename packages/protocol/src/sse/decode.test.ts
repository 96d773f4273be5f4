import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ConversationError } from '../error.ts'
import { SseDecoder, type SseEvent } from './decode.ts'
import { encodeSse, SSE_PING } from './encode.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

function decode(chunks: readonly Uint8Array[], maxEventChars?: number): SseEvent[] {
  const events: SseEvent[] = []
  const decoder = new SseDecoder({
    onEvent: (event) => events.push(event),
    ...(maxEventChars !== undefined && { maxEventChars }),
  })
  for (const chunk of chunks) decoder.push(chunk)
  decoder.end()
  return events
}

const message = (data: string, complete = true): SseEvent => ({ event: 'message', data, complete })

const framings: readonly [name: string, text: string, expected: readonly SseEvent[]][] = [
  ['line feeds', 'data: a\n\ndata: b\n\n', [message('a'), message('b')]],
  ['carriage returns', 'data: a\r\rdata: b\r\r', [message('a'), message('b')]],
  ['both', 'data: a\r\n\r\ndata: b\r\n\r\n', [message('a'), message('b')]],
  ['a mix of line ends', 'data: a\r\n\ndata: b\n\r\ndata: c\r\r', [message('a'), message('b'), message('c')]],
  ['a byte order mark', '\uFEFFdata: a\n\n', [message('a')]],
  ['only one byte order mark is dropped', 'data: \uFEFFa\n\n', [message('\uFEFFa')]],
  ['no space after the colon', 'data:{"a":1}\n\n', [message('{"a":1}')]],
  ['one space is dropped, not two', 'data:  a\n\n', [message(' a')]],
  ['several data lines', 'data: {\ndata: "a":1}\n\n', [message('{\n"a":1}')]],
  ['comments', ': ping\n\n: OPENROUTER PROCESSING\ndata: a\n:x\n\n', [message('a')]],
  ['our keep-alive between events', `data: a\n\n${SSE_PING}data: b\n\n`, [message('a'), message('b')]],
  ['a named event', 'event: error\ndata: x\n\n', [{ event: 'error', data: 'x', complete: true }]],
  ['unknown fields', 'id: 7\nretry: 9\nfoo: bar\ndata: a\n\n', [message('a')]],
  ['a leading blank line', '\ndata: a\n\n', [message('a')]],
  ['a last event without its blank line', 'data: a\n\ndata: b', [message('a'), message('b', false)]],
  ['a last event with one line end', 'data: a\n\ndata: b\n', [message('a'), message('b', false)]],
  ['characters outside the basic plane', 'data: héllo 🎉 日本\n\n', [message('héllo 🎉 日本')]],
]

for (const [name, text, expected] of framings) {
  test(`SseDecoder reads ${name}, whole and cut at every byte`, () => {
    const whole = bytes(text)
    assert.deepEqual(decode([whole]), expected)
    for (let cut = 1; cut < whole.length; cut++) {
      assert.deepEqual(decode([whole.subarray(0, cut), whole.subarray(cut)]), expected, `cut at ${cut}`)
    }
    assert.deepEqual(decode([...whole].map((byte) => Uint8Array.of(byte))), expected, 'byte by byte')
  })
}

test('SseDecoder gives back what encodeSse wrote, for every text and every way of cutting it', () => {
  const sliced = fc.tuple(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }), fc.array(fc.nat(40)))
  fc.assert(
    fc.property(sliced, ([texts, cuts]) => {
      const whole = bytes(texts.map((text) => encodeSse(JSON.stringify(text))).join(''))
      const chunks: Uint8Array[] = []
      let at = 0
      for (const size of cuts) {
        chunks.push(whole.subarray(at, at + size))
        at += size
      }
      chunks.push(whole.subarray(at))
      assert.deepEqual(
        decode(chunks).map(({ data }) => JSON.parse(data)),
        texts,
      )
    }),
  )
})

test('SseDecoder gives up on an event that never ends', () => {
  const decoder = new SseDecoder({ onEvent: () => {}, maxEventChars: 100 })
  decoder.push(bytes('data: '))
  assert.throws(
    () => {
      for (let i = 0; i < 30; i++) decoder.push(bytes('xxxxx'))
    },
    (error) =>
      error instanceof ConversationError && error.code === 'protocol' && /at most 100 characters/.test(error.message),
  )
})

test('SseDecoder gives up on an event of ever more data lines', () => {
  const decoder = new SseDecoder({ onEvent: () => {}, maxEventChars: 100 })
  assert.throws(() => {
    for (let i = 0; i < 30; i++) decoder.push(bytes('data: xxxxx\n'))
  }, ConversationError)
})
