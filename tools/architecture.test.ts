/** That the files which `docs/architecture.md` and `CONTRIBUTING.md` lead through are there. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { repositoryRoot } from './repository.ts'

/** Where paths begin, page by page; the first that has the file is meant. */
const pages: Readonly<Record<string, readonly string[]>> = {
  'docs/architecture.md': ['', 'packages', 'packages/sidecar/src', 'packages/client/src'],
  'CONTRIBUTING.md': ['', 'packages/sidecar/src'],
}

/** Words in code that are a file or a folder. */
const path = /`([\w-]+(?:\/[\w.-]+)*(?:\.(?:tsx?|md|json|yaml)|\/))`/g

for (const [page, roots] of Object.entries(pages)) {
  test(`every file and folder that ${page} names exists`, () => {
    const text = readFileSync(join(repositoryRoot, page), 'utf8')
    const named = Array.from(text.matchAll(path), ([, name = '']) => name)
    assert.ok(named.length > 5)
    const missing = named.filter((name) => !roots.some((root) => existsSync(join(repositoryRoot, root, name))))
    assert.deepEqual(missing, [])
  })

  test(`every link of ${page} leads somewhere`, () => {
    const text = readFileSync(join(repositoryRoot, page), 'utf8')
    const links = Array.from(text.matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g), ([, link = '']) => link)
    const missing = links.filter((link) => !existsSync(join(repositoryRoot, page, '..', link)))
    assert.deepEqual(missing, [])
  })
}
