// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are Prompty's references, which look like JavaScript's.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resolveEnvironment } from './environment-references.ts'
import { Prompt } from './prompt.ts'

const environment = { X: 'xyz', EMPTY: '' }

const resolved: readonly [value: unknown, expected: unknown][] = [
  ['${NONE:fallback}', 'fallback'],
  ['${env:NONE:def}', 'def'],
  ['${env:NONE:https://example.com:8080}', 'https://example.com:8080'],
  ['${env:NONE:}', ''],
  ['${env:EMPTY:def}', 'def'],
  ['${X}', 'xyz'],
  ['${env:X}', 'xyz'],
  ['${X:fallback}', 'xyz'],
  ['plain', 'plain'],
  ['in ${X} words', 'in ${X} words'],
  [{ a: ['${X}', 1, null] }, { a: ['xyz', 1, null] }],
]

for (const [value, expected] of resolved) {
  test(`${JSON.stringify(value)} becomes ${JSON.stringify(expected)} (T56)`, () => {
    assert.deepEqual(resolveEnvironment(value, environment, 'the prompt'), expected)
  })
}

test('a variable that is not set and has no default is told', () => {
  assert.throws(() => resolveEnvironment('${env:NONE}', environment, 'the prompt'), {
    code: 'prompt_template',
    message:
      'Cannot read the prompt: the environment variable NONE must be set, or the reference must have a default, as ${env:NONE:default}',
  })
  assert.throws(
    () => resolveEnvironment('${file:a.json}', environment, 'the prompt'),
    /references to files are not followed/,
  )
})

test('what is not used need not be set, such as the key of a connection that the component makes', () => {
  const prompt = Prompt.parse(
    '---\nmodel:\n  id: ${env:X}\n  connection: {apiKey: "${env:NONE}"}\n  options: {temperature: "${env:NONE:0.5}"}\n---\nHi',
    { environment },
  )
  assert.deepEqual(prompt.options, { model: 'xyz', temperature: 0.5 })
})
