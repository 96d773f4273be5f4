/**
 * A real browser for the console's tests and for its screenshots: Chromium without a window, where the machine has one. What
 * a page complains about, in its own console or because of its content security policy, is gathered and fails the test.
 */
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core'

/** How long a page may take to show what a test waits for, in milliseconds. */
const PATIENCE_MS = 8_000

/** Starts the browser. */
export function startBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ['--no-sandbox'] })
}

/** How a page is opened. */
export interface PageOptions {
  readonly colorScheme?: 'light' | 'dark'
  readonly width?: number
  readonly height?: number
}

/** A page, and what it complained about so far. */
export interface WatchedPage extends AsyncDisposable {
  readonly page: Page
  readonly context: BrowserContext
  readonly complaints: readonly string[]
}

/** Opens a page with storage of its own. */
export async function openPage(
  browser: Browser,
  url: string,
  { colorScheme = 'light', width = 1_280, height = 800 }: PageOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ colorScheme, reducedMotion: 'reduce', viewport: { width, height } })
  context.setDefaultTimeout(PATIENCE_MS)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  await page.goto(url)
  return { page, context, complaints, [Symbol.asyncDispose]: () => context.close() }
}

/** The text as it is seen, with its lines and columns apart. */
export function textOf(element: Locator): Promise<string> {
  // biome-ignore lint/performance/useDomNodeTextContent: the text of the document has labels and values in one word
  return element.innerText()
}
