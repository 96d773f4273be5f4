import assert from 'node:assert/strict'
import { test } from 'node:test'
import { YamlDocument } from '../components/document.ts'
import { readRegex, readReplacement } from './go-regex.ts'

/** What a rule makes of a value. */
function rewritten(value: string, regex: string, replacement: string): string {
  return value.replace(
    readRegex(new YamlDocument(JSON.stringify({ regex }), 1), ['regex']),
    readReplacement(replacement),
  )
}

for (const [value, regex, replacement, expected] of [
  ['/orders/1/orders/2', '/orders/\\d', '/o', '/o/o'],
  ['/orders/1', '/nothing', 'x', '/orders/1'],
  ['ab', '(a)(b)', '$2$1', 'ba'],
  // A name is as long as it can be, as in Go: there is no group `1x`.
  ['ab', '(a)', '$1x', 'b'],
  ['ab', '(a)', `\${1}x`, 'axb'],
  ['ab', '(?P<first>a)', '<$first>', '<a>b'],
  ['ab', '(?P<first>a)|(c)', `[\${first}$2$9]`, '[a]b'],
  ['ab', 'a', '$$1$&', '$1$&b'],
  ['ABC', '(?i)b', '-', 'A-C'],
  ['a\nb', '\\Aa', '-', '-\nb'],
  ['a\na', '(?m)a\\z', '-', 'a\n-'],
  ['a\\z', '\\\\z', '-', 'a-'],
] as const) {
  test(`${JSON.stringify(value)} with ${regex} for ${replacement} is ${JSON.stringify(expected)}, as in Go`, () => {
    assert.equal(rewritten(value, regex, replacement), expected)
  })
}
