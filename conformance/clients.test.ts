/**
 * Dapr's SDKs for Python and Go, unmodified, against our sidecar. They run where `npm run conformance:clients` has installed them;
 * a test run installs nothing.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isInstalled, runProgram, sdkPrograms } from './clients/sdk-programs.ts'

for (const program of sdkPrograms) {
  const skip = !isInstalled(program) && `${program.name} is not installed: npm run conformance:clients does that`

  test(program.name, { skip }, async (t) => {
    for (const { name, passed, detail } of await runProgram(program)) {
      await t.test(name, () => assert.ok(passed, detail))
    }
  })
}
