import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { checkSnippets, type RunningSidecar } from './check-snippets.ts'
import { type Snippet, snippetsOf } from './snippets.ts'

const page = [
  'Text',
  '```ts',
  'const a = 1',
  '```',
  '',
  '- a list',
  '',
  '  <!-- run -->',
  '',
  '  ~~~bash',
  '  echo one',
  '    echo two',
  '  ~~~',
  '````text',
  '```ts',
  'inside',
  '```',
  '````',
].join('\n')

test('the blocks of a page are found with their line, language and mark', () => {
  assert.deepEqual(snippetsOf('a.md', page), [
    { page: 'a.md', line: 3, language: 'ts', run: false, code: 'const a = 1\n' },
    { page: 'a.md', line: 11, language: 'bash', run: true, code: 'echo one\n  echo two\n' },
    { page: 'a.md', line: 15, language: 'text', run: false, code: '```ts\ninside\n```\n' },
  ])
})

test('a block may say why it is not run', () => {
  const [block] = snippetsOf('a.md', '<!-- not run: it needs a key -->\n\n```sh\ncurl x\n```\n')
  assert.deepEqual([block?.run, block?.notRun], [false, 'it needs a key'])
})

function snippet(language: string, code: string, run = false): Snippet {
  return { page: 'docs/a.md', line: 7, language, run, code: `${code}\n` }
}

/** Stands in for a sidecar where the question is only how snippets are run. */
async function answering(): Promise<RunningSidecar> {
  const server = createServer((_request, response) => response.end('pong'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()))
  return { http: `http://127.0.0.1:${port}`, grpc: `127.0.0.1:${port}`, metrics: `http://127.0.0.1:${port}`, close }
}

const wrong: readonly { name: string; snippet: Snippet; says: RegExp }[] = [
  { name: 'a type error', snippet: snippet('ts', "const a: number = 'x'"), says: /^docs\/a\.md:7:7: error TS2322/ },
  { name: 'broken YAML', snippet: snippet('yaml', 'a: [1'), says: /^docs\/a\.md:7: is not valid YAML/ },
  { name: 'broken JSON', snippet: snippet('json', '{a: 1}'), says: /^docs\/a\.md:7: is not valid JSON/ },
  { name: 'broken shell', snippet: snippet('sh', 'if true; then'), says: /^docs\/a\.md:7: is not valid shell/ },
  {
    name: 'a failing run',
    snippet: snippet('sh', 'false; true', true),
    says: /^docs\/a\.md:7: ended with exit code 1/,
  },
  {
    name: 'a throwing run',
    snippet: snippet('ts', "throw new Error('no')", true),
    says: /^docs\/a\.md:7: ended with exit code 1:.*Error: no/s,
  },
]

for (const row of wrong) {
  test(`${row.name} is a problem`, async () => {
    const { problems } = await checkSnippets([row.snippet], answering)
    assert.equal(problems.length, 1, problems.join('\n'))
    assert.match(problems[0] ?? '', row.says)
  })
}

test('shell that nobody runs must call what is there, or say why it is not run', async () => {
  const { problems } = await checkSnippets([snippet('sh', 'npx dapr-chat ask --componnt echo hello')], answering)
  assert.equal(problems.length, 1)
  assert.match(problems[0] ?? '', /docs\/a\.md:7: dapr-chat ask: .*componnt/)
})

test('what is right is compiled, parsed and run, the default port standing for the real one', async () => {
  const call = `const answer = await fetch('http://localhost:3500/ping')
if ((await answer.text()) !== 'pong') throw new Error('no pong')
if (!answer.url.includes(\`:\${process.env.DAPR_HTTP_PORT}/\`)) throw new Error('another port')`
  const report = await checkSnippets(
    [
      snippet('ts', call, true),
      { ...snippet('sh', 'test -n "$DAPR_GRPC_PORT"', true), line: 20 },
      snippet('yaml', 'a: 1\n---\nb: 2'),
      snippet('json', '{"a": 1}'),
      { ...snippet('sh', 'no-such-program --flag'), notRun: 'there is none' },
      snippet('sh', 'npx dapr-chat serve'),
      snippet('text', 'anything { goes'),
    ],
    answering,
  )
  assert.deepEqual(report, { compiled: 1, run: 2, parsed: 5, skipped: [], problems: [] })
})
