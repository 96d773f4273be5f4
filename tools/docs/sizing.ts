/**
 * The tables of `docs/production.md` that say how much one core carries, computed from the figures in `docs/performance.md`.
 * `npm run generate` writes them, and a test holds them against what the benchmark wrote last.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '../repository.ts'
import { table } from './markdown.ts'

/** The page that the tables stand on. */
export const productionPage = 'docs/production.md'

const marks = { begin: '<!-- sizing: written by npm run generate -->', end: '<!-- sizing end -->' }

/** The ways to ask, as the columns of the benchmark name them. */
const surfaces = ['sidecar, Dapr HTTP', 'sidecar, OpenAI HTTP', 'sidecar, gRPC'] as const

/** How fast a model writes, in tokens a second; each is taken for a chunk of its own. */
const TOKENS_PER_SECOND = 50

/** How much of a core is planned for, so that there is room for peaks and for latencies. */
const PLANNED_SHARE = 0.7

/** The rows of the benchmark that are read. */
const rows = {
  unaryMs: 'unary: CPU, ms',
  chunkUs: 'CPU per chunk, µs, 500 open',
  residentKb: 'resident per stream, KB, 500 open',
  heldKb: 'held per stream, KB, 500 open',
} as const

/** What one surface costs. */
interface Cost {
  readonly unaryMs: number
  readonly chunkUs: number
  readonly kilobytes: number
}

/** The page with its tables as the figures of the benchmark have them now. */
export function writtenProductionPage(
  page: string = readFileSync(join(repositoryRoot, productionPage), 'utf8'),
  performance: string = readFileSync(join(repositoryRoot, 'docs/performance.md'), 'utf8'),
): string {
  const [before, rest] = page.split(marks.begin)
  const after = rest?.split(marks.end)[1]
  if (before === undefined || after === undefined) {
    throw new Error(`Cannot write ${productionPage}: it must hold the marks "${marks.begin}" and "${marks.end}"`)
  }
  return `${before}${[marks.begin, sizing(performance), marks.end].join('\n\n')}${after}`
}

/** The table and its arithmetic. */
function sizing(performance: string): string {
  const costs = surfaces.map((surface) => ({ surface, ...costOf(performance, surface) }))
  const [first] = costs
  if (first === undefined) throw new Error('Cannot compute sizes: there must be a surface')
  const streams = streamsOf(first)
  const chunks = whole(1e6 / first.chunkUs)
  return [
    table(
      ['on one core', ...costs.map(({ surface }) => surface.replace('sidecar, ', ''))],
      [
        ['CPU for a chunk, µs', ...costs.map(({ chunkUs }) => chunkUs.toFixed(1))],
        ['chunks a second, all of the core', ...costs.map(({ chunkUs }) => whole(1e6 / chunkUs))],
        [
          `streams of ${TOKENS_PER_SECOND} tokens a second, ${PLANNED_SHARE * 100} % of the core`,
          ...costs.map((cost) => whole(streamsOf(cost))),
        ],
        ['memory of one stream, KB', ...costs.map(({ kilobytes }) => kilobytes.toFixed(1))],
        ['memory of these streams, MB', ...costs.map((cost) => ((streamsOf(cost) * cost.kilobytes) / 1000).toFixed(1))],
        ['CPU for a whole answer of 16 tokens, ms', ...costs.map(({ unaryMs }) => unaryMs.toFixed(3))],
        [
          `whole answers a second, ${PLANNED_SHARE * 100} % of the core`,
          ...costs.map(({ unaryMs }) => whole((1000 / unaryMs) * PLANNED_SHARE)),
        ],
      ],
    ),
    `For example over Dapr's HTTP API: 1,000,000 µs ÷ ${first.chunkUs.toFixed(1)} µs = ${chunks} chunks a second; ÷ ${TOKENS_PER_SECOND} tokens a
second × ${PLANNED_SHARE} = ${whole(streams)} streams on one core; × ${first.kilobytes.toFixed(1)} KB = ${((streams * first.kilobytes) / 1000).toFixed(1)} MB beside the process itself.`,
  ].join('\n\n')
}

function streamsOf({ chunkUs }: Cost): number {
  return Math.floor((1e6 / chunkUs / TOKENS_PER_SECOND) * PLANNED_SHARE)
}

function costOf(performance: string, surface: string): Cost {
  const figure = (row: string) => figureOf(performance, row, surface)
  return {
    unaryMs: figure(rows.unaryMs),
    chunkUs: figure(rows.chunkUs),
    // Whichever is more, as the budget takes it.
    kilobytes: Math.max(figure(rows.residentKb), figure(rows.heldKb)),
  }
}

/** One cell of the second table of the benchmark. */
function figureOf(performance: string, row: string, column: string): number {
  const lines = performance.split('\n').map((line) => line.split('|').map((each) => each.trim()))
  const head = lines.find((cells) => cells[1] === 'figure' && cells.includes(column))
  const value = Number(lines.find((cells) => cells[1] === row)?.[head?.indexOf(column) ?? -1] || Number.NaN)
  if (Number.isFinite(value) && value !== 0) return value
  throw new Error(`Cannot compute sizes from docs/performance.md: "${row}" must have a figure for "${column}"`)
}

function whole(value: number): string {
  return Math.floor(value).toLocaleString('en')
}
