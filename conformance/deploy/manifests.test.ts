import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { VERSION } from '@dapr-chat/sidecar'
import { startSidecar } from '@dapr-chat/sidecar/testing'
import { repositoryRoot } from '../../tools/repository.ts'
import { bytesOf, componentFiles, manifestProblems, type Resource, resourcesOf } from './manifests.ts'

const folder = join(repositoryRoot, 'deploy/kubernetes')
const files = ['sidecar.yaml', 'dapr-app.yaml'] as const
const textOf = (file: string) => readFileSync(join(folder, file), 'utf8')

for (const file of files) {
  test(`${file} keeps the rules of a manifest`, () => {
    assert.deepEqual(manifestProblems(resourcesOf(textOf(file)), VERSION), [])
  })

  test(`the components of ${file} are loaded by the sidecar`, async () => {
    const components = componentFiles(resourcesOf(textOf(file)))
    const environment = { OPENAI_API_KEY: 'sk-of-the-test' }
    await using sidecar = await startSidecar([], { environment }, components)
    const loaded = sidecar.sidecar.components.map(({ name, state }) => `${name}.yaml ${state}`)
    assert.deepEqual(
      loaded.sort(),
      Object.keys(components)
        .sort()
        .map((name) => `${name} ready`),
    )
  })
}

test('the sidecar starts before the app and ends after it', () => {
  const [pod] = resourcesOf(textOf('sidecar.yaml')).flatMap(({ spec }) => spec?.template?.spec ?? [])
  assert.deepEqual(
    pod?.initContainers?.map(({ name, restartPolicy }) => [name, restartPolicy]),
    [['dapr-chat', 'Always']],
  )
  const [own] = pod?.initContainers ?? []
  const token = (variables: typeof own) => variables?.env?.find(({ name }) => name === 'DAPR_API_TOKEN')
  assert.deepEqual(token(pod?.containers[0]), token(own))
})

test('as a Dapr application there are several replicas, a budget for disruptions, and a state component', () => {
  const resources = resourcesOf(textOf('dapr-app.yaml'))
  assert.deepEqual(
    resources.map(({ kind }) => kind),
    ['ConfigMap', 'Deployment', 'PodDisruptionBudget', 'Component'],
  )
  assert.ok((resources[1]?.spec?.replicas ?? 0) > 1)
})

/** One change to a manifest that must not pass. */
const broken: readonly [change: string, from: string | RegExp, to: string, problem: RegExp][] = [
  ['a flag that does not exist', '--log-format=json', '--log-fromat=json', /log-fromat/],
  ['a flag that has no effect', '--log-format=json', '--enable-mtls', /--enable-mtls/],
  ['another port', 'containerPort: 3510', 'containerPort: 3500', /the port http must be 3510/],
  ['a port of daprd', /3510/g, '3500', /ports of daprd must be left to it: 3500/],
  ['another probe', 'path: /v1.0/healthz\n', 'path: /health\n', /must be a health route/],
  [
    'loopback',
    '--dapr-listen-addresses=0.0.0.0',
    '--dapr-listen-addresses=127.0.0.1',
    /the address must be 0\.0\.0\.0/,
  ],
  ['too little time to end', 'Seconds: 60', 'Seconds: 45', /must be more than 47/],
  [
    'a token in the manifest',
    /valueFrom:\n\s+secretKeyRef:\n\s+name: \S+\n\s+key: token/,
    'value: abc',
    /from a secret/,
  ],
  ['a token under another key', 'key: token', 'key: secret', /must be token/],
  ['another version', 'dapr-chat:0.1.0', 'dapr-chat:latest', /of version/],
  ['a ConfigMap that is not there', 'name: llm-components\ndata', 'name: others\ndata', /must be a ConfigMap/],
  ['a state component that is not there', '--store-dapr-state=conversations', '--store-dapr-state=others', /"others"/],
  [
    'a state component of other apps',
    'scopes: [llm, my-app]',
    'scopes: [my-app]',
    /scopes of "conversations" must have/,
  ],
  ['too small a volume', 'sizeLimit: 2Gi', 'sizeLimit: 1Gi', /\/data must hold/],
  ['a root file system to write to', 'readOnlyRootFilesystem: true', 'readOnlyRootFilesystem: false', /read only/],
]
for (const [change, from, to, problem] of broken) {
  test(`the rules find ${change}`, () => {
    const text = textOf('dapr-app.yaml')
    const changed = text.replace(from, to)
    assert.notEqual(changed, text)
    assert.match(problemsOf(resourcesOf(changed)), problem)
  })
}

test('the rules find a secret', () => {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys' } }
  assert.match(problemsOf([...resourcesOf(textOf('sidecar.yaml')), secret]), /must hold no secret/)
})

test('quantities are read as Kubernetes means them', () => {
  assert.deepEqual(['10', '2k', '1Ki', '2Gi', '3M'].map(bytesOf), [10, 0, 1024, 2 * 1024 ** 3, 3_000_000])
})

/** A flag that cannot be read ends the look at a manifest. */
function problemsOf(resources: readonly Resource[]): string {
  try {
    return manifestProblems(resources, VERSION).join('\n')
  } catch (error) {
    return String(error)
  }
}
