/**
 * Generates the pages about components and the schema of their files from the sidecar's declarations and from the data
 * of the providers' contract. `npm run generate` writes them; a test compares them with what is committed.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { componentSchema, providers } from '@dapr-chat/sidecar'
import { documentedComponents } from './docs/component.ts'
import { componentPage } from './docs/component-page.ts'
import { componentsPage } from './docs/components-page.ts'
import { repositoryRoot } from './repository.ts'
import { runCommand } from './run-command.ts'

/** Where the pages of the single components stand; nothing else does. */
export const componentsFolder = 'docs/components'

/** All generated files, by their paths from the repository's root. */
export function generatedDocs(): ReadonlyMap<string, string> {
  const components = documentedComponents()
  return new Map([
    ['docs/components.md', componentsPage(components)],
    ...components.map((component) => [`${componentsFolder}/${component.name}.md`, componentPage(component)] as const),
    ['docs/schemas/component.json', `${JSON.stringify(componentSchema(providers), null, 2)}\n`],
  ])
}

async function main(): Promise<number> {
  rmSync(join(repositoryRoot, componentsFolder), { recursive: true, force: true })
  const files = generatedDocs()
  for (const [path, text] of files) {
    const file = join(repositoryRoot, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  const { exitCode } = await runCommand('biome', ['format', '--write', 'docs/schemas'], { show: true })
  console.log(`docs: ${files.size} files`)
  return exitCode
}

if (import.meta.main) process.exitCode = await main()
