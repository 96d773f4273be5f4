import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { excerpt, printable } from './printable.ts'

describe('printable()', () => {
  it('shows what a terminal would obey, and leaves lines, tabs and every other character', () => {
    assert.equal(printable('\u001b[31mred\u001b[0m\r\n\tgrün 🌊\u0007'), '␛[31mred␛[0m\n\tgrün 🌊␇')
    assert.equal(printable('\u009b2J\u007f'), '\ufffd2J␡')
  })

  it('leaves nothing that a terminal obeys, in any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => assert.doesNotMatch(printable(text), /[^\P{Cc}\t\n]/u)),
    )
  })
})

describe('excerpt()', () => {
  it('is one line that is no wider than asked for', () => {
    assert.equal(excerpt(' one\n  two ', 20), 'one two')
    assert.equal(excerpt('one two three', 10), 'one two...')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 3, max: 50 }), (text, width) => {
        const line = excerpt(text, width)
        assert.ok([...line].length <= width && !line.includes('\n'))
      }),
    )
  })
})
