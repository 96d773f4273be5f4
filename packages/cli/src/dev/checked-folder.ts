/** The folder of components that `dev` is given, looked through before anything starts: what is in it, and what is missing. */
import { basename } from 'node:path'
import { type FilledFile, type FilledFolder, fillFolder, type MissingVariable } from '@dapr-chat/sidecar'
import type { Environment } from '../environment.ts'

/** A folder that can be used. */
export interface CheckedFolder {
  /** What a daprd reads: the files with something in them that a sidecar takes. */
  readonly filled: FilledFolder
  /** The Configuration resource in it; a sidecar is told of it by a flag. */
  readonly configuration: string | undefined
  /** How many files hold a component. */
  readonly processed: number
  /** How many files are disabled. */
  readonly skipped: number
  readonly missing: readonly MissingVariable[]
}

const CONFIGURATION = /^dapr-config\.ya?ml$/i

/**
 * Looks through it.
 * @param say takes a line for each file.
 * @throws Error where the folder or one of its files cannot be read.
 */
export async function checkFolder(
  folder: string,
  scope: { readonly appId: string; readonly environment: Environment },
  say: (line: string) => void,
): Promise<CheckedFolder> {
  const found = await fillFolder(folder, scope)
  const configuration = found.files.find(({ file }) => CONFIGURATION.test(basename(file)))
  const files = found.files.filter((file) => file !== configuration && isResource(file))
  const withComponents = files.filter(({ components }) => components.length > 0)
  for (const { file, components, otherKinds, problems } of found.files) {
    for (const problem of problems) say(`❌ ${problem}`)
    const contents = [...components.map(({ name, type }) => `${name} (${type})`), ...otherKinds]
    if (contents.length > 0) say(`📦 ${basename(file)}: ${contents.join(', ')}`)
  }
  for (const file of found.disabled) say(`⏭️  Skipping disabled component: ${basename(file)}`)
  for (const file of found.others) say(`⚠️  Warning: ${basename(file)} is not read: only .yaml and .yml files are`)
  return {
    filled: { ...found, files },
    configuration: configuration?.file,
    processed: withComponents.length,
    skipped: found.disabled.length,
    missing: files.flatMap(({ missing }) => missing),
  }
}

/** A Configuration in the folder means nothing to daprd, and a file without any document is none. */
function isResource({ components, otherKinds }: FilledFile): boolean {
  return components.length > 0 || otherKinds.some((kind) => kind !== 'Configuration')
}
