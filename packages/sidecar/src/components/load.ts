/**
 * Folders of component files, read: the manifests that this sidecar is to run, in the order in which daprd would start
 * them. The composition root and `config check` call it, and hand the manifests to `registry.ts`.
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ComponentError } from './component-error.ts'
import { DocumentError } from './document.ts'
import {
  type ComponentManifest,
  logName,
  type ManifestFile,
  type ManifestProblem,
  parseManifests,
  problemOf,
} from './manifest.ts'
import type { Report } from './report.ts'
import { environmentValue, type ValueScope } from './value.ts'
import { readYamlFile } from './yaml-file.ts'

/** What loading needs to know of its sidecar. */
export interface LoadOptions extends ValueScope {
  /** Is told every file and component that is passed over, and every problem. */
  readonly report: Report
  /** What was loaded before: the same document is the same object again, and a broken file takes nothing away. */
  readonly previous?: readonly ComponentManifest[]
  /** Takes what stops a start, for somebody who wants to know all that does; it is thrown where absent. */
  readonly refuse?: (error: ComponentError) => void
}

/** What the folders hold. */
export interface LoadedManifests {
  /** In order of folders, file names and documents. */
  readonly manifests: readonly ComponentManifest[]
  /** The documents that cannot be used; reported already. */
  readonly problems: readonly ManifestProblem[]
}

/**
 * Reads the `.yaml` and `.yml` files that stand directly in the folders, and leaves out what belongs to another
 * namespace (only where `NAMESPACE` is set) or is scoped to other apps.
 * @throws ComponentError for a folder that cannot be read, and for a name that is defined twice.
 */
export async function loadManifests(folders: readonly string[], options: LoadOptions): Promise<LoadedManifests> {
  const { report, previous = [] } = options
  const accepted = new Map<string, ComponentManifest>()
  const kept = new Set<string>()
  const problems: ManifestProblem[] = []
  for (const folder of folders) {
    for (const file of await componentFiles(folder, options)) {
      const found = await readManifests(file, options)
      for (const line of found.skipped) report.info(line)
      for (const problem of found.problems) report.warn(problem.message)
      problems.push(...found.problems)
      for (const manifest of found.manifests) {
        // What was only kept gives way to a document that can be read.
        if (kept.delete(manifest.name)) accepted.delete(manifest.name)
        if (isWanted(manifest, accepted, options)) accepted.set(manifest.name, asBefore(manifest, previous))
      }
      for (const manifest of lost(file, found, previous)) {
        if (accepted.has(manifest.name)) continue
        accepted.set(manifest.name, manifest)
        kept.add(manifest.name)
        report.info(`${manifest.name} stays as it was before the change of ${file}`)
      }
    }
  }
  return { manifests: [...accepted.values()], problems }
}

/** The object that the same document was before. */
function asBefore(manifest: ComponentManifest, previous: readonly ComponentManifest[]): ComponentManifest {
  return previous.find(({ file, source }) => file === manifest.file && source === manifest.source) ?? manifest
}

/** What a file had before and may still have: one of its documents cannot be read. */
function lost(file: string, found: ManifestFile, previous: readonly ComponentManifest[]): ComponentManifest[] {
  if (found.problems.length === 0) return []
  return previous.filter(
    (manifest) => manifest.file === file && !found.manifests.some(({ name }) => name === manifest.name),
  )
}

async function readManifests(file: string, options: LoadOptions): Promise<ManifestFile> {
  try {
    const hadComponents = options.previous?.some((manifest) => manifest.file === file)
    return parseManifests(await readYamlFile(file, hadComponents), file, options)
  } catch (cause) {
    if (cause instanceof DocumentError) return { manifests: [], skipped: [], problems: [problemOf(cause, file)] }
    // A link to nothing, such as an editor's lock, or a file that has just been removed.
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
      return { manifests: [], problems: [], skipped: [`${file} skipped: there is no file behind this name`] }
    }
    const reason = cause instanceof Error ? cause.message : String(cause)
    const message = `Cannot load components from "${file}": it must be a file that can be read: ${reason}`
    refuse(new ComponentError(message, { cause }), options)
    return { manifests: [], problems: [], skipped: [] }
  }
}

function refuse(error: ComponentError, options: LoadOptions): void {
  if (options.refuse === undefined) throw error
  options.refuse(error)
}

/** Names are checked before scopes, and only what was accepted takes a name: the order is daprd's. */
function isWanted(
  manifest: ComponentManifest,
  accepted: ReadonlyMap<string, ComponentManifest>,
  options: LoadOptions,
): boolean {
  const { appId, environment, report } = options
  const position = `${manifest.file}:${manifest.line}`
  const namespace = environmentValue(environment, 'NAMESPACE')
  if (namespace !== undefined && manifest.namespace !== '' && manifest.namespace !== namespace) {
    report.info(`${manifest.name} skipped: it belongs to the namespace "${manifest.namespace}" (${position})`)
    return false
  }
  const existing = accepted.get(manifest.name)
  if (existing) {
    const both = `${position} and ${existing.file}:${existing.line}`
    const message = `duplicate definition of Component name ${logName(manifest)} with existing ${logName(existing)}: ${both}`
    refuse(new ComponentError(message), options)
    return false
  }
  if (manifest.scopes.length > 0 && !manifest.scopes.includes(appId)) {
    report.info(`${manifest.name} skipped: its scopes do not name the app "${appId}" (${position})`)
    return false
  }
  return true
}

async function componentFiles(folder: string, options: LoadOptions): Promise<string[]> {
  const { report } = options
  const { files, disabled, others } = await listFolder(folder).catch((error: unknown) => {
    if (!(error instanceof ComponentError)) throw error
    refuse(error, options)
    return { files: [], disabled: [], others: [] }
  })
  for (const file of disabled) report.info(`${file} skipped: it is disabled`)
  for (const file of others) report.warn(`${file} skipped: only .yaml and .yml files are read`)
  return files
}

/** The files that stand directly in a folder, by what is done with them; each with the folder's path. */
export interface FolderListing {
  /** `.yaml` and `.yml`, in the order in which they are read. */
  readonly files: string[]
  /** `.disabled`. */
  readonly disabled: string[]
  /** What somebody may have wanted to be read. */
  readonly others: string[]
}

/**
 * Lists a folder of resources.
 * @throws ComponentError where it cannot be read.
 */
export async function listFolder(folder: string): Promise<FolderListing> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    const value = cause.code === 'ENOENT' ? 'it does not exist' : cause.message
    throw new ComponentError(
      `Cannot load components from "${folder}": it must be a folder that can be read: ${value}`,
      {
        cause,
      },
    )
  })
  const listing: FolderListing = { files: [], disabled: [], others: [] }
  for (const name of entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => entry.name)
    .sort()) {
    const file = join(folder, name)
    if (/\.ya?ml$/i.test(name)) listing.files.push(file)
    else if (/\.disabled$/i.test(name)) listing.disabled.push(file)
    // Hidden files belong to other tools and are in every second folder.
    else if (!name.startsWith('.')) listing.others.push(file)
  }
  return listing
}
