/** Every view of the console in a real browser, with data made by real traffic: without barriers, complaints or overflow. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { findChromium, noChromium } from '../../tools/chromium.ts'
import { barriers } from './axe.ts'
import { openPage, startBrowser } from './browser.ts'
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
    for (const component of ['echo', 'gpt', 'house']) await stage.ask(component, 'What is a sidecar?')
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
      const drawing = page.locator('.plot canvas').first()
      await drawing.waitFor()
      // The canvas trap: a colour that the canvas does not understand is painted black.
      await page.waitForFunction(hasColor, colorScheme === 'light' ? '22,87,192' : '127,176,255')
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
    assert.deepEqual(cells.slice(1, 3), ['3', '2 (67 %)'])
    await page.getByRole('table', { name: 'Errors by kind' }).getByRole('row', { name: 'rate_limit' }).waitFor()
    await page.getByRole('table', { name: 'By caller' }).getByRole('row', { name: 'billing' }).waitFor()
  })
})

async function visible(page: Page, text: string): Promise<void> {
  await page.getByText(text).filter({ visible: true }).first().waitFor()
}

/** Opens everything that can be opened. Runs in the page. */
function openAll(): void {
  for (const details of document.querySelectorAll<HTMLDetailsElement>('main details')) details.open = true
}

/** Whether something in the first chart is painted in a colour. Runs in the page. */
function hasColor(color: string): boolean {
  const canvas = document.querySelector<HTMLCanvasElement>('.plot canvas')
  const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? []
  for (let at = 0; at < pixels.length; at += 4) {
    if (pixels[at + 3] === 255 && `${pixels[at]},${pixels[at + 1]},${pixels[at + 2]}` === color) return true
  }
  return false
}
