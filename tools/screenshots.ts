/**
 * Takes the pictures of the console that the documentation shows: each view in both themes, with half a minute of real
 * traffic behind it. `node tools/screenshots.ts` writes `docs/images/console-*.png`; it needs a Chromium.
 */
import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { openPage, startBrowser } from '../conformance/console/browser.ts'
import { type Stage, startStage } from '../conformance/console/stage.ts'
import { findChromium, noChromium } from './chromium.ts'
import { repositoryRoot } from './repository.ts'

const folder = join(repositoryRoot, 'docs/images')

/** The largest picture that the documentation takes, in bytes. */
const MAX_BYTES = 150_000

const explanation = `A sidecar is a **second process** beside your program:

1. it holds the key,
2. it speaks to the model,
3. it counts what that costs.

\`\`\`ts
const llm = new DaprChatClient()
const { text } = await llm.generate('Hello')
\`\`\`

| without | with |
|---|---|
| one vendor | any vendor |
`

const answers = {
  'What is a sidecar?': explanation,
  'Where is my order?': 'It left the warehouse **this morning**.',
  'When will it come?': 'Tomorrow, between 9 and 12.',
}

interface Picture {
  readonly name: string
  readonly hash: string
  /** What is done before the picture is taken. */
  readonly prepare?: (page: Page) => Promise<void>
}

const pictures: readonly Picture[] = [
  { name: 'overview', hash: '#/overview' },
  { name: 'requests', hash: '#/requests' },
  {
    name: 'request',
    hash: '#/requests?search=caller:assistant',
    prepare: (page) => page.locator('tr[data-call] a').first().click(),
  },
  { name: 'conversations', hash: '#/conversations/memory/order-17?caller=shop' },
  {
    name: 'components',
    hash: '#/components',
    // One whose breaker is open and whose clock ran out.
    prepare: (page) =>
      page.locator('.card', { hasText: 'hasty' }).evaluate((card) => card.scrollIntoView({ block: 'end' })),
  },
  {
    name: 'playground',
    hash: `#/playground?${new URLSearchParams({
      draft: JSON.stringify({
        models: ['gpt', 'house'],
        system: 'Be brief.',
        messages: [{ role: 'user', text: 'What is a sidecar?', images: [] }],
        temperature: '0.3',
      }),
    })}`,
    async prepare(page) {
      await page.getByRole('button', { name: 'Send' }).click()
      await page.locator('.run .badge', { hasText: 'done' }).nth(1).waitFor()
    },
  },
]

/** With them the model calls a tool in the middle of its words. */
const tools = [{ type: 'function', function: { name: 'get_weather', parameters: { type: 'object' } } }]

/** Questions at changing rates, some of which fail, and a conversation. */
async function makeTraffic(stage: Stage): Promise<void> {
  const failing = ['too much', 'please break', 'too much', 'wrong key']
  const callers = ['shop', 'billing', 'support']
  for (let second = 0; second < 30; second++) {
    const amount = 2 + Math.round(3 * Math.sin(second / 4) ** 2)
    const caller = callers[second % callers.length] ?? 'shop'
    const asked = Array.from({ length: amount }, (_, index) =>
      stage.ask(
        ['gpt', 'house', 'gpt', 'echo'][index % 4] ?? 'gpt',
        `Question ${second}: how are things? `.repeat(1 + index),
        {
          caller,
        },
      ),
    )
    if (second % 8 === 7) asked.push(stage.ask('gpt', failing[Math.floor(second / 8)] ?? 'too much', { caller }))
    await Promise.all([...asked, sleep(1_000)])
  }
  await stage.ask('gpt', 'What is the weather in Oslo?', { caller: 'assistant', body: { tools } })
  for (let time = 0; time < 3; time++) await stage.ask('hasty', 'say nothing')
  await stage.converse('memory', 'order-17', 'Where is my order?')
  await stage.converse('memory', 'order-17', 'When will it come?')
}

async function main(): Promise<void> {
  const program = findChromium()
  if (program === undefined) throw new Error(noChromium)
  mkdirSync(folder, { recursive: true })
  await using stage = await startStage({ paceMs: 12, answers })
  await makeTraffic(stage)
  const browser = await startBrowser(program)
  try {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const { name, hash, prepare } of pictures) {
        await using opened = await openPage(browser, stage.url + hash, { colorScheme, width: 1_120, height: 720 })
        const { page } = opened
        await page.locator('main h1').waitFor()
        await prepare?.(page)
        // The charts and the lists come with the second answer of the sidecar.
        await sleep(700)
        const path = join(folder, `console-${name}-${colorScheme}.png`)
        await page.screenshot({ path })
        const { size } = statSync(path)
        if (size > MAX_BYTES)
          throw new Error(`Cannot use ${path}: it must have at most ${MAX_BYTES} bytes: it has ${size}`)
        console.log(`${path.slice(repositoryRoot.length + 1)}: ${(size / 1_000).toFixed(0)} kB`)
      }
    }
  } finally {
    await browser.close()
  }
}

await main()
