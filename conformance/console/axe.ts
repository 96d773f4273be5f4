/** Looks for barriers in a page with axe, by the rules of WCAG 2.2 at the levels A and AA. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** One barrier, as a sentence. */
export async function barriers(page: Page): Promise<string[]> {
  // A string goes in past the content security policy, which forbids scripts in the page.
  await page.evaluate(`${source};0`)
  const found = (await page.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(rules)} }).then(({ violations }) => violations)`,
  )) as { id: string; help: string; nodes: { html: string; failureSummary: string }[] }[]
  return found.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}: ${html.slice(0, 200)}: ${failureSummary}`),
  )
}
