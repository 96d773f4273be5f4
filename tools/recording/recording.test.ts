import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findProgram } from '../find-program.ts'
import { animatedSvg } from './animated-svg.ts'
import { record } from './record.ts'

const script = findProgram(['script']) === undefined ? 'the program script is not installed' : false

test('a recording keeps what a program wrote, what was dim, and the order', { skip: script }, async () => {
  const program =
    'process.stdout.write("one "); setTimeout(() => process.stderr.write("\\u001b[2mtwo\\u001b[0m\\n"), 50)'
  const scene = await record([{ shown: 'count', command: [process.execPath, '-e', program] }], process.env)
  assert.deepEqual(
    scene.pieces.map(({ text, style }) => [text, style]),
    [
      ['$ count\n', 'typed'],
      ['one ', 'plain'],
      ['two', 'faint'],
      ['\n', 'plain'],
    ],
  )
  const times = scene.pieces.map(({ atMs }) => atMs)
  assert.deepEqual(
    times,
    times.toSorted((left, right) => left - right),
  )
  assert.ok(scene.durationMs > Math.max(...times))
})

test('a program is interrupted after what was waited for', { skip: script }, async () => {
  const program = 'console.log("started"); setInterval(() => {}, 1000)'
  const take = { shown: 'wait', command: [process.execPath, '-e', program], interruptAfter: 'started' }
  const { pieces } = await record([take], process.env)
  assert.equal(pieces.at(-1)?.text, '^C')
})

test('a picture holds every piece once, breaks long lines, and escapes what is markup', () => {
  const long = 'word '.repeat(30).trimEnd()
  const svg = animatedSvg(
    {
      pieces: [
        { atMs: 0, text: `$ ${long}\n`, style: 'typed' },
        { atMs: 500, text: 'a < b & "c"', style: 'plain' },
      ],
      durationMs: 1000,
    },
    'A <test>',
  )
  assert.equal(svg.match(/>word ?</g)?.length, 30)
  assert.deepEqual([...new Set(svg.match(/ y="\d+"/g))], [' y="30"', ' y="50"', ' y="70"'])
  assert.match(svg, /&lt; /)
  assert.match(svg, /&quot;c&quot;/)
  assert.match(svg, /aria-label="A &lt;test>"/)
  assert.match(svg, /@keyframes k1\{0%\{opacity:0\}50\.00%\{opacity:1\}\}/)
})
