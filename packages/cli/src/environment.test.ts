import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { loadEnvironment } from './environment.ts'

describe('loadEnvironment()', () => {
  let folder = ''
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dapr-chat-env-'))
  })
  after(() => rm(folder, { recursive: true }))

  it('is the shell alone where there is no file', async () => {
    const shell = { A: '1' }
    assert.deepEqual(await loadEnvironment(shell, folder), { variables: shell, loaded: undefined, overridden: 0 })
  })

  it('adds the variables of the file, and lets the shell win', async () => {
    await writeFile(
      join(folder, '.env'),
      'FOO=bar # c\nexport E=1\nURL=https://x/?a=b=c\n\n# nothing\nQ="two words"\nSET=file\nEMPTY=file\n',
    )
    const { variables, loaded, overridden } = await loadEnvironment({ SET: 'shell', EMPTY: '' }, folder)
    assert.deepEqual(variables, {
      FOO: 'bar',
      E: '1',
      URL: 'https://x/?a=b=c',
      Q: 'two words',
      SET: 'shell',
      EMPTY: 'file',
    })
    assert.equal(loaded, 5)
    assert.equal(overridden, 1)
  })
})
