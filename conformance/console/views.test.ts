/** Every view of the console in a real browser, with data made by real traffic: without barriers, complaints or overflow. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { open } from '@dapr-chat/sidecar/testing'
import type { Browser, Locator, Page } from 'playwright-core'
import { findChromium, noChromium } from '../../tools/chromium.ts'
import { barriers } from './axe.ts'
import { openPage, startBrowser, textOf } from './browser.ts'
import { type Stage, startStage } from './stage.ts'

const program = findChromium()

/** What each view shows when its data is there. */
const views = [
  { name: 'overview', hash: '#/overview', shows: 'Latest requests' },
  { name: 'requests', hash: '#/requests', shows: 'interrupted' },
  { name: 'conversations', hash: '#/conversations?caller=shop', shows: 'order-17' },
  { name: 'transcript', hash: '#/conversations/memory/order-17?caller=shop', shows: 'When will it come?' },
  { name: 'components', hash: '#/components', shows: 'conversation.echo' },
  { name: 'playground', hash: '#/playground', shows: 'The answer comes here.' },
]

describe('the views of the console', { skip: program === undefined && noChromium }, () => {
  let stage: Stage
  let browser: Browser

  before(async () => {
    stage = await startStage()
    browser = await startBrowser(program ?? '')
    for (const component of ['echo', 'gpt', 'house', 'house']) await stage.ask(component, 'What is a sidecar?')
    for (let time = 0; time < 3; time++) await stage.ask('hasty', 'say nothing')
    await stage.ask('gpt', 'too much', { caller: 'billing' })
    await stage.ask('gpt', 'please break')
    await stage.converse('memory', 'order-17', 'Where is my order?')
    await stage.converse('memory', 'order-17', 'When will it come?')
  })

  after(async () => {
    await browser?.close()
    await stage?.[Symbol.asyncDispose]()
  })

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const { name, hash, shows } of views) {
      test(`${name} has no barriers and no complaints, ${colorScheme}`, async () => {
        await using opened = await openPage(browser, stage.url + hash, { colorScheme })
        const { page, complaints } = opened
        await visible(page, shows)
        await page.evaluate(openAll)
        assert.deepEqual(await barriers(page), [])
        assert.deepEqual(complaints, [])
      })
    }

    test(`one request has no barriers and no complaints, ${colorScheme}`, async () => {
      await using opened = await openPage(browser, `${stage.url}#/requests?search=code:rate_limit`, { colorScheme })
      const { page, complaints } = opened
      await page.locator('tr[data-call] a').first().click()
      await visible(page, 'Where the time went')
      await visible(page, 'Wait, send less at once')
      assert.deepEqual(await barriers(page), [])
      assert.deepEqual(complaints, [])
    })

    test(`charts are painted in the colours of the theme, ${colorScheme}`, async () => {
      await using opened = await openPage(browser, stage.url, { colorScheme })
      const { page } = opened
      await visible(page, 'Latest requests')
      const line = page.locator('.plot .line path').first()
      await line.waitFor({ state: 'attached' })
      const color = await line.evaluate((path) => getComputedStyle(path).stroke)
      assert.equal(color, colorScheme === 'light' ? 'rgb(22, 87, 192)' : 'rgb(127, 176, 255)')
    })
  }

  for (const { name, hash, shows } of views) {
    test(`${name} fits a screen of 390 pixels`, async () => {
      await using opened = await openPage(browser, stage.url + hash, { width: 390, height: 844 })
      const { page } = opened
      await visible(page, shows)
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390)
      assert.deepEqual(await barriers(page), [])
    })
  }

  test('the theme that somebody chooses wins over the system, and outlives a reload', async () => {
    await using opened = await openPage(browser, stage.url, { colorScheme: 'light' })
    const { page } = opened
    const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
    const light = await ground()
    await page.getByLabel('Colours').selectOption('dark')
    assert.notEqual(await ground(), light)
    await page.reload()
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    assert.notEqual(await ground(), light)
    await page.getByLabel('Colours').selectOption('system')
    assert.equal(await ground(), light)
  })

  test('the whole page can be used by the keyboard', async () => {
    await using opened = await openPage(browser, stage.url)
    const { page } = opened
    await visible(page, 'Latest requests')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    assert.equal(await page.evaluate('document.activeElement.id'), 'main')
    await page.getByRole('link', { name: 'Requests', exact: true }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Requests' }).waitFor()
    await page.waitForFunction(() => document.activeElement?.textContent === 'Requests')
  })

  test('no secret reaches the page', async () => {
    await using opened = await openPage(browser, `${stage.url}#/components`)
    const { page } = opened
    await visible(page, 'conversation.openai')
    await page.evaluate(openAll)
    await page.getByText('hidden', { exact: true }).first().waitFor()
    assert.ok(!(await page.content()).includes('sk-of-the-test'))
  })

  test('the figures of the first page are those of the traffic', async () => {
    await using opened = await openPage(browser, stage.url)
    const { page } = opened
    const row = page.getByRole('table', { name: 'By component' }).getByRole('row', { name: 'gpt' })
    await row.waitFor()
    const cells = await row.getByRole('cell').allTextContents()
    // Requests, and those that failed.
    assert.deepEqual(cells.slice(2, 4), ['3', '2 (67 %)'])
    await page.getByRole('table', { name: 'Errors by kind' }).getByRole('row', { name: 'rate_limit' }).waitFor()
    await page.getByRole('table', { name: 'By caller' }).getByRole('row', { name: 'billing' }).waitFor()
  })

  test('cache, breaker and clocks of each component are seen, and what failed last', async () => {
    await using opened = await openPage(browser, stage.url)
    const { page } = opened
    const row = (name: string) =>
      page.getByRole('table', { name: 'By component' }).getByRole('row').filter({ hasText: name })
    // The third call was not made: the breaker had opened.
    await row('hasty').getByText('first token ran out 2×').waitFor()
    assert.match(await textOf(row('hasty')), /open/)
    assert.match(await textOf(row('gpt')), /in time/)
    assert.match(await textOf(row('house')), /50 %/)

    await page.goto(`${stage.url}#/components`)
    const card = page.locator('section.card', { has: page.getByRole('heading', { name: 'hasty' }) })
    await card.getByText('ran out 2×').waitFor()
    const text = await textOf(card)
    assert.match(text, /Circuit breaker\s+✕\s+open/)
    assert.match(text, /Clock: first token\s+200 ms\s+✕\s+ran out 2×/)
    assert.match(text, /Clock: connect\s+10 s\s/)
    assert.match(text, /unavailable|timeout/)
    assert.deepEqual(opened.complaints, [])
  })

  test('percentiles, tokens a second, tokens and cost stand by component, by model and by caller', async () => {
    await using opened = await openPage(browser, stage.url)
    const { page } = opened
    const percentiles = /^[\d.]+( m?s)? · [\d.]+( m?s)? · [\d.]+ m?s$/
    for (const [what, name] of [
      ['component', 'gpt'],
      ['model', 'gpt-4.1-nano'],
      ['caller', 'shop'],
    ] as const) {
      const table = page.getByRole('table', { name: `By ${what}` })
      const row = table.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) })
      await row.waitFor()
      const labels = await table.getByRole('columnheader').allTextContents()
      const values = await row.locator('th, td').allTextContents()
      const cell = (label: string) => values[labels.indexOf(label)] ?? ''
      assert.match(cell('Latency p50, p95, p99'), percentiles)
      assert.match(cell('First token p50, p95, p99'), percentiles)
      assert.match(cell('Tokens/s'), /^[\d.,]+K?$/)
      assert.match(cell('Tokens in'), /^[1-9]/)
      assert.match(cell('Tokens out'), /^[1-9]/)
      assert.match(cell('Cost'), /^(?:≥ )?\$0\.0/)
    }
  })

  test('a chart has zeros for counts, gaps for percentiles, and dots where time is not over', async () => {
    await using opened = await openPage(browser, stage.url)
    const { page } = opened
    const chart = (title: string) => page.locator('figure', { has: page.getByRole('heading', { name: title }) })
    const all = chart('Requests a minute').locator('.line').first()
    await all.locator('path.open').waitFor({ state: 'attached' })
    const starts = (line: Locator) => line.locator('path').first().getAttribute('d')
    assert.match((await starts(all)) ?? '', /^M64 /, 'a count begins with zeros')
    assert.equal(await all.locator('path:not(.open)').count(), 1, 'a count has no gaps')
    assert.notEqual(await all.locator('path.open').evaluate((path) => getComputedStyle(path).strokeDasharray), 'none')
    const p95 = chart('Latency').locator('.line').nth(1)
    assert.ok((await p95.locator('path, circle').count()) > 0)
    const lefts = await p95
      .locator('path, circle')
      .evaluateAll((parts) =>
        parts.map((part) => Number(part.getAttribute('cx') ?? /^M([\d.]+)/.exec(part.getAttribute('d') ?? '')?.[1])),
      )
    assert.ok(
      lefts.every((left) => left > 100),
      `no latency was measured four minutes ago: ${lefts}`,
    )
  })

  test('the charts share one cursor, which stands on what was measured', async () => {
    await using opened = await openPage(browser, stage.url)
    const { page } = opened
    const plots = page.locator('.plot')
    await plots.first().locator('.line').first().waitFor({ state: 'attached' })
    await plots.first().hover({ position: { x: 200, y: 80 } })
    const places = await page
      .locator('.cursor path')
      .evaluateAll((paths) => paths.map((path) => path.getAttribute('d')))
    assert.equal(places.length, await plots.count())
    const times = await page.locator('.legend .at').allTextContents()
    assert.equal(new Set(times).size, 1)
    assert.match(times[0] ?? '', /^\d\d:\d\d:\d[05]$/)
    await page.mouse.move(0, 0)
    await page.locator('.cursor').first().waitFor({ state: 'detached' })
  })

  test('names stay whole on a narrow screen', async () => {
    await using opened = await openPage(browser, stage.url, { width: 390, height: 844 })
    const { page } = opened
    const link = page.getByRole('table', { name: 'By model' }).getByRole('link', { name: 'gpt-4.1-nano' })
    await link.waitFor()
    const { height = Number.NaN } = (await link.boundingBox()) ?? {}
    assert.ok(height < 30, `the name of a model must stand on one line: it is ${height} pixels high`)
  })

  test('a request that was refused is in the log, and says why', async () => {
    await stage.ask('nobody', 'Hello?', { caller: 'refused' })
    await using opened = await openPage(browser, `${stage.url}#/requests?search=caller:refused`)
    const { page } = opened
    await page.locator('tr[data-call] a').first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('no conversation component is named "nobody"').waitFor()
    assert.doesNotMatch(await textOf(dialog), /Where the time went|unknown/)
    assert.deepEqual(await barriers(page), [])
    assert.deepEqual(opened.complaints, [])
  })

  test('a request is seen while it runs, and how it ends', async () => {
    await using opened = await openPage(browser, `${stage.url}#/requests?search=caller:patient`)
    const { page } = opened
    await page.locator('.live.live').waitFor()
    const asked = await open(stage.running.http, '/v1/chat/completions', {
      body: JSON.stringify({ model: 'gpt', messages: [{ role: 'user', content: 'go on for ever' }], stream: true }),
      headers: { 'content-type': 'application/json', 'dapr-caller-app-id': 'patient' },
    })
    const row = page.locator('tr[data-call]')
    await row.locator('.badge', { hasText: 'running' }).waitFor()
    await using other = await openPage(browser, stage.url)
    await other.page.locator('.number', { hasText: 'Running now' }).getByText('1', { exact: true }).waitFor()
    asked.destroy()
    await row.locator('.badge', { hasText: 'cancelled' }).waitFor()
    assert.deepEqual(opened.complaints, [])
  })

  test('the browser itself runs, loads and sends nothing that is not of the sidecar', async () => {
    await using opened = await openPage(browser, stage.url)
    const { page } = opened
    await visible(page, 'Latest requests')
    const held = await page.evaluate(tryEverything)
    assert.deepEqual(held, { ran: false, fetched: false, refused: ['connect-src', 'img-src', 'script-src-elem'] })
  })

  test('a tool call has its stretch in the waterfall', async () => {
    const tools = [{ type: 'function', function: { name: 'get_weather', parameters: { type: 'object' } } }]
    await stage.ask('gpt', 'The weather?', { caller: 'tools', body: { tools } })
    await using opened = await openPage(browser, `${stage.url}#/requests?search=caller:tools`)
    const { page } = opened
    await page.locator('tr[data-call] a').first().click()
    const dialog = page.getByRole('dialog')
    for (const stretch of ['queue', 'connect', 'first token', 'stream', 'tools']) {
      await dialog.getByRole('rowheader', { name: stretch, exact: true }).waitFor()
    }
    await dialog.getByText('[asked for 1 tool call]').waitFor()
    assert.deepEqual(await barriers(page), [])
  })
})

async function visible(page: Page, text: string): Promise<void> {
  await page.getByText(text).filter({ visible: true }).first().waitFor()
}

/** Opens everything that can be opened. Runs in the page. */
function openAll(): void {
  for (const details of document.querySelectorAll<HTMLDetailsElement>('main details')) details.open = true
}

/** Does what an attacker's text would do if it became part of the page, and says what came of it. Runs in the page. */
async function tryEverything() {
  const refused = new Set<string>()
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => refused.add(effectiveDirective))
  const script = document.createElement('script')
  script.textContent = 'window.ran = true'
  const image = document.createElement('img')
  image.src = 'https://attacker.example/pixel.png'
  document.body.append(script, image)
  const fetched = await fetch('https://attacker.example/').then(
    () => true,
    () => false,
  )
  await new Promise((resolve) => setTimeout(resolve, 200))
  script.remove()
  image.remove()
  return { ran: 'ran' in window, fetched, refused: Array.from(refused).sort() }
}
