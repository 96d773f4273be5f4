import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Draft } from './draft.ts'

/** What typed lines come to: the text, and after how many of them it was complete. */
function typed(lines: readonly (string | { readonly pasted: string })[]): { text: string; after: number | undefined } {
  const draft = new Draft()
  const at = lines.findIndex((line) =>
    typeof line === 'string' ? draft.add(line, false) : draft.add(line.pasted, true),
  )
  return { text: draft.text, after: at === -1 ? undefined : at + 1 }
}

describe('Draft', () => {
  const rows: readonly (readonly [string, Parameters<typeof typed>[0], string, number | undefined])[] = [
    ['a line', ['one'], 'one', 1],
    ['lines that go on', ['one\\', 'two\\', 'three'], 'one\ntwo\nthree', 3],
    ['a block', ['"""', 'one', '', 'two', '"""'], 'one\n\ntwo', 5],
    ['a block that begins and ends in the midst of lines', ['"""one', 'two"""'], 'one\ntwo', 2],
    ['a block in one line', ['"""one"""'], 'one', 1],
    ['a block that is not closed', ['"""', 'one\\', 'two'], 'one\\\ntwo', undefined],
    [
      'pasted lines and what is typed behind them',
      [{ pasted: 'one\\' }, { pasted: '"""' }, 'two'],
      'one\\\n"""\ntwo',
      3,
    ],
    ['lines pasted into a block', ['"""', { pasted: 'one' }, 'two"""'], 'one\ntwo', 3],
  ]
  for (const [what, lines, text, after] of rows) {
    it(`reads ${what}`, () => assert.deepEqual(typed(lines), { text, after }))
  }

  it('gives back every text that is put into a block', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string().filter((line) => !/["\n]/.test(line)),
          { minLength: 1 },
        ),
        (lines) => {
          assert.equal(typed(['"""', ...lines, '"""']).text, lines.join('\n'))
        },
      ),
    )
  })

  it('says whether anything has been typed', () => {
    const draft = new Draft()
    assert.ok(draft.isEmpty)
    draft.add('"""', false)
    assert.ok(!draft.isEmpty)
  })
})
