import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createVirtualFileSystem } from 'typescript/unstable/fs'
import { importProblems } from './check-imports.ts'
import { readImports } from './import-graph.ts'

const root = '/repository'
const config = JSON.stringify({
  compilerOptions: { noLib: true, types: [], module: 'nodenext', noEmit: true, allowImportingTsExtensions: true },
  include: ['packages', 'tools', 'bench'],
})

function problems(files: Readonly<Record<string, string>>): string[] {
  const absolute = Object.entries(files).map(([path, text]) => [`${root}/${path}`, text])
  const tree = createVirtualFileSystem({ [`${root}/tsconfig.json`]: config, ...Object.fromEntries(absolute) })
  return importProblems(readImports(root, tree))
}

const sidecar = 'packages/sidecar/src'
const wrong: readonly { name: string; from: string; text: string }[] = [
  { name: 'the protocol imports the client', from: 'packages/protocol/src/a.ts', text: "import '@dapr-chat/client'" },
  { name: 'the client imports the sidecar', from: 'packages/client/src/a.ts', text: "import '@dapr-chat/sidecar'" },
  { name: 'the sidecar imports the client', from: `${sidecar}/a.ts`, text: "import '@dapr-chat/client/grpc'" },
  {
    name: 'a test of the sidecar imports the client',
    from: 'packages/sidecar/test/a.test.ts',
    text: "import '@dapr-chat/client'",
  },
  { name: 'the sidecar imports the command line', from: `${sidecar}/a.ts`, text: "await import('dapr-chat')" },
  {
    name: 'a relative import leaves its package',
    from: 'packages/client/src/a.ts',
    text: "import '../../protocol/src/index.ts'",
  },
  {
    name: 'a tool reaches into a package',
    from: 'tools/a.ts',
    text: "export { a } from '../packages/client/src/a.ts'",
  },
  { name: 'the server imports the protocol', from: `${sidecar}/server/a.ts`, text: "import '@dapr-chat/protocol'" },
  {
    name: 'a provider imports the pipeline',
    from: `${sidecar}/providers/x/a.ts`,
    text: "import '../../pipeline/a.ts'",
  },
  { name: 'a component imports a middleware', from: `${sidecar}/components/a.ts`, text: "import '../middleware/a.ts'" },
  {
    name: 'a type is imported in a wrong direction',
    from: `${sidecar}/pipeline/a.ts`,
    text: "import type { A } from '../api/a.ts'",
  },
  {
    name: 'a type is imported in a wrong direction in place',
    from: `${sidecar}/pipeline/a.ts`,
    text: "export type A = import('../api/a.ts').A",
  },
  {
    name: 'a file is imported dynamically in a wrong direction',
    from: `${sidecar}/server/a.ts`,
    text: "const a = await import('../api/a.ts')",
  },
  { name: 'a folder imports the composition root', from: `${sidecar}/api/a.ts`, text: "import '../sidecar.ts'" },
  { name: 'the settings import a folder', from: `${sidecar}/settings.ts`, text: "import './server/a.ts'" },
  { name: 'a folder has no rule', from: `${sidecar}/helpers/a.ts`, text: "import '../server/a.ts'" },
  { name: 'the protocol imports Node', from: 'packages/protocol/src/a.ts', text: "import 'node:fs'" },
  { name: 'the client imports Node', from: 'packages/client/src/a.ts', text: "import 'node:http'" },
  { name: 'the client imports its own gRPC part', from: 'packages/client/src/a.ts', text: "import './grpc.ts'" },
  { name: 'the page imports Node', from: 'packages/console/src/a.ts', text: "import 'node:path'" },
  { name: 'published code imports a test', from: `${sidecar}/a.ts`, text: "import './b.test.ts'" },
  { name: 'published code imports the testing folder', from: `${sidecar}/a.ts`, text: "import '../testing/a.ts'" },
]

for (const { name, from, text } of wrong) {
  test(`it is a problem that ${name}`, () => {
    const found = problems({ [from]: `// one line\n${text}\n` })
    assert.equal(found.length, 1, found.join('\n'))
    assert.ok(found[0]?.startsWith(`${from}:2: imports `), found[0])
  })
}

const right: readonly { name: string; from: string; text: string }[] = [
  {
    name: 'the client imports the protocol',
    from: 'packages/client/src/a.ts',
    text: "import '@dapr-chat/protocol/sse'",
  },
  { name: 'the command line imports the sidecar', from: 'packages/cli/src/a.ts', text: "import '@dapr-chat/sidecar'" },
  { name: 'the API imports the pipeline', from: `${sidecar}/api/dapr/a.ts`, text: "import '../../pipeline/a.ts'" },
  { name: 'a folder imports the settings', from: `${sidecar}/server/a.ts`, text: "import '../settings.ts'" },
  { name: 'the composition root imports a folder', from: `${sidecar}/sidecar.ts`, text: "import './api/a.ts'" },
  { name: 'a test imports a neighbour', from: `${sidecar}/api/a.test.ts`, text: "import '../providers/a.ts'" },
  { name: 'the client over gRPC imports Node', from: 'packages/client/src/grpc.ts', text: "import 'node:http2'" },
  { name: 'a test of the protocol imports Node', from: 'packages/protocol/src/a.test.ts', text: "import 'node:test'" },
  { name: 'the benchmark imports a tool', from: 'bench/a.ts', text: "import '../tools/a.ts'" },
  { name: 'a comment mentions an import', from: `${sidecar}/server/a.ts`, text: "// import '../api/a.ts'" },
  { name: 'a string holds an import', from: `${sidecar}/server/a.ts`, text: 'const a = `import "../api/a.ts"`' },
]

for (const { name, from, text } of right) {
  test(`it is no problem that ${name}`, () => {
    assert.deepEqual(problems({ [from]: `${text}\n` }), [])
  })
}

test('files that import each other in a circle are named in order', () => {
  const files = {
    'tools/a.ts': "import type { B } from './b.ts'",
    'tools/b.ts': "import { c } from './c.ts'",
    'tools/c.ts': "export * from './b.ts'",
  }
  assert.deepEqual(problems(files), ['files import each other in a circle: tools/b.ts -> tools/c.ts -> tools/b.ts'])
})
