import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSidecar } from '../../sidecar.ts'
import { openApi } from './openapi.ts'

const references = (value: unknown): string[] =>
  [...JSON.stringify(value).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name ?? '')

test('every schema that the description refers to is in it', () => {
  const { schemas } = openApi.components
  const names = references(openApi)
  assert.ok(names.length > 10)
  for (const name of names) assert.ok(name in schemas, name)
})

test('64-bit counts are strings and 32-bit ones numbers, as protojson writes them', () => {
  const { schemas } = openApi.components
  const properties = (name: string) =>
    (schemas as Record<string, { properties?: Record<string, unknown> }>)[name]?.properties
  assert.deepEqual(properties('ConversationResultChoices')?.index, { type: 'string', pattern: '^-?\\d+$' })
  assert.deepEqual(properties('ConversationRequestAlpha2')?.temperature, { type: 'number' })
})

test('every path of the description is a route of the sidecar, with the methods it names', async () => {
  const sidecar = await createSidecar({ httpPort: 0, grpcPort: 0, metricsPort: 0, logLevel: 'fatal' })
  const { http } = await sidecar.listen()
  try {
    for (const [path, methods] of Object.entries(openApi.paths)) {
      if (path === '/v1.0/shutdown') continue
      for (const method of Object.keys(methods)) {
        const url = `${http}${path.replaceAll(/\{\w+\}/g, 'x')}`
        const response = await fetch(url, { method: method.toUpperCase(), ...(method === 'get' ? {} : { body: '{}' }) })
        // A stream that answered has a route, and this one has no end.
        if (response.headers.get('content-type')?.startsWith('text/event-stream')) await response.body?.cancel()
        else assert.ok(!(await response.text()).includes('ERR_DIRECT_INVOKE'), `${method} ${path}`)
      }
    }
    const served: unknown = await (await fetch(`${http}/openapi.json`)).json()
    assert.deepEqual(served, JSON.parse(JSON.stringify(openApi)))
  } finally {
    await sidecar.close()
  }
})
