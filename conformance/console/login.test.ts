/** The console of a sidecar that asks for a token: nothing is shown before the login, and everything works after it. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { findChromium, noChromium } from '../../tools/chromium.ts'
import { barriers } from './axe.ts'
import { openPage, startBrowser } from './browser.ts'
import { type Stage, startStage } from './stage.ts'

const program = findChromium()

describe('the console of a sidecar with a token', { skip: program === undefined && noChromium }, () => {
  let stage: Stage
  let browser: Browser

  before(async () => {
    stage = await startStage({ apiToken: 'open sesame' })
    browser = await startBrowser(program ?? '')
    await stage.ask('echo', 'A secret question')
  })

  after(async () => {
    await browser?.close()
    await stage?.[Symbol.asyncDispose]()
  })

  test('a wrong token is refused, the right one opens the page and outlives a reload', async () => {
    await using opened = await openPage(browser, stage.url)
    const { page } = opened
    const token = page.getByLabel('Token', { exact: true })
    await token.fill('wrong')
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByText('That is not the token of this sidecar.').waitFor()
    assert.deepEqual(await barriers(page), [])
    assert.equal(await page.getByRole('navigation').count(), 0)

    await token.fill('open sesame')
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByRole('table', { name: 'Latest requests' }).getByText('echo').waitFor()
    await page.reload()
    await page.getByRole('table', { name: 'Latest requests' }).getByText('echo').waitFor()
    assert.deepEqual(await barriers(page), [])
    await page.getByRole('button', { name: 'Log out' }).click()
    await token.waitFor()
    await page.reload()
    await token.waitFor()
  })

  test('the playground and the live log work with the session of the login', async () => {
    await using opened = await openPage(browser, `${stage.url}#/playground`)
    const { page } = opened
    await page.getByLabel('Token', { exact: true }).fill('open sesame')
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByRole('combobox', { name: 'Component' }).selectOption('echo')
    await page.getByRole('textbox', { name: 'Message 1' }).fill('Hello after the login')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.locator('.run .badge', { hasText: 'done' }).waitFor()
    await page.getByRole('button', { name: 'curl' }).click()
    await page.getByText('-H "dapr-api-token: $DAPR_API_TOKEN"').waitFor()
    await page.getByRole('link', { name: 'Find in the log' }).click()
    await page.locator('tr[data-call]').getByText('succeeded').waitFor()
    await page.getByRole('button', { name: 'Live' }).waitFor()
  })
})
