import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CharacterJoiner } from './well-formed.ts'

const join = (pieces: readonly string[]) => {
  const joiner = new CharacterJoiner()
  return [...pieces.map((piece) => joiner.push(piece)), joiner.end()]
}

const joins: readonly [name: string, pieces: readonly string[], expected: readonly string[]][] = [
  ['passes whole characters on', ['a☕', '🎉'], ['a☕', '🎉', '']],
  ['holds a first half until the second comes', ['a\ud83d', '\ude00b'], ['a', '😀b', '']],
  ['holds a first half over empty pieces', ['\ud83d', '', '\ude00'], ['', '', '😀', '']],
  ['holds the first half that follows another', ['\ud83d', '\ud83d', '\ude00'], ['', '\ufffd', '😀', '']],
  ['replaces a first half that nothing follows', ['a\ud83d'], ['a', '\ufffd']],
  ['replaces a second half that nothing precedes', ['\ude00a'], ['\ufffda', '']],
]

for (const [name, pieces, expected] of joins) {
  test(`CharacterJoiner ${name}`, () => assert.deepEqual(join(pieces), expected))
}

test('CharacterJoiner gives the same text for every way of cutting it, well-formed in every piece', () => {
  const unit = fc.constantFrom('x', 'é', '☕', '🎉', '👩‍👩‍👧', '\ud83d', '\ude00')
  fc.assert(
    fc.property(fc.string({ unit }), fc.array(fc.nat(30)), (text, at) => {
      const ends = [...at, text.length].filter((end) => end <= text.length).sort((a, b) => a - b)
      const pieces = ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end))
      const joined = join(pieces)
      assert.ok(joined.every((piece) => piece.isWellFormed()))
      assert.equal(joined.join(''), text.toWellFormed())
    }),
  )
})
