/**
 * What somebody does who opens the console for the first time: says hello, sees it at once, streams an answer and stops another
 * in the playground, and finds both in the log. Then the log as it is used every day.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { buildConsole } from '../../tools/build-console.ts'
import { findChromium, noChromium } from '../../tools/chromium.ts'
import { openPage, startBrowser, textOf, type WatchedPage } from './browser.ts'
import { serve } from './serve.ts'
import { type Stage, startStage } from './stage.ts'

const program = findChromium()
const runFile = promisify(execFile)

/** A component's file; JSON is YAML too. */
function componentYaml(name: string, type: string, settings: Readonly<Record<string, string>> = {}): string {
  const metadata = Object.entries(settings).map(([key, value]) => ({ name: key, value }))
  const spec = { type, version: 'v1', metadata }
  return JSON.stringify({ apiVersion: 'dapr.io/v1alpha1', kind: 'Component', metadata: { name }, spec })
}

describe('the first minutes of a newcomer', { skip: program === undefined && noChromium }, () => {
  test('opens the printed address, sees the first request, streams, stops, and finds both in the log', async () => {
    // `npm start` builds the page too.
    await buildConsole()
    await using stage = await startStage({ paceMs: 10 })
    await using served = await serve({
      'echo.yaml': componentYaml('echo', 'conversation.echo'),
      'gpt.yaml': componentYaml('gpt', 'conversation.openai', {
        key: 'sk-of-the-test',
        model: 'gpt-4.1-nano',
        endpoint: stage.upstream.url,
      }),
    })
    const browser = await startBrowser(program ?? '')
    try {
      await using opened = await openPage(browser, served.console)
      const { page, complaints } = opened
      await page.getByRole('heading', { name: 'Nothing has been asked yet' }).waitFor()
      await page.locator('.live.live').waitFor()

      // The command that the sidecar printed, in a second terminal.
      const start = performance.now()
      const asking = runFile('sh', ['-c', served.curl], { timeout: 20_000 })
      await page.getByRole('table', { name: 'Latest requests' }).getByRole('row', { name: 'gpt' }).waitFor()
      const seenAfterMs = performance.now() - start
      assert.ok(seenAfterMs < 1_000, `the request was seen after ${seenAfterMs} ms`)
      assert.match((await asking).stdout, /Tell me a story/)

      await page.getByRole('link', { name: 'Playground', exact: true }).click()
      await page.getByRole('combobox', { name: 'Component' }).selectOption('gpt')
      const message = page.getByRole('textbox', { name: 'Message 1' })
      const run = page.getByRole('region', { name: 'Answer of gpt' })
      await message.fill('say: one two three four five six')
      await page.getByRole('button', { name: 'Send' }).click()
      await run.locator('.badge', { hasText: 'generating' }).waitFor()
      await run.locator('.badge', { hasText: 'done' }).waitFor()
      await message.fill('go on for ever')
      await page.getByRole('button', { name: 'Send' }).click()
      await run.getByText('more and more').first().waitFor()
      const { connection } = await stage.upstream.requestArrived(stage.upstream.requests.length - 1)
      await page.getByRole('button', { name: 'Stop' }).click()
      await stage.upstream.connectionClosed(connection)
      await run.locator('.badge', { hasText: 'stopped' }).waitFor()

      await page.getByRole('link', { name: 'Requests', exact: true }).click()
      const rows = page.locator('tr[data-call]')
      await rows.nth(2).waitFor()
      assert.match(await textOf(rows.nth(0)), /cancelled[\s\S]*gpt[\s\S]*console[\s\S]*\d ms/)
      assert.match(await textOf(rows.nth(1)), /succeeded[\s\S]*gpt[\s\S]*console[\s\S]*\d ms[\s\S]*\d+ → 6/)
      await rows.nth(1).getByRole('link').click()
      const dialog = page.getByRole('dialog')
      for (const stretch of ['queue', 'connect', 'first token', 'stream']) {
        await dialog.getByRole('rowheader', { name: stretch, exact: true }).waitFor()
      }
      assert.match(await textOf(dialog), /First token\s+\d+ ms[\s\S]*Tokens out\s+6/)
      assert.deepEqual(complaints, [])
    } finally {
      await browser.close()
    }
  })
})

