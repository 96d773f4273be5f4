import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { countWords, splitWords } from './words.ts'

test('each word comes with the white space before it, the last also with what follows', () => {
  assert.deepEqual([...splitWords(' one  two\n\nthree \n')], [' one', '  two', '\n\nthree \n'])
  assert.deepEqual([...splitWords(' \n ')], [' \n '])
  assert.deepEqual([...splitWords('')], [])
})

test('for every text, the pieces joined are the text, one for each word', () => {
  const text = fc.string({
    unit: fc.constantFrom(' ', '\n', '\t', '\u00a0', '\u2028', '\u0085', '\ufeff', 'a', 'é', '😀'),
  })
  fc.assert(
    fc.property(text, (content) => {
      const pieces = [...splitWords(content)]
      assert.equal(pieces.join(''), content)
      assert.equal(pieces.length, content === '' ? 0 : Math.max(1, countWords(content)))
    }),
  )
})

test('white space is what Go takes for it', () => {
  assert.equal(countWords('a\u0085b\u00a0c\u3000d'), 4)
  assert.equal(countWords('a\ufeffb'), 1)
})

test('a long run of white space costs no more than its length', () => {
  const text = ' '.repeat(2_000_000)
  assert.deepEqual([[...splitWords(text)].length, countWords(text)], [1, 0])
})
