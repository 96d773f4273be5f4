import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { providers } from '@dapr-chat/sidecar'
import { run } from './command.ts'

describe('dapr-chat components', () => {
  it('lists every kind of component with a sentence', async () => {
    const { code, stdout, stderr } = await run(['components', 'list'])
    assert.deepEqual([code, stderr], [0, ''])
    assert.equal((await run(['components'])).stdout, stdout)
    for (const { type } of providers) assert.match(stdout, new RegExp(`^  ${type} +\\S`, 'm'))
    const listed: { type: string }[] = JSON.parse((await run(['components', 'list', '--json'])).stdout)
    assert.deepEqual(
      listed.map(({ type }) => type),
      providers.map(({ type }) => type),
    )
  })

  it('explains every setting of a kind, by its short name and by its whole one', async () => {
    const { code, stdout } = await run(['components', 'explain', 'openai'])
    assert.equal(code, 0)
    assert.match(stdout, /^ {2}key +string; required; secret; also apiKey\. The API key/m)
    assert.match(stdout, /^ {2}connectTimeout +duration; default 10s/m)
    assert.ok(stdout.split('\n').every((line) => line.length <= 100))
    assert.equal((await run(['components', 'explain', 'Conversation.OpenAI'])).stdout, stdout)
    const data = JSON.parse((await run(['components', 'explain', 'openai', '--json'])).stdout)
    assert.deepEqual(
      data.settings.map(({ name }: { name: string }) => name),
      Object.keys(providers.find(({ type }) => type === 'conversation.openai')?.settings ?? {}),
    )
    assert.deepEqual([data.settings[0].required, data.settings[0].secret], [true, true])
  })

  for (const [words, message] of [
    [['explain', 'opnai'], /Unknown component type "opnai": did you mean openai\?/],
    [['explain', 'state.redis'], /it must be one of echo, openai/],
    [['explain'], /list, or explain and a type/],
  ] as const) {
    it(`exits with 2 for "${words.join(' ')}"`, async () => {
      const { code, stdout, stderr } = await run(['components', ...words])
      assert.match(stderr, message)
      assert.deepEqual([code, stdout], [2, ''])
    })
  }
})
