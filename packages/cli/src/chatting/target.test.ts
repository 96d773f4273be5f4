import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { chooseTarget, targetName } from './target.ts'

const type = 'conversation.echo'
const sidecar = { components: ['gpt', 'a/b'].map((name) => ({ name, type })), leftOut: async () => new Map() }

describe('chooseTarget()', () => {
  const rows: readonly (readonly [string, object])[] = [
    ['gpt', { component: 'gpt' }],
    ['gpt/', { component: 'gpt' }],
    ['gpt/m1', { component: 'gpt', model: 'm1' }],
    ['gpt/org/m1', { component: 'gpt', model: 'org/m1' }],
    ['a/b', { component: 'a/b' }],
  ]
  for (const [named, target] of rows) {
    it(`reads ${named}`, async () => assert.deepEqual(await chooseTarget(named, sidecar), target))
  }

  it('refuses an unknown component, and does not take it for a model', async () => {
    await assert.rejects(() => chooseTarget('gtp/m1', sidecar), /Unknown component "gtp": did you mean gpt\?/)
    await assert.rejects(() => chooseTarget('m1', sidecar), /Unknown component "m1"/)
    await assert.rejects(() => chooseTarget(undefined, sidecar), /there are several/)
  })

  it('is shown as it is written', () => {
    assert.equal(targetName({ component: 'gpt', model: 'm1' }), 'gpt/m1')
    assert.equal(targetName({ component: 'gpt' }), 'gpt')
  })
})
