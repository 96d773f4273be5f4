import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { chooseComponent } from './component-choice.ts'
import { ExitError, exitCodes } from './exit-code.ts'
import type { LeftOut } from './left-out.ts'

function sidecar(names: readonly string[], leftOut: Readonly<Record<string, LeftOut>> = {}) {
  let asked = 0
  return {
    components: names.map((name) => ({ name, type: 'conversation.echo' })),
    leftOut: async () => {
      asked++
      return new Map(Object.entries(leftOut))
    },
    get asked() {
      return asked
    },
  }
}

const openai: LeftOut = { state: 'skipped', reason: 'OPENAI_API_KEY is not set' }

function refusal(exitCode: number, message: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof ExitError)
    assert.equal(error.exitCode, exitCode)
    assert.match(error.message, message)
    return true
  }
}

describe('chooseComponent()', () => {
  it('takes the named one, without asking for those that are left out', async () => {
    const known = sidecar(['a', 'b'])
    assert.equal(await chooseComponent('b', known), 'b')
    assert.equal(known.asked, 0)
  })

  it('takes the only one, whatever was skipped', async () => {
    assert.equal(await chooseComponent(undefined, sidecar(['echo'], { openai })), 'echo')
  })

  it('does not guess between several, and shows how to name one', async () => {
    await assert.rejects(
      () => chooseComponent(undefined, sidecar(['echo', 'openai'])),
      refusal(exitCodes.usage, /one of echo, openai$/),
    )
    await assert.rejects(
      () => chooseComponent(undefined, sidecar(['echo', 'openai']), (name) => `ask -m ${name}`),
      refusal(exitCodes.usage, /one of echo, openai\nFor example: ask -m echo$/),
    )
  })

  it('tells why there is none', async () => {
    const none = sidecar([], { openai })
    await assert.rejects(
      () => chooseComponent(undefined, none),
      refusal(exitCodes.usage, /openai skipped: OPENAI_API_KEY is not set/),
    )
  })

  it('tells a slip, a skipped component, one that failed and an unknown one apart', async () => {
    const known = sidecar(['echo'], { openai, gpt: { state: 'failed', reason: 'its endpoint is no address' } })
    await assert.rejects(() => chooseComponent('ecco', known), refusal(exitCodes.usage, /did you mean echo\?$/))
    await assert.rejects(
      () => chooseComponent('openai', known),
      refusal(exitCodes.auth, /it was skipped: OPENAI_API_KEY is not set$/),
    )
    await assert.rejects(
      () => chooseComponent('gpt', known),
      refusal(exitCodes.usage, /it failed: its endpoint is no address$/),
    )
    await assert.rejects(() => chooseComponent('banana', known), refusal(exitCodes.usage, /must be one of echo$/))
  })
})
