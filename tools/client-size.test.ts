/** That the client stays small where it can, and that docs/runtimes.md says how large it is. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { importedNames, measureBundle, measuredImports, sizesPage } from './client-size.ts'

/** How far a figure of the page may be from the measure before it has to be written anew. */
const TOLERANCE = 0.03

/** What has a subpath of its own, or is only for servers. */
const notInCore = /node_modules\/(?:@grpc|yaml|@huggingface|@opentelemetry|@langchain|@ai-sdk|@modelcontextprotocol)\//

const transport =
  /node_modules\/@bufbuild\/|packages\/protocol\/src\/(?:dapr|openai|sse)\/|packages\/client\/src\/transport\//

for (const names of Object.values(measuredImports)) {
  test(`the page says how large ${names.join(', ')} is`, async () => {
    const row = readFileSync(sizesPage, 'utf8')
      .split('\n')
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .find(([, imported]) => imported === importedNames(names))
    const { bytes, gzipBytes } = await measureBundle(names)
    for (const [index, measured] of [bytes, gzipBytes].entries()) {
      const stated = Number.parseFloat(row?.[index + 2] ?? '') * 1_000
      const message = `docs/runtimes.md must say ${measured} bytes: npm run client-size -- --report writes it: current value is ${stated}`
      // The page rounds to a tenth of a kilobyte.
      assert.ok(Math.abs(stated - measured) <= measured * TOLERANCE + 50, message)
    }
  })
}

test('the client brings nothing along that has a subpath of its own, and imports nothing when it runs', async () => {
  const { files, imports } = await measureBundle(measuredImports.everyday)
  assert.deepEqual(
    [...files.keys()].filter((file) => notInCore.test(file)),
    [],
  )
  assert.deepEqual(imports, [])
})

test('what needs no sidecar brings no transport along', async () => {
  for (const names of [
    ['tool'],
    ['approxTokens'],
    ['jsonSchema'],
    ['formatMetrics'],
    ['object', 'choice'],
    ['typewriter'],
  ]) {
    const { files } = await measureBundle(names)
    assert.ok(files.size > 0, `${names} must be in the bundle`)
    assert.deepEqual(
      [...files.keys()].filter((file) => transport.test(file)),
      [],
      `${names} alone`,
    )
  }
  const { files } = await measureBundle(measuredImports.client)
  assert.ok(
    [...files.keys()].some((file) => transport.test(file)),
    'the client has a transport',
  )
})
