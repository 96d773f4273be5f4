import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testFiles } from './test.ts'

test('without words all test files are run, this one among them', () => {
  assert.ok(testFiles([]).includes('tools/test.test.ts'))
})

test('with words only the files whose path contains one of them are run', () => {
  assert.deepEqual(testFiles(['tools/test.test', 'tools/check-repository']), [
    'tools/check-repository.test.ts',
    'tools/test.test.ts',
  ])
})

test('a word that no path contains gives no files', () => {
  assert.deepEqual(testFiles(['no-such-file']), [])
})
