import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { after, test } from 'node:test'
import { findChromium } from './chromium.ts'

const folder = mkdtempSync(join(tmpdir(), 'chromium-'))
after(() => rmSync(folder, { recursive: true }))

const chromium = join(folder, 'chromium')
writeFileSync(chromium, '')
chmodSync(chromium, 0o755)

test('Chromium is found on the path', () => {
  assert.equal(findChromium({ PATH: ['/nowhere', folder].join(delimiter) }), chromium)
  assert.equal(findChromium({ PATH: '/nowhere' }), undefined)
  assert.equal(findChromium({}), undefined)
})

test('a Chromium that is named is taken, or none', () => {
  assert.equal(findChromium({ CHROMIUM: chromium, PATH: '/nowhere' }), chromium)
  assert.equal(findChromium({ CHROMIUM: join(folder, 'gone'), PATH: folder }), undefined)
})
