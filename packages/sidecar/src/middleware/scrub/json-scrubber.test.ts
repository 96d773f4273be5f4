import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { personal, pieces } from '../../../testing/personal-data.ts'
import { JsonScrubber, scrubJson } from './json-scrubber.ts'
import { scrubText } from './text-scrubber.ts'

const examples: Readonly<Record<string, string>> = {
  '{"to":"bob@example.com","text":"call 212-456-7890"}': '{"to":"<EMAIL_ADDRESS>","text":"call <ISBN>"}',
  '{"address":"123 Main Street"}': '{"address":"<STREET_ADDRESS>"}',
  '{"address":"12 Main\\nStreet", "ip":"fe80::1%eth0"}': '{"address":"<STREET_ADDRESS>", "ip":"<IP>"}',
  '{"to":"bob\\u0040example.com"}': '{"to":"<EMAIL_ADDRESS>"}',
  '{"path":"C:\\\\new\\u00e9\\/x","quote":"\\"5 Main St\\""}':
    '{"path":"C:\\\\new\\u00e9\\/x","quote":"\\"<STREET_ADDRESS>\\""}',
  '{"phone":4155550123,"age":42}': '{"phone":"<ISBN>","age":42}',
  '[-4155550123, 40.7128, 1e5, 12345]': '["-<ISBN>", "<PHONE_NUMBER>", 1e5, "<ZIP_CODE>"]',
  '{"ok":true,"n":null,"x":1.5}': '{"ok":true,"n":null,"x":1.5}',
  '{"bob@example.com":1}': '{"<EMAIL_ADDRESS>":1}',
  '4155550123': '"<ISBN>"',
  'location,name,unit': 'location,name,unit',
  'mail bob@example.com at 5 Main Street': 'mail <EMAIL_ADDRESS> at <STREET_ADDRESS>',
  '{to: bob@example.com}': '{to: <EMAIL_ADDRESS>}',
  '{"to":"bob@example.com': '{"to":"<EMAIL_ADDRESS>',
  '"\\ud83c\\udf89 \\u12': '"\\ud83c\\udf89 \\u12',
  '"\\u12x 5551234"': '"\\u12x <PHONE_NUMBER>"',
}

for (const [text, scrubbed] of Object.entries(examples)) {
  test(`${text} becomes ${scrubbed}`, () => {
    assert.equal(scrubJson(text), scrubbed)
  })
}

/** A JSON value as its text, and as it is expected after: its strings scrubbed, its numbers too where that changes them. */
interface Example {
  readonly written: string
  readonly expected: unknown
}

const number = fc
  .oneof(
    fc.integer().map(String),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
    fc.bigInt({ min: 0n, max: 10n ** 100n }).map(String),
  )
  .map((written): Example => {
    const scrubbed = scrubText(written)
    return { written, expected: scrubbed === written ? JSON.parse(written) : scrubbed }
  })

const { value } = fc.letrec<{ value: Example }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    personal.map((text) => ({ written: JSON.stringify(text), expected: scrubText(text) })),
    number,
    fc.constantFrom(true, false, null).map((each) => ({ written: String(each), expected: each })),
    fc.array(tie('value'), { maxLength: 4 }).map((items) => ({
      written: `[${items.map(({ written }) => written).join(', ')}]`,
      expected: items.map(({ expected }) => expected),
    })),
    fc
      .dictionary(fc.constantFrom('a', 'b', 'c'), tie('value'), { maxKeys: 3, noNullPrototype: true })
      .map((members) => ({
        written: `{${Object.entries(members)
          .map(([name, { written }]) => `"${name}":${written}`)
          .join(',\n')}}`,
        expected: Object.fromEntries(Object.entries(members).map(([name, { expected }]) => [name, expected])),
      })),
  ),
}))

test('what was JSON is JSON of the same shape, with every string and number scrubbed as its text', () => {
  fc.assert(
    fc.property(value, ({ written, expected }) => {
      assert.deepEqual(JSON.parse(scrubJson(written)), expected)
    }),
    { numRuns: 500 },
  )
})

test('streamed arguments are scrubbed as the whole, however they are cut', () => {
  const text = fc.oneof(
    personal,
    fc.jsonValue().map((value) => JSON.stringify(value)),
    fc.array(personal).map((texts) => JSON.stringify({ texts, numbers: [4155550123, 12] })),
  )
  fc.assert(
    fc.property(text, pieces, (text, cut) => {
      const scrubber = new JsonScrubber()
      const streamed = cut(text).map((piece) => scrubber.push(piece))
      assert.equal(streamed.join('') + scrubber.end(), scrubJson(text))
    }),
    { numRuns: 300 },
  )
})

test('a number without an end is not held back, and still becomes a string', () => {
  const scrubber = new JsonScrubber()
  let left = scrubber.push('{"n":')
  for (let count = 0; count < 1_000; count++) left += scrubber.push('1')
  assert.equal(left, '{"n":"<CREDIT_CARD>')
  assert.equal(left + scrubber.push('}') + scrubber.end(), '{"n":"<CREDIT_CARD>"}')
})
