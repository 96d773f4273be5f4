/** The black-box suite against our own sidecar, with a token, so that every case but the last group's applies at once. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type RunningSidecar, startSidecar } from '@dapr-chat/sidecar/testing'
import { verdictOf } from './report/suite-report.ts'
import { differences } from './suite/differences.ts'
import { groups } from './suite/groups.ts'
import { check } from './suite/run-cases.ts'

const token = 'right'
let running: RunningSidecar

before(async () => {
  running = await startSidecar(undefined, { apiToken: token })
})

after(() => running[Symbol.asyncDispose]())

for (const { title, cases } of groups) {
  describe(title, () => {
    for (const each of cases) {
      test(each.name, async () => {
        const { actual, expected } = await check({ http: running.http, grpc: running.grpc, token }, each)
        assert.deepEqual(actual, expected)
      })
    }
  })
}

const names = groups.flatMap(({ cases }) => cases.map(({ name }) => name))

test('every case of the suite has a name of its own', () => {
  assert.deepEqual(names, [...new Set(names)])
})

test('every intended difference names cases that exist', () => {
  const known = new Set(names.flatMap((name) => [name, name.replace(/, over (?:HTTP|gRPC)$/, '')]))
  for (const { cases } of differences) {
    for (const name of cases) assert.ok(known.has(name), name)
  }
})

test('a difference that is not listed, and an answer that is not expected, are not passed over', () => {
  const comparison = { group: '', name: 'nothing', over: 'HTTP', expected: 1, ours: 1, theirs: 2 } as const
  assert.equal(verdictOf({ ...comparison, right: true, same: false }), 'unlisted')
  assert.equal(verdictOf({ ...comparison, right: false, same: false }), 'wrong')
  assert.equal(verdictOf({ ...comparison, right: true, same: true }), 'same')
  const [listed = ''] = differences[0]?.cases ?? []
  assert.equal(verdictOf({ ...comparison, name: `${listed}, over HTTP`, right: true, same: false }), 'intended')
})

test('a sidecar that is not there is a difference', async () => {
  const [first] = groups[0]?.cases ?? []
  assert.ok(first)
  const { actual, expected } = await check({ http: 'http://127.0.0.1:1', grpc: '127.0.0.1:1' }, first)
  assert.notDeepEqual(actual, expected)
})
