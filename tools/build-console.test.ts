import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { buildConsole, SCRIPT_BUDGET_BYTES } from './build-console.ts'

test('the page stays in its budget, names its files by what they hold, and has nothing inline', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'dapr-chat-console-'))
  try {
    const { files, scriptBytes } = await buildConsole(folder)
    t.diagnostic(`${scriptBytes} bytes of script after gzip, at most ${SCRIPT_BUDGET_BYTES}`)
    assert.ok(scriptBytes <= SCRIPT_BUDGET_BYTES)
    assert.deepEqual(files.map((name) => name.replace(/-[A-Z0-9]{8}\./, '-HASH.')).sort(), [
      ...['console-HASH.css', 'icon-HASH.svg', 'index.html', 'main-HASH.js'],
    ])
    const page = await readFile(join(folder, 'index.html'), 'utf8')
    for (const name of files.filter((each) => each !== 'index.html')) assert.ok(page.includes(`"/console/${name}"`))
    assert.doesNotMatch(page, /<style|style=|<script>|\son\w+=|%[A-Z]+%|https?:/)
  } finally {
    await rm(folder, { recursive: true })
  }
})
