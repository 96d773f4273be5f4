/**
 * Writes the API reference of the client, `docs/api`, from its doc comments. `npm run generate` runs it; with `--check`, as
 * in `npm run check`, nothing is written and a page that is out of date fails. TypeDoc stands in a workspace of its own,
 * because it needs an older TypeScript than ours.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { apiFolder, repositoryFiles, repositoryRoot } from './repository.ts'
import { runCommand } from './run-command.ts'

const workspace = join(repositoryRoot, 'tools/api-reference')
const typedoc = join(workspace, 'node_modules/typedoc/bin/typedoc')
const committed = join(repositoryRoot, apiFolder)

/** Which pages are there once only, or differ. */
function differences(left: string, right: string): string[] {
  const pages = new Set([left, right].flatMap((folder) => repositoryFiles('**', folder)))
  const text = (folder: string, page: string) =>
    repositoryFiles(page, folder).length > 0 ? readFileSync(join(folder, page), 'utf8') : undefined
  return [...pages].filter((page) => text(left, page) !== text(right, page))
}

async function generate(folder: string): Promise<number> {
  const { exitCode, output } = await runCommand(process.execPath, [typedoc, '--out', folder], { cwd: workspace })
  if (exitCode !== 0) console.error(output)
  return exitCode
}

async function check(): Promise<number> {
  const fresh = mkdtempSync(join(tmpdir(), 'dapr-chat-api-'))
  try {
    const exitCode = await generate(fresh)
    if (exitCode !== 0) return exitCode
    const stale = differences(fresh, committed)
    for (const page of stale) console.error(`${apiFolder}/${page} is out of date: npm run generate makes it anew`)
    return stale.length === 0 ? 0 : 1
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

process.exitCode = await (process.argv.includes('--check') ? check() : generate(committed))
