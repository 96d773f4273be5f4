import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { echoYaml, folder, run } from './command.ts'

function openaiYaml(name: string, metadata: readonly string[]): string {
  const lines = ['apiVersion: dapr.io/v1alpha1', 'kind: Component', `metadata: { name: ${name} }`, 'spec:']
  return [...lines, '  type: conversation.openai', '  version: v1', '  metadata:', ...metadata, ''].join('\n')
}

/** Checks the folder `c` of these files, and gives back the code and the report as data. */
async function check(files: Readonly<Record<string, string>>, flags: readonly string[] = [], env = {}) {
  const inside = Object.fromEntries(Object.entries(files).map(([name, text]) => [`c/${name}`, text]))
  await using place = await folder(inside)
  const { code, stdout, stderr } = await run(['config', 'check', 'c', '--json', ...flags], { cwd: place.path, env })
  assert.equal(stderr, '')
  const report: { ok: boolean; components: object[]; findings: { severity: string; message: string }[] } =
    JSON.parse(stdout)
  assert.equal(report.ok, code === 0)
  return { code, ...report }
}

describe('dapr-chat config check', () => {
  it('finds nothing where everything is well', async () => {
    const { code, components, findings } = await check({ 'echo.yaml': echoYaml('echo') })
    assert.deepEqual([code, findings], [0, []])
    assert.deepEqual(components, [{ name: 'echo', type: 'conversation.echo', state: 'ready' }])
  })

  it('reports every problem at once, each with its file and line', async () => {
    const { code, findings } = await check({
      'a.yaml': openaiYaml('a', ['    - { name: modle, value: x }']),
      'b.yaml': 'apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: { name: [ }\n',
      'c.yaml': echoYaml('twin'),
      'd.yaml': echoYaml('twin'),
      'e.yaml': echoYaml('e').replace('conversation.echo', 'conversation.eco'),
      'f.yaml': 'apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: { name: r }\nspec: [\n',
    })
    assert.equal(code, 2)
    const errors = findings.filter(({ severity }) => severity === 'error')
    assert.deepEqual(
      errors.map((finding) => `${'file' in finding && finding.file}`).toSorted(),
      ['a', 'b', 'd', 'e', 'f'].map((name) => `c/${name}.yaml`),
    )
    assert.ok(findings.every((finding) => 'line' in finding && Number(finding.line) > 0))
    const all = findings.map(({ message }) => message).join('\n')
    assert.match(all, /metadata "key" must be set/)
    assert.match(all, /metadata "modle" is unknown and has no effect; did you mean "model"\?/)
    assert.match(all, /duplicate definition of Component name twin .*c\/d\.yaml:4 and c\/c\.yaml:4/)
    assert.match(all, /did you mean conversation\.echo\?/)
  })

  it('warns of what can be used and is hardly meant', async () => {
    const secret = 'secretKeyRef: { name: NO_SUCH_SECRET, key: NO_SUCH_SECRET }'
    const { code, findings } = await check({
      'alias.yaml': openaiYaml('alias', ['    - { name: apiKey, value: k }', '    - { name: zzz, value: 1 }']),
      'secret.yaml': `${openaiYaml('secret', ['    - { name: key, value: k }', `    - { name: model, ${secret} }`])}auth: { secretStore: store }\n`,
      'store.yaml': echoYaml('store').replace('conversation.echo', 'secretstores.local.env'),
      'unset.yaml': openaiYaml('unset', [`    - { name: key, value: "\${NO_SUCH_VARIABLE}" }`]),
      'other.yaml': `${openaiYaml('other', [`    - { name: key, ${secret} }`])}auth: { secretStore: nowhere }\n`,
    })
    assert.equal(code, 0)
    assert.deepEqual([...new Set(findings.map(({ severity }) => severity))], ['warning'])
    const all = findings.map((finding) => `${finding.message} ${'fix' in finding && finding.fix}`).join('\n')
    assert.match(all, /metadata "apiKey" is taken as "key".*\(c\/alias\.yaml:8\)/)
    assert.match(all, /metadata "zzz" is unknown and has no effect \(c\/alias\.yaml:9\) remove it; the names are: key,/)
    assert.match(all, /secretKeyRef of metadata "model" \(store "store"\).*NO_SUCH_SECRET/)
    assert.match(
      all,
      /unset skipped: NO_SUCH_VARIABLE is not set \(c\/unset\.yaml:8\) set NO_SUCH_VARIABLE in the shell/,
    )
    assert.match(all, /other skipped: its secret store "nowhere" is not loaded .* add a secret store named "nowhere"/)
  })

  it('adds with --against dapr what a daprd reads otherwise', async () => {
    const files = {
      'a.yaml': openaiYaml('a', ['    - { name: apiKey, value: k }', '    - { name: history, value: true }']),
      'b.yaml': openaiYaml('b', [`    - { name: key, value: "\${KEY:-k}" } # \${NOT_THIS}`]),
    }
    assert.equal((await check(files)).code, 0)
    const { code, findings } = await check(files, ['--against', 'dapr'])
    assert.equal(code, 2)
    const sentences = findings.map((finding) => `${finding.severity} ${finding.message}`)
    assert.equal(sentences.length, 3)
    assert.match(sentences.join('\n'), /error a: metadata "apiKey" is taken as "key"/)
    assert.match(sentences.join('\n'), /warning a: metadata "history" has no effect in daprd/)
    assert.match(sentences.join('\n'), /error b: metadata "key" must be written without \$\{KEY:-k\}.*c\/b\.yaml:8/)
  })

  it('takes a file that only daprd could be given as it is', async () => {
    const file = openaiYaml('a', ['    - { name: key, envRef: A_KEY }', '    - { name: cacheTTL, value: 10m }'])
    const { code, findings } = await check({ 'a.yaml': file }, ['--against=dapr'], { A_KEY: 'sk-secret' })
    assert.deepEqual([code, findings], [0, []])
  })

  it('shows no secret, and says the same as text', async () => {
    await using place = await folder({
      'components/a.yaml': openaiYaml('a', [
        `    - { name: key, value: "\${A_KEY}" }`,
        '    - { name: history, value: true }',
      ]),
    })
    const options = { cwd: place.path, env: { A_KEY: 'sk-secret' } }
    const { code, stdout } = await run(['config', 'check', '--against', 'dapr'], options)
    assert.equal(code, 2)
    assert.match(stdout, /^error {4}a: metadata "key" must .*\n {9}fix: write "envRef: A_KEY"/m)
    assert.match(stdout, /^a \(conversation\.openai\): ready\n1 error, 1 warning\n$/m)
    assert.doesNotMatch(stdout, /sk-secret/)
  })

  it('exits with 2 for what it cannot do', async () => {
    await using place = await folder()
    for (const [words, message] of [
      [[], /must be check/],
      [['check'], /a folder must be named/],
      [['check', '.', '--against', 'envoy'], /--against: it must be one of dapr/],
    ] as const) {
      const { code, stderr } = await run(['config', ...words], { cwd: place.path })
      assert.match(stderr, message)
      assert.equal(code, 2)
    }
    const { code, stdout } = await run(['config', 'check', 'nowhere'], { cwd: place.path })
    assert.equal(code, 2)
    assert.match(stdout, /^error +Cannot load components from "nowhere"/)
  })
})
