import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listingProblems, publishedFiles } from './published-files.ts'

const files = [
  'README.md',
  'bin/run.js',
  'src/index.ts',
  'src/index.test.ts',
  'src/gen/a_pb.d.ts',
  'src/gen/a_pb.js',
  'src/store/migrations/001-first.sql',
  'src/testdata/answer.json',
  'testing/index.ts',
  'testing/fixtures/a.ts',
  'test/story.test.ts',
  'testdata/a.json',
]

const published = (entries: readonly string[]) => publishedFiles(files, entries).flatMap((file) => file.files)

test('a package holds its sources compiled, what they read, and no tests', () => {
  assert.deepEqual(published(['./src/index.ts']), [
    'bin/run.js',
    'src/index.js',
    'src/index.d.ts',
    'src/gen/a_pb.d.ts',
    'src/gen/a_pb.js',
    'src/store/migrations/001-first.sql',
  ])
})

test('what tests need is published where the manifest exports it', () => {
  assert.deepEqual(published(['./src/index.ts', './testing/index.ts']).slice(-2), [
    'testing/index.js',
    'testing/index.d.ts',
  ])
})

test('a listing is compared file by file', () => {
  assert.deepEqual(listingProblems(['a', 'b'], ['b', 'a']), [])
  assert.deepEqual(listingProblems(['a', 'c'], ['a', 'b']), [
    'the package must contain b',
    'the package must not contain c',
  ])
})
