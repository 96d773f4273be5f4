/**
 * Runs the program in a real browser: bundled as an application bundles it, on a page of another origin than the sidecar's,
 * which the sidecar has to allow.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import type { Outcome } from './program.ts'
import { startTestBed } from './test-bed.ts'

/** How long the whole program may take, in milliseconds. */
const TIMEOUT_MS = 60_000

/** A server of one page with one script, on a port of its own. */
interface PageServer extends AsyncDisposable {
  readonly origin: string
}

/**
 * Runs the program in a Chromium.
 * @param executablePath as `findChromium` gives it.
 */
export async function runInBrowser(executablePath: string): Promise<readonly Outcome[]> {
  await using server = await servePage(await bundle(join(import.meta.dirname, 'page.ts')))
  await using bed = await startTestBed([server.origin])
  const browser = await chromium.launch({ executablePath })
  try {
    const page = await browser.newPage()
    const failed = new Promise<never>((_, reject) => page.once('pageerror', reject))
    await page.goto(`${server.origin}/?sidecar=${encodeURIComponent(bed.http)}`)
    const text = await Promise.race([page.locator('#outcomes').textContent({ timeout: TIMEOUT_MS }), failed])
    return JSON.parse(text ?? '[]')
  } finally {
    await browser.close()
  }
}

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}

async function servePage(script: string): Promise<PageServer> {
  const page = '<!doctype html><meta charset="utf-8"><body><script type="module" src="/script.js"></script>'
  const server = createServer(({ url }, response) => {
    const isScript = url === '/script.js'
    response.setHeader('content-type', isScript ? 'text/javascript; charset=utf-8' : 'text/html; charset=utf-8')
    response.end(isScript ? script : page)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
