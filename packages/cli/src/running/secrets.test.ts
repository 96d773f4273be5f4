import assert from 'node:assert/strict'
import { test } from 'node:test'
import { secretsIn } from './secrets.ts'

test('secrets are what components declare and variables are called, long ones first, line by line', () => {
  const file = {
    file: 'a',
    text: '',
    components: [],
    otherKinds: [],
    missing: [],
    problems: [],
    secrets: ['secret', 'first-line\nsecond-line'],
  }
  const folder = { folder: '.', files: [file], disabled: [], others: [] }
  const environment = { A_KEY: 'secret-and-more', MY_TOKEN: 'short', HOME: '/home/somebody', EMPTY_KEY: '' }
  assert.deepEqual(secretsIn([folder], environment), ['secret-and-more', 'second-line', 'first-line', 'secret'])
})
