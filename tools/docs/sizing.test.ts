import assert from 'node:assert/strict'
import { test } from 'node:test'
import { writtenProductionPage } from './sizing.ts'

const marked = '# Page\n\n<!-- sizing: written by npm run generate -->\nold\n<!-- sizing end -->\n\nThe end.\n'
const figures = `
| figure                            | direct | sidecar, Dapr HTTP | sidecar, OpenAI HTTP | sidecar, gRPC |
| --------------------------------- | -----: | -----------------: | -------------------: | ------------: |
| unary: CPU, ms                    |        |              0.500 |                0.400 |         0.250 |
| CPU per chunk, µs, 500 open       |        |              100.0 |                 50.0 |         200.0 |
| resident per stream, KB, 500 open |        |               40.0 |                 -1.0 |           5.0 |
| held per stream, KB, 500 open     |        |               20.0 |                 25.0 |          25.0 |
`

test('streams and memory follow from the cost of a chunk and of a stream', () => {
  const page = writtenProductionPage(marked, figures)
  const cells = (row: string) =>
    page
      .split('\n')
      .find((line) => line.startsWith(`| ${row}`))
      ?.split('|')
      .slice(2, -1)
      .map((cell) => cell.trim())
  assert.deepEqual(cells('chunks a second'), ['10,000', '20,000', '5,000'])
  assert.deepEqual(cells('streams of 50 tokens a second, 70 % of the core'), ['140', '280', '70'])
  assert.deepEqual(cells('memory of one stream'), ['40.0', '25.0', '25.0'])
  assert.deepEqual(cells('memory of these streams'), ['5.6', '7.0', '1.8'])
  assert.deepEqual(cells('whole answers a second'), ['1,400', '1,750', '2,800'])
  assert.match(page, /^# Page\n/)
  assert.match(page, /\nThe end\.\n$/)
  assert.doesNotMatch(page, /old/)
})

test('a page without the marks and a benchmark without a figure are told', () => {
  assert.throws(() => writtenProductionPage('# Page\n', figures), /must hold the marks/)
  assert.throws(
    () => writtenProductionPage(marked, figures.replace('200.0', '     ')),
    /must have a figure for "sidecar, gRPC"/,
  )
})
