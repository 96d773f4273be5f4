import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { WriteStream } from 'node:tty'
import { styleFor } from './style.ts'

/** A stream that says of itself what a terminal says. */
function stream(isTTY: boolean): NodeJS.WriteStream {
  const fake = Object.create(process.stdout, { isTTY: { value: isTTY } })
  // A terminal tells its colours by the environment alone, so the real method serves the pretended one.
  if (isTTY) Object.defineProperty(fake, 'getColorDepth', { value: WriteStream.prototype.getColorDepth })
  return fake
}

describe('styleFor()', () => {
  const names = ['NO_COLOR', 'FORCE_COLOR', 'CLICOLOR_FORCE', 'TERM', 'NODE_DISABLE_COLORS', 'COLORTERM', 'CI'] as const
  const saved = new Map<string, string | undefined>()
  beforeEach(() => {
    for (const name of names) {
      saved.set(name, process.env[name])
      delete process.env[name]
    }
    process.env.TERM = 'xterm-256color'
  })
  afterEach(() => {
    for (const [name, value] of saved) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  })

  const rows: readonly (readonly [string, boolean, Readonly<Record<string, string>>, boolean])[] = [
    ['a terminal', true, {}, true],
    ['no terminal', false, {}, false],
    ['a terminal with NO_COLOR', true, { NO_COLOR: '1' }, false],
    ['a dumb terminal', true, { TERM: 'dumb' }, false],
    ['no terminal with FORCE_COLOR', false, { FORCE_COLOR: '1' }, true],
    ['no terminal with CLICOLOR_FORCE', false, { CLICOLOR_FORCE: '1' }, true],
    ['no terminal with CLICOLOR_FORCE and NO_COLOR', false, { CLICOLOR_FORCE: '1', NO_COLOR: '1' }, false],
  ]
  for (const [what, isTTY, environment, isColoured] of rows) {
    it(`${isColoured ? 'colours' : 'does not colour'} for ${what}`, () => {
      Object.assign(process.env, environment)
      assert.equal(styleFor(stream(isTTY)).bad('text') !== 'text', isColoured)
    })
  }
})
