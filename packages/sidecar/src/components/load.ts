/**
 * Folders of component files, read: the manifests that this sidecar is to run, in the order in which daprd would start
 * them. The composition root and `config check` call it, and hand the manifests to `registry.ts`.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ComponentError } from './component-error.ts'
import { type ComponentManifest, logName, type ManifestProblem, parseManifests } from './manifest.ts'
import type { Report } from './report.ts'
import { environmentValue, type ValueScope } from './value.ts'

/** What loading needs to know of its sidecar. */
export interface LoadOptions extends ValueScope {
  /** Is told every file and component that is passed over, and every problem. */
  readonly report: Report
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
  const { report } = options
  const accepted = new Map<string, ComponentManifest>()
  const problems: ManifestProblem[] = []
  for (const folder of folders) {
    for (const file of await componentFiles(folder, report)) {
      const found = parseManifests(await read(file), file, options)
      for (const problem of found.problems) report.warn(problem.message)
      problems.push(...found.problems)
      for (const manifest of found.manifests) {
        if (isWanted(manifest, accepted, options)) accepted.set(manifest.name, manifest)
      }
    }
  }
  return { manifests: [...accepted.values()], problems }
}

/** Names are checked before scopes, and only what was accepted takes a name: the order is daprd's. */
function isWanted(
  manifest: ComponentManifest,
  accepted: ReadonlyMap<string, ComponentManifest>,
  { appId, environment, report }: LoadOptions,
): boolean {
  const position = `${manifest.file}:${manifest.line}`
  const namespace = environmentValue(environment, 'NAMESPACE')
  if (namespace !== undefined && manifest.namespace !== '' && manifest.namespace !== namespace) {
    report.info(`${manifest.name} skipped: it belongs to the namespace "${manifest.namespace}" (${position})`)
    return false
  }
  const existing = accepted.get(manifest.name)
  if (existing) {
    throw new ComponentError(
      `duplicate definition of Component name ${logName(manifest)} with existing ${logName(existing)}: ${position} and ${existing.file}:${existing.line}`,
    )
  }
  if (manifest.scopes.length > 0 && !manifest.scopes.includes(appId)) {
    report.info(`${manifest.name} skipped: its scopes do not name the app "${appId}" (${position})`)
    return false
  }
  return true
}

async function componentFiles(folder: string, report: Report): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    const value = cause.code === 'ENOENT' ? 'it does not exist' : cause.message
    throw new ComponentError(
      `Cannot load components from "${folder}": it must be a folder that can be read: ${value}`,
      {
        cause,
      },
    )
  })
  const files: string[] = []
  for (const name of entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => entry.name)
    .sort()) {
    const file = join(folder, name)
    if (/\.ya?ml$/i.test(name)) files.push(file)
    else if (/\.disabled$/i.test(name)) report.info(`${file} skipped: it is disabled`)
    // Hidden files belong to other tools and are in every second folder.
    else if (!name.startsWith('.')) report.warn(`${file} skipped: only .yaml and .yml files are read`)
  }
  return files
}

async function read(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: Error) => {
    throw new ComponentError(
      `Cannot load components from "${file}": it must be a file that can be read: ${cause.message}`,
      {
        cause,
      },
    )
  })
}
