/**
 * Generates the pages about components and the schemas for editors from the sidecar's declarations and from the data of the
 * providers' contract, the page about errors from the error table, and the sizes on the page about production from the
 * benchmark's figures. `npm run generate` writes them; a test compares them with what is committed.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { componentSchema, configurationSchema, providers, resiliencySchema } from '@dapr-chat/sidecar'
import { documentedComponents } from './docs/component.ts'
import { componentPage } from './docs/component-page.ts'
import { componentsPage } from './docs/components-page.ts'
import { productionPage, writtenProductionPage } from './docs/sizing.ts'
import { troubleshootingPage } from './docs/troubleshooting-page.ts'
import { repositoryRoot } from './repository.ts'
import { runCommand } from './run-command.ts'

/** Where the pages of the single components stand; nothing else does. */
export const componentsFolder = 'docs/components'

/** The schemas for editors, by the kind of resource in small letters. */
export const schemas = {
  component: componentSchema(providers),
  configuration: configurationSchema,
  resiliency: resiliencySchema,
} as const

/** All generated files, by their paths from the repository's root. */
export function generatedDocs(): ReadonlyMap<string, string> {
  const components = documentedComponents()
  return new Map([
    ['docs/components.md', componentsPage(components)],
    ...components.map((component) => [`${componentsFolder}/${component.name}.md`, componentPage(component)] as const),
    ['docs/troubleshooting.md', troubleshootingPage()],
    [productionPage, writtenProductionPage()],
    ...Object.entries(schemas).map(
      ([name, schema]) => [`docs/schemas/${name}.json`, `${JSON.stringify(schema, null, 2)}\n`] as const,
    ),
  ])
}

async function main(): Promise<number> {
  // Made before anything is deleted: where one cannot be, all stay as they are.
  const files = generatedDocs()
  rmSync(join(repositoryRoot, componentsFolder), { recursive: true, force: true })
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
