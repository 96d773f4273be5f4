/** The page of the example in a real browser: it asks across origins, shows words as they come, and stops. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { chromium } from 'playwright-core'
import { findChromium, noChromium } from '../tools/chromium.ts'
import { repositoryRoot } from '../tools/repository.ts'

/** The example's own program, from its first line until it is ended. */
async function serve() {
  const child = spawn(process.execPath, ['examples/browser/serve.ts'], {
    cwd: repositoryRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  const first = await createInterface(child.stdout)[Symbol.asyncIterator]().next()
  const [, address] = /Open (\S+)/.exec(String(first.value)) ?? []
  assert.ok(address, `the example must print its address: ${first.value}`)
  const end = async () => {
    child.kill('SIGTERM')
    return (await ended)[0]
  }
  return { address, end }
}

const executablePath = findChromium()

test('the page streams, and stops', { skip: executablePath === undefined && noChromium }, async (t) => {
  const { address, end } = await serve()
  const browser = await chromium.launch({ ...(executablePath !== undefined && { executablePath }) })
  t.after(() => browser.close())
  const page = await browser.newPage()
  const failures: string[] = []
  page.on('pageerror', ({ message }) => failures.push(message))
  await page.goto(address)
  await page.getByRole('button', { name: 'Ask' }).click()
  await page.getByRole('status').filter({ hasText: 'native stream' }).waitFor()
  assert.equal(await page.locator('output').textContent(), 'Tell me a story about a brave knight.')

  await page.getByRole('textbox').fill(Array.from({ length: 500 }, (_, index) => `word${index}`).join(' '))
  await page.getByRole('button', { name: 'Ask' }).click()
  await page.locator('output').filter({ hasText: 'word3' }).waitFor()
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByRole('status').filter({ hasText: 'stopped' }).waitFor()
  assert.doesNotMatch((await page.locator('output').textContent()) ?? '', /word400/)
  assert.deepEqual(failures, [])
  assert.equal(await end(), 0)
})
