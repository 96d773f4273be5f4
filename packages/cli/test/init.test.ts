import assert from 'node:assert/strict'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { type CheckedFolders, checkFolders, providers } from '@dapr-chat/sidecar'
import { folder, run } from './command.ts'

/** All variables that the files may ask for; none of the values may stand in a file. */
const keys = Object.fromEntries(
  ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'GOOGLE_API_KEY', 'MISTRAL_API_KEY', 'DEEPSEEK_API_KEY', 'HF_TOKEN']
    .concat(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION'])
    .map((name) => [name, `value-of-${name}`]),
)

async function checked(path: string): Promise<CheckedFolders> {
  return checkFolders({ folders: [path], appId: 'a', environment: keys, againstDapr: true })
}

describe('dapr-chat init', () => {
  it('writes for every provider a file that this sidecar and a daprd take, without its key', async () => {
    await using place = await folder()
    for (const { type } of providers) {
      const words = ['init', type.replace('conversation.', ''), '--folder', 'c']
      const { code, stderr } = await run(words, { cwd: place.path, env: keys })
      assert.deepEqual([code, stderr], [0, ''])
    }
    const { components, findings } = await checked(join(place.path, 'c'))
    assert.deepEqual(findings, [])
    assert.deepEqual(components.map(({ type }) => type).toSorted(), providers.map(({ type }) => type).toSorted())
    assert.ok(components.every(({ state }) => state === 'ready'))
    for (const name of await readdir(join(place.path, 'c'))) {
      const text = await readFile(join(place.path, 'c', name), 'utf8')
      assert.doesNotMatch(text, /value-of/)
      if (name.endsWith('.yaml')) assert.match(text, /^# yaml-language-server: \$schema=\.\/\.component-schema\.json\n/)
      else assert.match(JSON.parse(text).title, /component of Dapr/)
    }
  })

  it('names the next steps, and the key that is missing', async () => {
    await using place = await folder()
    const { stdout } = await run(['init', 'openai'], { cwd: place.path })
    assert.match(stdout, /^wrote components\/openai\.yaml\nnext:\n {2}Set OPENAI_API_KEY in the shell/)
    const [, , , ...commands] = stdout.trimEnd().split('\n')
    assert.deepEqual(commands, [
      '  npx dapr-chat config check',
      '  npx dapr-chat serve',
      '    Where one is running, start it again: a key is read when the sidecar starts.',
      '  npx dapr-chat chat --component openai',
    ])
    const elsewhere = await run(['init', 'echo', '--folder', 'my files'], { cwd: place.path })
    assert.deepEqual(elsewhere.stdout.trimEnd().split('\n').slice(2), [
      "  npx dapr-chat config check 'my files'",
      "  npx dapr-chat serve --resources-path 'my files'",
      '  npx dapr-chat chat --component echo',
    ])
    assert.match(
      await readFile(join(place.path, 'components/openai.yaml'), 'utf8'),
      /^# All settings: npx dapr-chat components explain openai$/m,
    )
    const known = await run(['init', 'openai', '--name', 'gpt'], { cwd: place.path, env: keys })
    assert.doesNotMatch(known.stdout, /OPENAI_API_KEY/)
  })

  it('takes the key from a secret store', async () => {
    await using place = await folder()
    const store = 'apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: { name: vault }\nspec:\n'
    const { stdout } = await run(['init', 'mistral', '--secret-store', 'vault'], { cwd: place.path })
    assert.match(stdout, /Put MISTRAL_API_KEY into the secret store "vault"/)
    await writeFile(
      join(place.path, 'components', 'vault.yaml'),
      `${store}  type: secretstores.local.env\n  version: v1\n`,
    )
    const { components, findings } = await checked(join(place.path, 'components'))
    assert.deepEqual(findings, [])
    assert.deepEqual(
      components.map(({ name, state }) => [name, state]),
      [
        ['vault', 'ready'],
        ['mistral', 'ready'],
      ],
    )
  })

  it('replaces nothing without --force', async () => {
    await using place = await folder({ 'components/echo.yaml': 'mine' })
    const file = join(place.path, 'components/echo.yaml')
    const { code, stderr } = await run(['init', 'echo'], { cwd: place.path })
    assert.equal(code, 2)
    assert.match(stderr, /Cannot write components\/echo\.yaml: it is there already; --force replaces it/)
    assert.equal(await readFile(file, 'utf8'), 'mine')
    assert.equal((await run(['init', 'echo', '--force'], { cwd: place.path })).code, 0)
    assert.match(await readFile(file, 'utf8'), /conversation\.echo/)
  })

  it('exits with 2 for what it cannot write', async () => {
    await using place = await folder()
    for (const [words, message] of [
      [[], /one type must be named/],
      [['opnai'], /did you mean openai\?/],
      [['openai', '--name', '../x'], /Cannot use --name/],
    ] as const) {
      const { code, stderr } = await run(['init', ...words], { cwd: place.path })
      assert.match(stderr, message)
      assert.equal(code, 2)
    }
    assert.deepEqual(await readdir(place.path), [])
  })
})
