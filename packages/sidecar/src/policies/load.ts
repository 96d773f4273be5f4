/**
 * The Resiliency resources in the folders of component files. The composition root calls it. Nothing that stands in
 * a file, or is missing, keeps the sidecar from starting: without a policy it behaves as if none were configured.
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DocumentError } from '../components/document.ts'
import type { Report } from '../components/report.ts'
import { readYamlFile } from '../components/yaml-file.ts'
import { Policies } from './policies.ts'
import type { ResiliencyFile, ResiliencyResource } from './resource.ts'

/** What loading needs to know of its sidecar. */
export interface LoadPoliciesOptions {
  /** The sidecar's app id, which scopes are compared with. */
  readonly appId: string
  /** Is told every resource that is passed over, and every problem. */
  readonly report: Report
  /** What was loaded before: what did not change comes back as it is, and no policy is lost to a mistake. */
  readonly previous?: Policies
}

/**
 * Reads the `.yaml` and `.yml` files that stand directly in the folders, in order; later files win where names are the
 * same. Folders that cannot be read are left to the loader of components.
 */
export async function loadPolicies(folders: readonly string[], options: LoadPoliciesOptions): Promise<Policies> {
  const { appId, report, previous } = options
  const before = previous?.documents ?? []
  const wanted: ResiliencyResource[] = []
  for (const folder of folders) {
    for (const file of await yamlFiles(folder)) {
      const known = before.filter((resource) => resource.file === file)
      const { resources, problems, whole } = await read(file, known.length > 0, report)
      for (const problem of problems) report.warn(problem)
      const lost = whole ? [] : known.filter(({ name }) => !resources.some((resource) => resource.name === name))
      for (const old of lost) stays(old, wanted, report)
      for (const resource of resources) {
        if (resource.scopes.length > 0 && !resource.scopes.includes(appId)) {
          report.info(`${resource.name} skipped: its scopes do not name the app "${appId}" (${file}:${resource.line})`)
          continue
        }
        for (const warning of resource.warnings) report.warn(warning)
        const same = known.find(({ source }) => source === resource.source)
        const old = known.find(({ name }) => name === resource.name)
        if (!same && old && !resource.whole) stays(old, wanted, report)
        else wanted.push(same ?? resource)
      }
    }
  }
  if (previous && before.length === wanted.length && before.every((resource, i) => resource === wanted[i])) {
    return previous
  }
  const policies = new Policies(wanted)
  for (const warning of policies.warnings) report.warn(warning)
  return policies
}

/** A file or a resource with a mistake in it: what was read before holds on. */
function stays(old: ResiliencyResource, wanted: ResiliencyResource[], report: Report): void {
  wanted.push(old)
  report.info(`${old.name} stays as it was before the change of ${old.file}`)
}

/** The library for conditions takes long to load, and few sidecars have policies. */
async function read(file: string, hadResources: boolean, report: Report): Promise<ResiliencyFile> {
  const text = await readText(file, hadResources, report)
  if (text === undefined) return { resources: [], problems: [], whole: false }
  if (!text.includes('Resiliency')) return { resources: [], problems: [], whole: true }
  const { parseResiliencies } = await import('./resource.ts')
  return parseResiliencies(text, file)
}

async function yamlFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => !entry.isDirectory() && /\.ya?ml$/i.test(entry.name))
    .map((entry) => entry.name)
    .sort()
    .map((name) => join(folder, name))
}

async function readText(file: string, hadResources: boolean, report: Report): Promise<string | undefined> {
  try {
    return await readYamlFile(file, hadResources)
  } catch (cause) {
    // The loader of components reports what is not there, and what is no text.
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return ''
    if (!(cause instanceof DocumentError)) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      report.warn(`Cannot load resiliency from "${file}": it must be a file that can be read: ${reason}`)
    }
    return undefined
  }
}
