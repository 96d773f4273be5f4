import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fillAliases, vendorKeys } from './keys.ts'

describe('fillAliases()', () => {
  const cases: readonly (readonly [string, Record<string, string>, Record<string, string>, boolean])[] = [
    ['nothing where there is no key', {}, {}, false],
    [
      'all from one',
      { GEMINI_API_KEY: 'g' },
      { GEMINI_API_KEY: 'g', GOOGLE_API_KEY: 'g', GOOGLE_AI_API_KEY: 'g' },
      false,
    ],
    [
      'only what is missing, with a warning where keys differ',
      { GOOGLE_AI_API_KEY: 'a', GEMINI_API_KEY: 'b' },
      { GOOGLE_AI_API_KEY: 'a', GEMINI_API_KEY: 'b', GOOGLE_API_KEY: 'a' },
      true,
    ],
    [
      'an empty one like a missing one',
      { GOOGLE_API_KEY: '', GEMINI_API_KEY: 'b' },
      { GOOGLE_API_KEY: 'b', GEMINI_API_KEY: 'b', GOOGLE_AI_API_KEY: 'b' },
      false,
    ],
  ]
  for (const [what, given, filled, warns] of cases) {
    it(`fills ${what}`, () => {
      const { variables, warning } = fillAliases(given)
      assert.deepEqual(variables, filled)
      assert.equal(warning !== undefined, warns)
    })
  }

  it('names variables in its warning, and no values', () => {
    const { warning } = fillAliases({ GOOGLE_API_KEY: 'secret-1', GEMINI_API_KEY: 'secret-2' })
    assert.equal(warning, 'GOOGLE_API_KEY and GEMINI_API_KEY hold different keys: each keeps its own')
  })
})

describe('vendorKeys()', () => {
  it('counts an empty key as none', () => {
    assert.deepEqual(vendorKeys({ OPENAI_API_KEY: 'x', MISTRAL_API_KEY: '' }), {
      GEMINI: false,
      OPENAI: true,
      ANTHROPIC: false,
      DEEPSEEK: false,
      MISTRAL: false,
    })
  })
})
