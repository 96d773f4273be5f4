/**
 * The client in Node, Bun, Deno and Chromium, against the real sidecar. Node is always there; `npm run conformance:runtimes`
 * installs Bun and Deno, and a test run installs nothing.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runtimes } from './runtimes/runtimes.ts'

for (const { name, find, missing, run } of runtimes) {
  const executable = find()

  test(`the client runs in ${name}`, { skip: executable === undefined && missing }, async (t) => {
    const outcomes = await run(executable ?? '')
    assert.ok(outcomes.length > 0, 'the program must run its cases')
    for (const { name: each, passed, detail } of outcomes) await t.test(each, () => assert.ok(passed, detail))
  })
}
