/**
 * The schemas for editors: every YAML file of the repository, and every block of YAML in its documents, that is a resource of
 * Dapr fits the schema of its kind; what the readers refuse or pass over is refused; and the first line of a file, which
 * names a schema, leads to it.
 */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { Ajv } from 'ajv'
import { parseAllDocuments } from 'yaml'
import { schemas } from './generate-docs.ts'
import { repositoryFiles, repositoryRoot } from './repository.ts'
import { snippetsOf } from './snippets.ts'

const ajv = new Ajv({ strict: false, allErrors: true })
const validators = Object.fromEntries(
  Object.entries(schemas).map(([name, schema]) => [name, ajv.compile(schema)] as const),
)

/** The schema of a kind of resource; none where it is no resource of ours. */
function validatorOf(document: unknown) {
  const { kind } = (document ?? {}) as { kind?: unknown }
  return typeof kind === 'string' ? validators[kind.toLowerCase()] : undefined
}

/** Every text of YAML, with the place where it stands. */
function texts(): readonly (readonly [place: string, text: string])[] {
  const read = (path: string) => readFileSync(join(repositoryRoot, path), 'utf8')
  const files = repositoryFiles(['**/*.yaml', '**/*.yml']).filter((path) => !path.includes('/templates/'))
  const pages = repositoryFiles(['README.md', 'CONTRIBUTING.md', 'docs/**/*.md', 'examples/**/*.md'])
  const blocks = pages.flatMap((page) => snippetsOf(page, read(page)).filter(({ language }) => language === 'yaml'))
  return [
    ...files.map((path) => [path, read(path)] as const),
    ...blocks.map(({ page, line, code }) => [`${page}:${line}`, code] as const),
  ]
}

test('every resource of Dapr in files and documents fits the schema of its kind', () => {
  const seen = new Set<unknown>()
  for (const [place, text] of texts()) {
    for (const document of parseAllDocuments(text)) {
      const resource: unknown = document.toJS()
      const validate = validatorOf(resource)
      if (validate === undefined) continue
      assert.ok(validate(resource), `${place}: ${JSON.stringify(validate.errors, null, 2)}`)
      seen.add((resource as { kind: unknown }).kind)
    }
  }
  assert.deepEqual([...seen].sort(), ['Component', 'Configuration', 'Resiliency'])
})

test('the first line of every component file in components/ and examples/ names the schema of its kind', () => {
  const files = repositoryFiles(['components/*.yaml', 'examples/**/*.yaml'])
  let named = 0
  for (const file of files) {
    const text = readFileSync(join(repositoryRoot, file), 'utf8')
    const [, schema] = /^# yaml-language-server: \$schema=(\S+)$/m.exec(text.split('\n')[0] ?? '') ?? []
    const [resource] = parseAllDocuments(text)
    const { kind } = (resource?.toJS() ?? {}) as { kind?: string }
    if (validatorOf({ kind }) === undefined) continue
    assert.ok(schema, `${file} must begin with "# yaml-language-server: $schema=..."`)
    const path = join(repositoryRoot, dirname(file), schema)
    assert.ok(existsSync(path), `${file}: ${schema}`)
    assert.equal(path, join(repositoryRoot, `docs/schemas/${kind?.toLowerCase()}.json`), file)
    named++
  }
  assert.ok(named > 3)
})

const resiliency = (spec: object) => ({
  apiVersion: 'dapr.io/v1alpha1',
  kind: 'Resiliency',
  metadata: { name: 'r' },
  spec,
})
const configuration = (spec: object) => ({ ...resiliency(spec), kind: 'Configuration' })
const store = (type: string, metadata: readonly object[]) => ({
  apiVersion: 'dapr.io/v1alpha1',
  kind: 'Component',
  metadata: { name: 'secrets' },
  spec: { type, version: 'v1', metadata },
})

const accepted: Readonly<Record<string, unknown>> = {
  'a resiliency with nothing in it': resiliency({}),
  'durations in words, and as milliseconds': resiliency({ policies: { timeouts: { a: '1m30s', b: 500, c: '500' } } }),
  'a target of another part of Dapr': resiliency({ targets: { apps: { mine: { retry: 'x' } } } }),
  'sections of other parts of Dapr': configuration({ mtls: { enabled: true }, httpPipeline: { handlers: [] } }),
  'a sampling rate as text, as Dapr writes it': configuration({ tracing: { samplingRate: '1' } }),
  'a secret store': store('secretstores.local.file', [{ name: 'secretsFile', value: './secrets.json' }]),
  'a secret store without settings': store('secretstores.local.env', []),
}
for (const [name, document] of Object.entries(accepted)) {
  test(`the schemas take ${name}`, () => {
    const validate = validatorOf(document)
    assert.ok(validate?.(document), JSON.stringify(validate?.errors))
  })
}

const refused: Readonly<Record<string, unknown>> = {
  'a misspelt policy': resiliency({ policies: { retries: { a: { maxRetry: 3 } } } }),
  'a retry that is neither constant nor exponential': resiliency({
    policies: { retries: { a: { policy: 'linear' } } },
  }),
  'a duration that is none': resiliency({ policies: { timeouts: { a: 'soon' } } }),
  'a target without its direction': resiliency({ targets: { components: { gpt: { retry: 'a' } } } }),
  'a rule without a name': configuration({ api: { allowed: [{ version: 'v1' }] } }),
  'a protocol that there is not': configuration({ api: { denied: [{ name: 'shutdown', protocol: 'ftp' }] } }),
  'a flag in quotes': configuration({ logging: { apiLogging: { enabled: 'yes' } } }),
  'a misspelt section of tracing': configuration({ tracing: { otlp: {} } }),
  'a setting that a secret store does not have': store('secretstores.local.file', [{ name: 'file', value: 'x' }]),
}
for (const [name, document] of Object.entries(refused)) {
  test(`the schemas refuse ${name}`, () => assert.equal(validatorOf(document)?.(document), false))
}
