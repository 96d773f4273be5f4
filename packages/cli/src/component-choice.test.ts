import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { chooseComponent } from './component-choice.ts'
import { ExitError, exitCodes } from './exit-code.ts'

function sidecar(names: readonly string[], skipped: Readonly<Record<string, string>> = {}) {
  return {
    components: names.map((name) => ({ name, type: 'conversation.echo' })),
    skipped: new Map(Object.entries(skipped)),
  }
}

function refusal(exitCode: number, message: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof ExitError)
    assert.equal(error.exitCode, exitCode)
    assert.match(error.message, message)
    return true
  }
}

describe('chooseComponent()', () => {
  it('takes the named one', () => assert.equal(chooseComponent('b', sidecar(['a', 'b'])), 'b'))

  it('takes the only one, whatever was skipped', () => {
    assert.equal(chooseComponent(undefined, sidecar(['echo'], { openai: 'OPENAI_API_KEY is not set' })), 'echo')
  })

  it('does not guess between several', () => {
    assert.throws(
      () => chooseComponent(undefined, sidecar(['echo', 'openai'])),
      refusal(exitCodes.usage, /one of echo, openai$/),
    )
  })

  it('tells why there is none', () => {
    const none = sidecar([], { openai: 'OPENAI_API_KEY is not set' })
    assert.throws(
      () => chooseComponent(undefined, none),
      refusal(exitCodes.usage, /openai skipped: OPENAI_API_KEY is not set/),
    )
  })

  it('tells a slip, a skipped component and an unknown one apart', () => {
    const known = sidecar(['echo'], { openai: 'OPENAI_API_KEY is not set' })
    assert.throws(() => chooseComponent('ecco', known), refusal(exitCodes.usage, /did you mean echo\?$/))
    assert.throws(() => chooseComponent('openai', known), refusal(exitCodes.auth, /OPENAI_API_KEY is not set$/))
    assert.throws(() => chooseComponent('banana', known), refusal(exitCodes.usage, /it must be one of echo$/))
  })
})
