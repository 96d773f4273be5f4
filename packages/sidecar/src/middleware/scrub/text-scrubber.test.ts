import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { measuredScrubbing, testedScrubbing } from '../../../testing/daprd-scrubbing.ts'
import { personal, pieces } from '../../../testing/personal-data.ts'
import { Finder, MOST_HELD } from './finder.ts'
import { scrubText, TextScrubber } from './text-scrubber.ts'

/** What daprd was seen to do, beyond what its comparison with ours asks. */
const observed: Readonly<Record<string, string>> = {
  '123e4567-e89b-12d3-a456-426614174000': '123e<PHONE_NUMBER>-e89b-12d3-a<PHONE_NUMBER>',
  '1234, 123456, 1000000, 20240612': '<PHONE_NUMBER>, <PHONE_NUMBER>, <PHONE_NUMBER>, <PHONE_NUMBER>',
}

/** Classes without an example of daprd's. */
const classes: Readonly<Record<string, string>> = {
  'at 00:1A:2b:3c:4d:5e.': 'at <MAC_ADDRESS>.',
  'to P.O. Box 123, please': 'to <PO_BOX>, please',
  'to po box 9': 'to <PO_BOX>',
  'card 4263-9826-4026-9299.': 'card <CREDIT_CARD>.',
  'ISBN 978-3-16-148410-0': 'ISBN <ISBN>',
  'ISBN 316148410X': 'ISBN <ISBN>',
  'in 90210-1234': 'in <ZIP_CODE>',
  'call 456-7890 x12!': 'call <PHONE_NUMBER>!',
  'call +1 (212) 456-7890 ext. 12!': 'call <PHONE_NUMBER>!',
  'call /12345678': 'call <PHONE_NUMBER>',
  '::1, ::ffff:10.0.0.1, 1:2:3:4:5:6:7:8.': '<IP>, <IP>, <IP>.',
  'git@github.com:org/repo.git, git@github.com': 'git@github.com:org/repo.git, <EMAIL_ADDRESS>',
  'ssh://git@host/1234/5678.git 1234': 'ssh://git@host/1234/5678.git <PHONE_NUMBER>',
  'http://localhost/12345678': 'http://localhost<PHONE_NUMBER>',
}

/** What daprd lets through or spoils; the decision page has the reasons. */
const better: Readonly<Record<string, string>> = {
  'IP is 192.168.1.100 and card 4263982640269299': 'IP is <IP> and card <CREDIT_CARD>',
  '192.168.1.100 and 5 Main Street': '<IP> and <STREET_ADDRESS>',
  '3.14159265358979': '<PHONE_NUMBER>',
  '1234567890123456789012345': '<CREDIT_CARD>',
  '12345 Main Street': '<ZIP_CODE> <STREET_ADDRESS>',
  '5 Main St https://x.y/z': '<STREET_ADDRESS>https://x.y/z',
  'fe80::1%eth0 https://x.y/z': '<IP>https://x.y/z',
  '"5 Main St" and "fe80::1%eth0"': '"<STREET_ADDRESS>" and "<IP>"',
  [`fe80::1%${'-'.repeat(60)}3 years at the park`]: '<IP><STREET_ADDRESS>',
  'std::vector<int>, core::add': 'std::vector<int>, core::add',
  '5 Main St🎉, 5 the parkway': '<STREET_ADDRESS>🎉, <STREET_ADDRESS>',
}

/** What daprd's own tests have. */
const fromTests = Object.fromEntries(testedScrubbing.map(([text, scrubbed]) => [text, scrubbed]))
const tables = { 'is as in daprd': fromTests, measured: measuredScrubbing, observed, classes, better }

for (const [name, table] of Object.entries(tables)) {
  for (const [text, scrubbed] of Object.entries(table)) {
    test(`${name}: ${text}`, () => {
      assert.equal(scrubText(text), scrubbed)
    })
  }
}

test('a streamed text is scrubbed as the whole, however it is cut', () => {
  fc.assert(
    fc.property(personal, pieces, (text, cut) => {
      const scrubber = new TextScrubber()
      const streamed = cut(text).map((piece) => scrubber.push(piece))
      assert.equal(streamed.join('') + scrubber.end(), scrubText(text))
    }),
    { numRuns: 500 },
  )
})

test('whatever may follow, what has left is the beginning of the scrubbed whole', () => {
  fc.assert(
    fc.property(personal, personal, fc.nat(), (text, rest, at) => {
      const scrubber = new TextScrubber()
      const known = text.slice(0, at % (text.length + 1))
      const left = scrubber.push(known)
      assert.ok(scrubText(known + rest).startsWith(left))
    }),
    { numRuns: 500 },
  )
})