describe('the console of a newcomer', { skip: program === undefined && noChromium }, () => {
  let stage: Stage
  let browser: Browser
  let opened: WatchedPage
  let page: Page

  before(async () => {
    browser = await startBrowser(program ?? '')
  })

  beforeEach(async () => {
    stage = await startStage({ paceMs: 10 })
    opened = await openPage(browser, stage.url)
    page = opened.page
  })

  afterEach(async () => {
    await opened?.[Symbol.asyncDispose]()
    await stage?.[Symbol.asyncDispose]()
  })

  after(() => browser?.close())

  const rows = () => page.locator('tr[data-call]')

  test('a button says hello, and the answer and the figures come without a reload', async () => {
    await page.getByRole('heading', { name: 'Nothing has been asked yet' }).waitFor()
    await page.getByRole('button', { name: 'Say hello to echo' }).click()
    await page.getByRole('region', { name: 'Answer' }).getByText('Say hello.').waitFor()
    const latest = page.getByRole('table', { name: 'Latest requests' })
    await latest.getByRole('row', { name: 'succeeded' }).waitFor()
    assert.match(await textOf(latest), /echo/)
    assert.deepEqual(opened.complaints, [])
  })

  test('the command on the page works as it stands', async () => {
    const text = await textOf(page.getByRole('region', { name: 'Command' }))
    const [, address = ''] = /curl -N (\S+)/.exec(text) ?? []
    const [, body = ''] = /-d '([^']+)'/.exec(text) ?? []
    const response = await fetch(address, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    assert.equal(response.status, 200)
    assert.match(await response.text(), /hello[\s\S]*\[DONE\]/)
  })

  test('a request from elsewhere is seen within a second', async () => {
    await page.getByRole('button', { name: 'Live' }).waitFor()
    await page.waitForFunction(() => document.querySelector('.live')?.classList.contains('live'))
    const start = performance.now()
    const asked = stage.ask('echo', 'Do you see me?')
    await page.getByRole('table', { name: 'Latest requests' }).getByText('shop').first().waitFor()
    assert.ok(performance.now() - start < 1_000)
    await asked
  })

  test('an answer is streamed, another one stopped, and both are found in the log with tokens and timing', async () => {
    await page.getByRole('link', { name: 'Playground', exact: true }).click()
    await page.getByRole('combobox', { name: 'Component' }).selectOption('gpt')
    const message = page.getByRole('textbox', { name: 'Message 1' })
    await message.fill('say: one two three four five six')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.locator('.run .badge', { hasText: 'done' }).waitFor()
    await message.fill('go on for ever')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('more and').first().waitFor()
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.locator('.run .badge', { hasText: 'stopped' }).waitFor()

    await page.getByRole('link', { name: 'Requests', exact: true }).click()
    const stopped = rows().filter({ hasText: 'cancelled' })
    const whole = rows().filter({ hasText: 'succeeded' })
    await stopped.waitFor()
    assert.match(await textOf(whole), /\d ms[\s\S]*→ 6/)
    await whole.getByRole('link').click()
    const dialog = page.getByRole('dialog')
    for (const stretch of ['queue', 'connect', 'first token', 'stream']) {
      await dialog.getByRole('rowheader', { name: stretch, exact: true }).waitFor()
    }
    assert.match(await textOf(dialog), /Tokens out\s+6/)
    assert.match(await textOf(dialog), /Cost\s+\$0\.0+\d+/)
    assert.match(await textOf(dialog), /Trace id\s+[0-9a-f]{32}/)
    assert.deepEqual(opened.complaints, [])
  })

  test('what was said can be asked again in the playground', async () => {
    await stage.ask('gpt', 'Ask me again', { body: { temperature: 0.4 } })
    await page.goto(`${stage.url}#/requests`)
    await rows().getByRole('link').first().click()
    await page.getByRole('link', { name: 'Open in playground' }).click()
    await page.getByRole('heading', { name: 'Playground' }).waitFor()
    assert.equal(await page.getByRole('textbox', { name: 'Message 1' }).inputValue(), 'Ask me again')
    assert.equal(await page.getByLabel('Temperature').inputValue(), '0.4')
    assert.equal(await page.getByRole('combobox', { name: 'Component' }).inputValue(), 'gpt')
  })

  test('the log goes on while one looks, filters, and is walked through by the keyboard', async () => {
    await stage.ask('echo', 'one')
    await stage.ask('gpt', 'too much')
    await page.goto(`${stage.url}#/requests`)
    await rows().nth(1).waitFor()
    await stage.ask('echo', 'three', { caller: 'billing' })
    await rows().nth(2).waitFor()
    assert.match(await textOf(rows().first()), /billing/)

    await page.getByLabel('State').selectOption('failed')
    await page.waitForFunction(() => document.querySelectorAll('tr[data-call]').length === 1)
    assert.match(await textOf(rows().first()), /rate_limit/)
    await page.getByLabel('Search').fill('caller:billing')
    await rows().filter({ hasText: 'billing' }).waitFor()
    await page.getByLabel('Search').fill('')
    await rows().nth(2).waitFor()

    await page.getByRole('region', { name: 'Requests, table' }).focus()
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('k')
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('definition').getByText('billing').waitFor()
    await page.keyboard.press('j')
    await dialog.getByText('rate_limit').first().waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    assert.deepEqual(opened.complaints, [])
  })

  test('a page that is paused stands still, and catches up when it goes on', async () => {
    await stage.ask('echo', 'one')
    await page.goto(`${stage.url}#/requests`)
    await rows().first().waitFor()
    await page.getByRole('button', { name: 'Live' }).click()
    await stage.ask('echo', 'two')
    await page.waitForTimeout(500)
    assert.equal(await rows().count(), 1)
    await page.getByRole('button', { name: 'Paused' }).click()
    await rows().nth(1).waitFor()
  })

  test('the page goes on by itself when the sidecar was away', async () => {
    await stage.ask('echo', 'one')
    await page.goto(`${stage.url}#/requests`)
    await rows().first().waitFor()
    const httpPort = Number(new URL(stage.url).port)
    await stage[Symbol.asyncDispose]()
    await page.getByRole('button', { name: 'Reconnecting' }).waitFor()
    stage = await startStage({ httpPort })
    await page.getByRole('button', { name: 'Live' }).waitFor()
    await stage.ask('echo', 'two')
    await rows().nth(1).waitFor()
  })

  test('a conversation is listed for its caller, shown and forgotten', async () => {
    await stage.converse('memory', 'order-17', 'Where is my order?')
    await page.getByRole('link', { name: 'Conversations', exact: true }).click()
    await page.getByLabel('Caller').fill('shop')
    await page.getByRole('button', { name: 'Show' }).click()
    await page.getByRole('link', { name: 'order-17' }).click()
    await page.getByText('Where is my order?').first().waitFor()
    // Whoever else asks sees nothing of it.
    await page.goto(`${stage.url}#/conversations?caller=billing`)
    await page.getByText('Nothing is remembered for billing.').waitFor()
    await page.goto(`${stage.url}#/conversations/memory/order-17?caller=billing`)
    await page.getByText('no such conversation is stored for this caller').waitFor()
    await page.goto(`${stage.url}#/conversations/memory/order-17?caller=shop`)
    await page.getByText('Where is my order?').first().waitFor()
    page.on('dialog', (dialog) => void dialog.accept())
    await page.getByRole('button', { name: 'Forget' }).click()
    await page.getByText('Nothing is remembered for shop.').waitFor()
  })
})
