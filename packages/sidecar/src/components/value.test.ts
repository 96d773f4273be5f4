// biome-ignore-all lint/suspicious/noTemplateCurlyInString: component files write variables this way
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { expandValue, parseBoolean, parseDuration } from './value.ts'

const scope = (environment: Record<string, string>) => ({ environment, appId: 'shop' })

test('a duration is read in Go syntax or in seconds', () => {
  const table: Record<string, number | undefined> = {
    '': 0,
    '0': 0,
    '10': 10_000,
    '10m': 600_000,
    '1h30m': 5_400_000,
    '1.5s': 1_500,
    '.5s': 500,
    '250ms': 250,
    '2us': 0.002,
    '2µs': 0.002,
    '-3s': -3_000,
    '1h 30m': undefined,
    '1.5': undefined,
    '10x': undefined,
    s: undefined,
    '.s': undefined,
    '1.2.3s': undefined,
    soon: undefined,
  }
  for (const [text, milliseconds] of Object.entries(table)) assert.equal(parseDuration(text), milliseconds, text)
})

test('a boolean is true for a few words in any case, and false for all others', () => {
  for (const text of ['y', 'YES', 'true', 'T', 'On', '1']) assert.equal(parseBoolean(text), true, text)
  for (const text of ['', 'no', 'false', '0', 'truely', '11', 'off']) assert.equal(parseBoolean(text), false, text)
})

test('a variable is replaced by its value, as it is', () => {
  const environment = { K: 'a"b: c', TRICK: `{uuid} \${K} $${'{K}'}` }
  assert.deepEqual(expandValue('${K}', scope(environment)), { text: 'a"b: c', unset: [] })
  assert.equal(expandValue('<${TRICK}>', scope(environment)).text, `<${environment.TRICK}>`)
})

test('for every value, a variable alone comes out as exactly that value', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, unit: fc.constantFrom('$', '{', '}', 'K', ':', '-', 'uuid', '&', '\\') }),
      (K) => {
        assert.equal(expandValue('${K}', scope({ K })).text, K)
      },
    ),
  )
})

test('a default stands in for a variable that is unset or empty', () => {
  const environment = { EMPTY: '', B: 'bee' }
  const table = {
    '${A:-x}': 'x',
    '${EMPTY:-x}': 'x',
    '${B:-x}': 'bee',
    '${A:-}': '',
    '${A:-http://h:1/v1}': 'http://h:1/v1',
    '${A:-${B}}': 'bee',
    '${A:-{"a":1}}': '{"a":1}',
    '${A:-{appID}}': 'shop',
  }
  for (const [text, expected] of Object.entries(table)) {
    assert.deepEqual(expandValue(text, scope(environment)), { text: expected, unset: [] }, text)
  }
})

test('variables without value or default are named once, in order', () => {
  assert.deepEqual(expandValue('${A}-${EMPTY}-${A}-${C:-${D}}', scope({ EMPTY: '' })), {
    text: '---',
    unset: ['A', 'EMPTY', 'D'],
  })
  assert.deepEqual(expandValue('${constructor}', scope({})).unset, ['constructor'])
})

test('two dollar signs write a variable down instead of reading it', () => {
  assert.deepEqual(expandValue('$${A} $${uuid}', scope({ A: 'x' })), { text: '${A} ${uuid}', unset: [] })
})

test('what looks like no variable is left alone', () => {
  for (const text of ['$A', '${', '${}', '${1A}', '${A-x}', '{other}', '{}', '$', '100 $ {x}']) {
    assert.deepEqual(expandValue(text, scope({ A: 'x' })), { text, unset: [] })
  }
})

test('placeholders are filled in', () => {
  const environment = { POD_NAME: 'pod-1', NAMESPACE: 'prod' }
  assert.equal(expandValue('{podName} {namespace} {appID}', scope(environment)).text, 'pod-1 prod.shop shop')
  assert.deepEqual(expandValue('{podName} {namespace}', scope({})), { text: ' default.shop', unset: ['POD_NAME'] })
  const [first, second] = expandValue('{uuid} {uuid}', scope({})).text.split(' ')
  assert.match(first ?? '', /^[0-9a-f]{8}-[0-9a-f-]{27}$/)
  assert.notEqual(first, second)
})
