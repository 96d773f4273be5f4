import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { visibleWidth } from '../terminal/fitted.ts'
import type { Style } from '../terminal/style.ts'
import type { ComponentFigures, Figures } from './figures.ts'
import { figuresText } from './figures-text.ts'

const as = (code: number) => (text: string) => `\x1b[${code}m${text}\x1b[0m`
const coloured: Style = { bold: as(1), dim: as(2), good: as(32), warning: as(33), bad: as(31) }
const same = (text: string) => text
const plain: Style = { bold: same, dim: same, good: same, warning: same, bad: same }

const noCalls = {
  ...{ calls: 0, failed: 0, cancelled: 0, cacheHits: 0, inputTokens: 0, outputTokens: 0, costUsd: 0, unpriced: 0 },
  ...{ latency: {}, timeToFirstToken: {}, requestsPerSecond: 0, open: 0 },
}

function figures(components: readonly Partial<ComponentFigures>[], totals: Partial<Figures['totals']> = {}): Figures {
  return {
    at: 1_000_000,
    sidecar: 'http://127.0.0.1:3500',
    appId: 'app',
    version: '1.2.3',
    window: '5m',
    stepMs: 5_000,
    totals: { ...noCalls, ...totals },
    components: components.map((component, index) => ({ name: `c${index}`, state: 'ready', ...noCalls, ...component })),
    errors: [],
    points: [],
  }
}

test('what is not known is not written as zero', () => {
  const text = figuresText(figures([{}], { calls: 2, unpriced: 1 }), { width: 120, style: plain }).join('\n')
  assert.match(text, /^Latency {6}p50 – {3}p95 –$/m)
  assert.match(text, /^Cost {9}unknown$/m)
})

test('an open breaker, failures and components that are not ready are marked', () => {
  const text = figuresText(
    figures([
      { name: 'gpt', breaker: 'open', calls: 4, failed: 3 },
      { name: 'claude', state: 'skipped', reason: 'key must be set' },
    ]),
    { width: 120, style: coloured },
  ).join('\n')
  assert.ok(text.includes(coloured.bad('open')))
  assert.ok(text.includes(coloured.bad('3')))
  assert.ok(text.includes(coloured.warning('skipped')))
  assert.ok(text.includes('claude is skipped: key must be set'))
})

test('the newest stretch of time is at the right, and a stretch without requests is empty', () => {
  const point = (at: number, calls: number) => ({ ...noCalls, at, calls })
  const given = { ...figures([{}]), points: [point(990_000, 8), point(1_000_000, 4)] }
  const text = figuresText(given, { width: 120, style: plain }).join('\n')
  assert.match(text, /^Over time .* █ ▅ {3}peak 1\.6\/s$/m)
})

test('what a provider says reaches no terminal as anything but text', () => {
  const lastError = { code: 'unavailable', message: 'a\x1b[2J\x07\r\nb\x9b31m', at: 999_000 }
  const lines = figuresText(figures([{ name: 'x\x1b]0;y\x07', lastError }]), { width: 120, style: plain })
  assert.doesNotMatch(lines.join(''), /\p{Cc}/u)
})

test('for every width and height no line is too wide, and there are not too many', () => {
  const component = fc.record({
    name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
    breaker: fc.constantFrom('closed' as const, 'half-open' as const, 'open' as const),
    open: fc.nat(2_000_000),
    failed: fc.nat(2_000_000),
    costUsd: fc.double({ min: 0, max: 1e6, noNaN: true }),
    latency: fc.record({ p50: fc.nat(1e6), p95: fc.nat(1e6) }),
    lastError: fc.record({
      code: fc.constant('internal'),
      message: fc.string({ unit: 'binary' }),
      at: fc.nat(1_000_000),
    }),
  })
  fc.assert(
    fc.property(
      fc.array(component, { maxLength: 40 }),
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 60 }),
      (components, width, height) => {
        const lines = figuresText(
          figures(components, { calls: 3, failed: 1 }),
          { width, height, style: coloured },
          'a note',
        )
        assert.ok(lines.length <= height)
        for (const line of lines) assert.ok(visibleWidth(line) <= width, JSON.stringify(line))
      },
    ),
  )
})

test('a note about the reading is seen even where there is hardly any room', () => {
  const lines = figuresText(figures([{}]), { width: 40, height: 3, style: plain }, 'The sidecar is gone.')
  assert.equal(lines[1], 'The sidecar is gone.')
})

test('where there is room for the most telling columns alone, they stay', () => {
  const components = [{ name: 'a-component-with-a-long-name', requestsPerSecond: 12, failed: 2, calls: 20 }]
  const lines = figuresText(figures(components), { width: 30, style: plain })
  assert.ok(
    lines.some((line) => /^component +req\/s +failed$/.test(line) || /^component +req\/s$/.test(line)),
    lines.join('\n'),
  )
  const many = figuresText(figures(Array.from({ length: 30 }, () => ({}))), { width: 80, height: 20, style: plain })
  assert.match(many.join('\n'), /^and \d+ more$/m)
})
