import assert from 'node:assert/strict'
import { test } from 'node:test'
import { publishedExports, publishedProgram } from './build.ts'

test('every entry of a published manifest names its declarations and its JavaScript', () => {
  assert.deepEqual(publishedExports({ '.': './src/index.ts', './testing': './testing/index.ts' }), {
    '.': { types: './src/index.d.ts', default: './src/index.js' },
    './testing': { types: './testing/index.d.ts', default: './testing/index.js' },
  })
})

test('a published program imports compiled files, and nothing else in it changes', () => {
  assert.equal(
    publishedProgram(`import { a } from "./a.ts"\nawait import('../src/main.ts') // 'main.ts' of npm:x.ts`),
    `import { a } from "./a.js"\nawait import('../src/main.js') // 'main.ts' of npm:x.ts`,
  )
})
