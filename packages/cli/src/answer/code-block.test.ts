import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { firstCodeBlock } from './code-block.ts'

describe('firstCodeBlock()', () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ['a block with a language', 'Here:\n```js\nlet a\n```\nmore\n```\nb\n```', 'let a'],
    ['a block of tildes with backticks in it', '~~~\n```\nx\n```\n~~~', '```\nx\n```'],
    ['a block with a longer fence', '````md\n```\nx\n```\n````', '```\nx\n```'],
    ['an indented block', '  ```\n  x\n    y\n  ```', 'x\n  y'],
    ['a block that is not closed', '```\nx\ny', 'x\ny'],
    ['inline code', 'use ```x``` here\n```y``` too', 'use ```x``` here\n```y``` too'],
    ['no block', 'plain', 'plain'],
    ['an empty block', '```\n```\n', ''],
  ]
  for (const [what, text, code] of rows) it(`reads ${what}`, () => assert.equal(firstCodeBlock(text), code))

  it('gives back whatever is put between fences that are longer than those in it', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom('`', 'a', ' ', '~') }), { minLength: 1 }), (lines) => {
        const fence = '`'.repeat(Math.max(3, ...lines.map((line) => line.length + 1)))
        assert.equal(firstCodeBlock(`before\n${fence}\n${lines.join('\n')}\n${fence}\nafter`), lines.join('\n'))
      }),
    )
  })
})