/** The classes as daprd's documentation has them, written once more as expressions that look back. */
const expressions = {
  STREET_ADDRESS: /\d{1,4} [\w\s]{1,20}?(?:street|ave|road|drive|court|park)/gi,
  CREDIT_CARD: /\d{4}[- ]?\d{4}[- ]?\d{4}[- ]?\d{4}|\d{15,16}/g,
  PHONE_NUMBER: /(?:\+?\d{1,3}[-. *]?)?(?:\(?\d{2,3}\)?[-. *]?)?\d{2,3}[-. *]?\d{2,6}/g,
  EMAIL_ADDRESS: /[a-z0-9.+_]{1,60}@(?:[a-z0-9]+\.)+[a-z0-9]+/gi,
  IP: /(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)/g,
  ZIP_CODE: /\b\d{5}(?:[-\s]\d{4})?\b/g,
  PO_BOX: /P\.? ?O\.? Box \d{1,9}/gi,
  US_SSN: /\d{3}-\d{2}-\d{4}/g,
  ISBN: /(?:\d-?){12}[\dx]|(?:\d-?){9}[\dx]/gi,
  MAC_ADDRESS: /(?:[\da-f]{2}[:-]){5}[\da-f]{2}/gi,
  IBAN: /[A-Z]{2}\d{2}[A-Z\d]{4}\d{7}[A-Z\d]{0,16}/g,
}

test('nothing that a class finds is left, whatever stands beside it', () => {
  fc.assert(
    fc.property(personal, (given) => {
      // Links may hold anything, and what ends an IP address is no house number.
      const text = given.replace(/https?:|git|ssh/gi, '').replace(/([.:][\da-f]+)\s+(?=\w)/gi, '$1, ')
      const found = Object.values(expressions).flatMap((expression) => [...text.matchAll(expression)])
      const kept = positionsKept(text)
      for (const match of found) {
        for (let at = match.index; at < match.index + match[0].length; at++) {
          assert.ok(!/\w/.test(text.charAt(at)) || !kept.has(at), `${match[0]} in ${text}`)
        }
      }
    }),
    { numRuns: 500 },
  )
})

/** Which characters of a text stay: found out by their place, since marks in the text would change it. */
function positionsKept(text: string): ReadonlySet<number> {
  const kept = new Set<number>()
  let at = 0
  const finder = new Finder({
    keep: (count) => {
      for (const end = at + count; at < end; at++) kept.add(at)
    },
    replace: (count) => {
      at += count
    },
  })
  for (let index = 0; index < text.length; index++) finder.read(text.charCodeAt(index))
  finder.end()
  return kept
}

test('what is held back is bounded', () => {
  for (const text of hostile(20_000)) {
    let decided = 0
    let longest = 0
    const decide = (count: number) => {
      decided += count
    }
    const finder = new Finder({ keep: decide, replace: decide })
    for (let index = 0; index < text.length; index++) {
      finder.read(text.charCodeAt(index))
      finder.settle()
      longest = Math.max(longest, index + 1 - decided)
    }
    assert.ok(longest <= MOST_HELD, `${longest} characters of ${text.slice(0, 20)}`)
  }
})

test('plain prose waits for the end of its word and no longer', () => {
  const scrubber = new TextScrubber()
  assert.deepEqual(
    ['Hel', 'lo, ', 'my name', ' is ', 'Bob'].map((piece) => scrubber.push(piece)),
    ['', 'Hello, ', 'my ', 'name is ', ''],
  )
  assert.equal(scrubber.end(), 'Bob')
})

/** Texts of about that length that make scrubbers go back and forth. */
function hostile(length: number): string[] {
  const shapes = [
    '1',
    '1-',
    '12 ',
    '1 a ',
    '1 street',
    '9999 word word word ',
    'a@',
    'a@a.',
    '.',
    'a.',
    'x@y.z-',
    ':',
    'a:',
    '1::',
    '::%',
    'fe80::1% ',
    'A1',
    'https://',
    'https://a',
    'https://a.b/',
    'git@',
    'git@a:a.',
    ' ',
    '🎉',
    'P.O. Box ',
  ]
  return shapes.map((shape) => shape.repeat(Math.ceil(length / shape.length)))
}

test('ten times the text takes about ten times as long, whatever the text', () => {
  // The shortest of many tries: on a busy machine most of them wait for something else in between.
  const shortest = (text: string) =>
    Math.min(
      ...Array.from({ length: 9 }, () => {
        const start = performance.now()
        scrubText(text)
        return performance.now() - start
      }),
    )
  const small = hostile(2_000)
  const large = hostile(20_000)
  for (const text of small) scrubText(text)
  for (const [index, text] of large.entries()) {
    const one = shortest(small[index] ?? '')
    const ten = shortest(text)
    // A millisecond on top: the compiler works beside it.
    assert.ok(ten < 40 * one + 1, `${text.slice(0, 20)}: ${one} ms and ${ten} ms`)
  }
})
