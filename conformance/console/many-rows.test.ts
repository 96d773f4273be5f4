/** The request log with as many rows as it holds: it scrolls without waiting, and only what is seen is in the document. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { findChromium, noChromium } from '../../tools/chromium.ts'
import { openPage, startBrowser } from './browser.ts'
import { type Stage, startStage } from './stage.ts'

const program = findChromium()
const ROWS = 2_000

describe('the log of 2,000 requests', { skip: program === undefined && noChromium }, () => {
  let stage: Stage
  let browser: Browser

  before(async () => {
    stage = await startStage()
    browser = await startBrowser(program ?? '')
    for (let asked = 0; asked < ROWS; asked += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, index) => stage.ask('echo', `Number ${asked + index}`)))
    }
  })

  after(async () => {
    await browser?.close()
    await stage?.[Symbol.asyncDispose]()
  })

  test('all rows can be scrolled to, and frames stay short', async () => {
    await using opened = await openPage(browser, `${stage.url}#/requests`)
    const { page, complaints } = opened
    for (let pages = 1; pages < ROWS / 500; pages++) {
      await page.getByText(`${(pages * 500).toLocaleString('en')} shown`).waitFor()
      await page.getByRole('button', { name: 'Older requests' }).click()
    }
    await page.getByText('2,000 shown').waitFor()
    assert.equal(await page.getByRole('table').getAttribute('aria-rowcount'), '2001')
    const frames = await page.evaluate(scrollThrough)
    const median = frames.toSorted((one, other) => one - other)[Math.floor(frames.length / 2)] ?? Number.NaN
    // A frame takes 16 ms on a machine with nothing else to do; 2,000 rows drawn anew would take a second on any.
    assert.ok(median < 200, `half of the frames must take less than 200 ms: the median is ${median} ms`)
    assert.ok((await page.locator('tr[data-call]').count()) < 100)
    await page.locator('tr[aria-rowindex="2001"]').waitFor()
    assert.deepEqual(complaints, [])
  })

  test('rows that come in above do not move those that are looked at', async () => {
    await using opened = await openPage(browser, `${stage.url}#/requests`)
    const { page } = opened
    await page.getByText('500 shown').waitFor()
    const log = page.getByRole('region', { name: 'Requests, table' })
    await log.evaluate((element) => {
      element.scrollTop = 3_600
    })
    const row = page.locator('tr[aria-rowindex="105"]')
    const id = await row.getAttribute('data-call')
    const before = await row.boundingBox()
    await stage.ask('echo', 'One more')
    await page.getByText('501 shown').waitFor()
    const after = await page.locator(`tr[data-call="${id}"]`).boundingBox()
    assert.ok(Math.abs((after?.y ?? 0) - (before?.y ?? Number.NaN)) < 2)
  })
})

/** Scrolls to the end in steps, one for each frame, and says how long each took in milliseconds. Runs in the page. */
async function scrollThrough(): Promise<number[]> {
  const log = document.querySelector('.log')
  const frames: number[] = []
  const step = (log?.scrollHeight ?? 0) / 60
  for (let frame = 0; frame <= 61; frame++) {
    const start = performance.now()
    if (log) log.scrollTop = frame * step
    await new Promise((resolve) => requestAnimationFrame(resolve))
    frames.push(performance.now() - start)
  }
  return frames
}
