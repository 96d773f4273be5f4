/** The page on how streams fail names tests: every one of them has to be there, or the page says what is not so. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'

const page = join(import.meta.dirname, '../docs/stream-failures.md')

/** A file that the page links to, and the names it gives of tests in it. */
interface Proof {
  readonly path: string
  readonly titles: readonly string[]
}

/** The rows that begin with a number. */
function rowsOf(text: string): { number: number; proofs: Proof[] }[] {
  return text.split('\n').flatMap((line) => {
    const [, number] = /^\| (\d+) +\|/.exec(line) ?? []
    return number === undefined ? [] : { number: Number(number), proofs: proofsOf(line) }
  })
}

function proofsOf(line: string): Proof[] {
  return [...line.matchAll(/\]\((?<path>[^)]+\.ts)\):(?<titles>(?:,? “[^”]+”)+)/g)].map(({ groups = {} }) => ({
    path: groups.path ?? '',
    titles: [...(groups.titles ?? '').matchAll(/“([^”]+)”/g)].map(([, title = '']) => title),
  }))
}

/** A string of the source that is this title; the contract puts the component's type in front. */
function patternOf(title: string): RegExp {
  const literal = title.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`(['"\`])(?:\\$\\{type\\}:? |\\$\\{[\\w.]+\\.type\\} )?${literal.join('\\$\\{[^`]*?\\}')}\\1`)
}

function missing({ path, titles }: Proof): string[] {
  const file = join(dirname(page), path)
  if (!existsSync(file)) return [`${path} does not exist`]
  const source = readFileSync(file, 'utf8')
  return titles.filter((title) => !patternOf(title).test(source)).map((title) => `${path} has no “${title}”`)
}

const rows = rowsOf(readFileSync(page, 'utf8'))

test('every known failure of a stream has its row, with a proof', () => {
  assert.deepEqual(
    rows.map(({ number }) => number),
    Array.from({ length: 65 }, (_, index) => index + 1),
  )
  for (const { number, proofs } of rows) assert.ok(proofs.length > 0, `row ${number}`)
})

test('every test that the page on failures of streams names is there', () => {
  assert.deepEqual(
    rows.flatMap(({ proofs }) => proofs.flatMap(missing)),
    [],
  )
})

test('a name that is not quite that of a test is noticed', () => {
  const path = '../conformance/stream-failures.test.ts'
  const known = 'a name that is not quite that of a test is noticed'
  assert.deepEqual(missing({ path, titles: [known] }), [])
  assert.equal(missing({ path, titles: [known.slice(1)] }).length, 1)
  assert.equal(missing({ path: '../nowhere.ts', titles: [known] }).length, 1)
})
