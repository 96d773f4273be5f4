/** The playground in a real browser: streaming, stopping, side by side, everything that a request can carry, and failures. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { findChromium, noChromium } from '../../tools/chromium.ts'
import { barriers } from './axe.ts'
import { openPage, startBrowser, textOf, type WatchedPage } from './browser.ts'
import { type Stage, startStage } from './stage.ts'

const program = findChromium()

/** The smallest picture there is. */
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

describe('the playground', { skip: program === undefined && noChromium }, () => {
  let stage: Stage
  let browser: Browser
  let opened: WatchedPage
  let page: Page

  before(async () => {
    stage = await startStage({ paceMs: 20 })
    browser = await startBrowser(program ?? '')
  })

  beforeEach(async () => {
    await opened?.[Symbol.asyncDispose]()
    opened = await openPage(browser, `${stage.url}#/playground`)
    page = opened.page
    await page.getByRole('combobox', { name: 'Component' }).selectOption('gpt')
  })

  after(async () => {
    await opened?.[Symbol.asyncDispose]()
    await browser?.close()
    await stage?.[Symbol.asyncDispose]()
  })

  const say = (text: string) => page.getByRole('textbox', { name: 'Message 1' }).fill(text)
  const send = () => page.getByRole('button', { name: 'Send' }).click()
  const pane = (name = 'gpt') => page.getByRole('region', { name: `Answer of ${name}` })
  const isOver = (name = 'gpt', word = 'done') => pane(name).locator('.badge', { hasText: word }).waitFor()
  /** What reached the provider with the last request. */
  const asked = () => stage.upstream.requests.at(-1)?.body as Record<string, unknown>

  test('an answer grows while it comes, and ends with its figures', async () => {
    await say('say: one two three four five six seven eight nine ten')
    await page.evaluate(`{
      window.lengths = new Set()
      new MutationObserver(() => window.lengths.add(document.querySelector('.answer')?.textContent.length))
        .observe(document.querySelector('.panes'), { subtree: true, childList: true, characterData: true })
    }`)
    await send()
    await isOver()
    assert.ok(Number(await page.evaluate('window.lengths.size')) > 4, 'the text must have grown step by step')
    const figures = await textOf(pane().getByLabel('Figures of gpt'))
    assert.match(figures, /First token\s+\d+ ms/)
    assert.match(figures, /Tokens\s+\d+ → 10/)
    assert.match(figures, /Finish\s+stop/)
    await page.getByText('gpt: done after 10 tokens').waitFor({ state: 'attached' })
    assert.deepEqual(opened.complaints, [])
  })

  for (const way of ['button', 'Esc'] as const) {
    test(`Stop closes the connection to the provider, by ${way}`, async () => {
      await say('go on for ever')
      await send()
      await pane().getByText('more and').first().waitFor()
      const index = stage.upstream.requests.length - 1
      const { connection } = await stage.upstream.requestArrived(index)
      if (way === 'button') await page.getByRole('button', { name: 'Stop' }).click()
      else await page.keyboard.press('Escape')
      await stage.upstream.connectionClosed(connection)
      await isOver('gpt', 'stopped')
      await pane().getByRole('link', { name: 'Find in the log' }).click()
      await page.locator('tr[data-call]').getByText('cancelled').first().waitFor()
      assert.deepEqual(opened.complaints, [])
    })
  }

  test('two components answer side by side', async () => {
    await say('Hello, both of you')
    await page.getByLabel('Two side by side').check()
    await page.getByRole('combobox', { name: 'Component 2' }).selectOption('echo')
    await page.keyboard.press('Control+Enter')
    await isOver('gpt')
    await isOver('echo')
    await pane('echo').getByText('Hello, both of you').waitFor()
    assert.deepEqual(await barriers(page), [])
  })

  test('everything that is filled in reaches the provider', async () => {
    await say('Look at this')
    await page.getByLabel('System prompt').fill('Be brief.')
    await page.getByRole('textbox', { name: 'Model, if not its own' }).fill('gpt-4.1-mini')
    await page.getByText('Pictures').click()
    await page.getByLabel('From a file').setInputFiles({ name: 'dot.png', mimeType: 'image/png', buffer: pixel })
    await page.getByRole('img', { name: 'The model is shown this' }).waitFor()
    await page.getByText('Parameters').click()
    await page.getByLabel('Temperature').fill('0.3')
    await page.getByLabel('Most tokens').fill('50')
    await page.getByLabel('Others, as JSON').fill('{ "seed": 7 }')
    await page.getByText('Shape of the answer').click()
    await page.getByLabel('JSON Schema').fill('{ "type": "object", "properties": {}, "additionalProperties": false }')
    await send()
    await isOver('gpt/gpt-4.1-mini')
    const { model, messages, temperature, max_tokens, seed, response_format } = asked()
    assert.deepEqual(
      { model, temperature, max_tokens, seed },
      { model: 'gpt-4.1-mini', temperature: 0.3, max_tokens: 50, seed: 7 },
    )
    const [system, user] = messages as { role: string; content: unknown }[]
    assert.deepEqual(system, { role: 'system', content: 'Be brief.' })
    assert.match(JSON.stringify(user), /data:image\/png;base64,iVBOR/)
    assert.match(JSON.stringify(response_format), /json_schema/)
    assert.deepEqual(opened.complaints, [])
  })

  test('a tool call is shown with its arguments', async () => {
    await say('Weather?')
    await page.getByText('Tools', { exact: true }).click()
    await page
      .getByLabel('Tools, as JSON')
      .fill('[{ "type": "function", "function": { "name": "get_weather", "parameters": { "type": "object" } } }]')
    await send()
    await pane().getByText('get_weather({"city":"Oslo"})').waitFor()
    await isOver()
  })

  test('a failure says what happened and what to do', async () => {
    await say('too much')
    await send()
    await isOver('gpt', 'failed')
    await pane().getByText('rate_limit').waitFor()
    await pane().getByText('Wait, send less at once').waitFor()
  })

  test('an answer that breaks off keeps what came, and says so', async () => {
    await say('please break say: one two three four five six seven')
    await send()
    await isOver('gpt', 'failed')
    await pane().getByText('one two three').waitFor()
    await pane().getByText('interrupted').waitFor()
  })

  test('what cannot be sent is said before anything is sent', async () => {
    const before = stage.upstream.requests.length
    await page.getByText('Tools', { exact: true }).click()
    await page.getByLabel('Tools, as JSON').fill('not JSON')
    await send()
    await page.getByRole('alert').getByText('This must be a JSON array of tools.').waitFor()
    await page.getByRole('alert').getByText('Write a message.').waitFor()
    assert.equal(stage.upstream.requests.length, before)
    assert.deepEqual(await barriers(page), [])
  })

  test('a link to the playground brings the whole request along', async () => {
    await say('Remember me')
    await page.getByLabel('System prompt').fill('Be brief.')
    await page.waitForFunction(() => location.hash.includes('Remember'))
    await using other = await openPage(browser, page.url())
    await other.page.getByText('Remember me').first().waitFor({ state: 'attached' })
    assert.equal(await other.page.getByRole('textbox', { name: 'Message 1' }).inputValue(), 'Remember me')
    assert.equal(await other.page.getByLabel('System prompt').inputValue(), 'Be brief.')
    assert.equal(await other.page.getByRole('combobox', { name: 'Component' }).inputValue(), 'gpt')
  })

  test('an answer becomes a part of the conversation', async () => {
    await say('say: first answer')
    await send()
    await isOver()
    await pane().getByRole('button', { name: 'Go on from here' }).click()
    await page.getByRole('textbox', { name: 'Message 3' }).fill('say: second answer')
    await send()
    await pane().getByText('second answer').waitFor()
    await isOver()
    assert.deepEqual(
      (asked().messages as { role: string }[]).map(({ role }) => role),
      ['user', 'assistant', 'user'],
    )
  })

  test('the code asks what the playground asks', async () => {
    await say('Hello from code')
    await page.getByRole('button', { name: 'curl' }).click()
    const curl = await textOf(page.getByRole('region', { name: 'Code in curl' }))
    assert.match(curl, /curl -N http:\/\/127\.0\.0\.1:\d+\/v1\/chat\/completions/)
    assert.match(curl, /Hello from code/)
    await page.getByRole('button', { name: 'Python' }).click()
    assert.match(
      await textOf(page.getByRole('region', { name: 'Code in Python' })),
      /client\.chat\.completions\.create/,
    )
    await page.getByRole('button', { name: 'TypeScript' }).click()
    assert.match(
      await textOf(page.getByRole('region', { name: 'Code in TypeScript' })),
      /generateStream\('Hello from code'/,
    )
  })
})
