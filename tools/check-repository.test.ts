import assert from 'node:assert/strict'
import { test } from 'node:test'
import { problemsOf } from './check-repository.ts'

// The forbidden words are put together here, so that this file does not break the rules it tests.
const rows: readonly { name: string; path: string; text: string; problems: number }[] = [
  { name: 'a path of one machine', path: 'docs/a.md', text: `see ${'/wo'}rk/main/a.ts`, problems: 1 },
  { name: 'a path below the temporary folder', path: 'tools/a.ts', text: `const a = '${'/tm'}p/x'`, problems: 1 },
  {
    name: 'a temporary path in a test that uses tmpdir()',
    path: 'tools/a.test.ts',
    text: `tmpdir()\n'${'/tm'}p/x'`,
    problems: 0,
  },
  { name: 'a folder whose name only ends alike', path: 'docs/a.md', text: `docs${'/wo'}rk/main`, problems: 0 },
  { name: 'a note about unfinished work', path: 'a.ts', text: `// ${'TO'}DO later`, problems: 1 },
  { name: 'a test that hides others', path: 'a.test.ts', text: `test${'.on'}ly('x', () => {})`, problems: 1 },
  {
    name: 'a registry in the lockfile',
    path: 'package-lock.json',
    text: '"resolved": "https://example.com/a.tgz"',
    problems: 1,
  },
  { name: 'a workspace in the lockfile', path: 'package-lock.json', text: '"resolved": "packages/cli"', problems: 0 },
  { name: 'a loose version', path: 'packages/a/package.json', text: '{"dependencies":{"a":"^1.0.0"}}', problems: 1 },
  { name: 'an exact version', path: 'package.json', text: '{"devDependencies":{"a":"1.0.0-rc.1"}}', problems: 0 },
  { name: 'a loose version of a peer', path: 'package.json', text: '{"peerDependencies":{"a":">=1"}}', problems: 0 },
]

for (const { name, path, text, problems } of rows) {
  test(`${name} gives ${problems === 0 ? 'no problem' : 'a problem'}`, () => {
    assert.equal(problemsOf(path, text).length, problems)
  })
}

test('a problem names the file and the line', () => {
  assert.match(problemsOf('docs/a.md', `one\ntwo ${'FIX'}ME`).join(), /^docs\/a\.md:2: /)
})
