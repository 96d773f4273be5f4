/** The playground in a real browser: streaming, stopping, side by side, everything that a request can carry, and failures. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, before, beforeEach, describe, test } from 'node:test'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { findChromium, noChromium } from '../../tools/chromium.ts'
import { repositoryRoot } from '../../tools/repository.ts'
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

  test('a tool call is shown with its arguments, and the model reads the result that somebody writes', async () => {
    await say('Weather?')
    await page.getByText('Tools', { exact: true }).click()
    await page.getByRole('button', { name: /Take the example.*Tools/ }).click()
    await send()
    await pane().getByText('get_weather({"city":"Oslo"})').waitFor()
    await isOver()
    await pane().getByRole('button', { name: 'Go on from here' }).click()
    await page.getByText('result of call_1').waitFor()
    await page.getByRole('textbox', { name: 'Message 3' }).fill('Rain, say: take an umbrella')
    assert.deepEqual(await barriers(page), [])
    await send()
    await pane().getByText('take an umbrella').waitFor()
    await isOver()
    const [, called, result] = asked().messages as Record<string, unknown>[]
    assert.equal(called?.role, 'assistant')
    assert.match(JSON.stringify(called?.tool_calls), /"call_1".*get_weather/)
    assert.deepEqual(
      { role: result?.role, id: result?.tool_call_id, content: result?.content },
      { role: 'tool', id: 'call_1', content: 'Rain, say: take an umbrella' },
    )

    // The log brings all of it back, the tool's words too.
    await pane().getByRole('link', { name: 'Find in the log' }).click()
    await page.locator('tr[data-call] a').first().click()
    await page.getByRole('link', { name: 'Open in playground' }).click()
    await page.getByText('result of call_1').waitFor()
    assert.equal(await page.getByRole('textbox', { name: 'Message 3' }).inputValue(), 'Rain, say: take an umbrella')
    assert.match(await page.getByLabel('Tools, as JSON').inputValue(), /get_weather/)
    assert.deepEqual(opened.complaints, [])
  })

  test('a section that somebody opened stays open when it is emptied', async () => {
    await page.getByText('Shape of the answer').click()
    const schema = page.getByLabel('JSON Schema')
    await schema.fill('{}')
    await schema.fill('')
    await page.getByRole('button', { name: /Take the example.*JSON Schema/ }).click()
    assert.match(await schema.inputValue(), /"type": "object"/)
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

  test('the code in each language asks what the playground asks, as it stands', async (t) => {
    await say("It's 5 o'clock")
    await page.getByLabel('System prompt').fill('Be "brief".')
    await page.getByText('Pictures').click()
    await page.getByLabel('From an address').fill('https://example.com/a.png')
    await page.getByLabel('From an address').blur()
    await page.getByText('Parameters').click()
    await page.getByLabel('Temperature').fill('0.3')
    await page.getByLabel('Most tokens').fill('50')
    await page.getByLabel('Others, as JSON').fill('{ "seed": 7, "tool_choice": "auto" }')
    await page.getByText('Tools', { exact: true }).click()
    await page.getByRole('button', { name: /Take the example.*Tools/ }).click()
    await page.getByText('Shape of the answer').click()
    await page.getByRole('button', { name: /Take the example.*JSON Schema/ }).click()
    await send()
    await isOver()
    const wanted = asked()
    assert.equal((wanted.messages as object[]).length, 2)
    const inPython = await hasPythonPackage()
    if (!inPython) t.diagnostic('the code in Python is not run: python3 has no package openai')
    for (const language of ['TypeScript', 'curl', ...(inPython ? ['Python'] : [])] as const) {
      await page.getByRole('button', { name: language, exact: true }).click()
      const code = await textOf(page.getByRole('region', { name: `Code in ${language}` }))
      const before = stage.upstream.requests.length
      await runCode(language as CodeLanguage, code)
      assert.equal(stage.upstream.requests.length, before + 1, language)
      assert.deepEqual(asked(), wanted, language)
    }
    await page.getByRole('button', { name: 'Python', exact: true }).click()
    await page.getByRole('region', { name: 'Code in Python' }).getByText('client.chat.completions.create').waitFor()
  })
})

type CodeLanguage = 'TypeScript' | 'curl' | 'Python'

const programs: Readonly<Record<CodeLanguage, readonly [program: string, ...flags: string[]]>> = {
  // The workspace has the client.
  TypeScript: [process.execPath, '--input-type=module-typescript', '--eval'],
  curl: ['sh', '-c'],
  Python: ['python3', '-c'],
}

const runFile = promisify(execFile)

/** Runs code that somebody copied from the page. */
async function runCode(language: CodeLanguage, code: string): Promise<void> {
  const [program, ...flags] = programs[language]
  await runFile(program, [...flags, code], { cwd: repositoryRoot, timeout: 20_000 })
}

async function hasPythonPackage(): Promise<boolean> {
  return runFile('python3', ['-c', 'import openai']).then(
    () => true,
    () => false,
  )
}
