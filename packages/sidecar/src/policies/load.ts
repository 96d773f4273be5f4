/**
 * The Resiliency resources in the folders of component files. The composition root calls it once. Nothing that stands
 * in a file, or is missing, keeps the sidecar from starting: without a policy it behaves as if none were configured.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Report } from '../components/report.ts'
import { Policies } from './policies.ts'
import type { ResiliencyFile, ResiliencyResource } from './resource.ts'

/** What loading needs to know of its sidecar. */
export interface LoadPoliciesOptions {
  /** The sidecar's app id, which scopes are compared with. */
  readonly appId: string
  /** Is told every resource that is passed over, and every problem. */
  readonly report: Report
}

/**
 * Reads the `.yaml` and `.yml` files that stand directly in the folders, in order; later files win where names are the
 * same. Folders that cannot be read are left to the loader of components.
 */
export async function loadPolicies(folders: readonly string[], options: LoadPoliciesOptions): Promise<Policies> {
  const { appId, report } = options
  const wanted: ResiliencyResource[] = []
  for (const folder of folders) {
    for (const file of await yamlFiles(folder)) {
      const { resources, problems } = await parse(await readText(file, report), file)
      for (const problem of problems) report.warn(problem)
      for (const resource of resources) {
        if (resource.scopes.length > 0 && !resource.scopes.includes(appId)) {
          report.info(`${resource.name} skipped: its scopes do not name the app "${appId}" (${file}:${resource.line})`)
          continue
        }
        for (const warning of resource.warnings) report.warn(warning)
        wanted.push(resource)
      }
    }
  }
  const policies = new Policies(wanted)
  for (const warning of policies.warnings) report.warn(warning)
  return policies
}

/** The library for conditions takes long to load, and few sidecars have policies. */
async function parse(text: string, file: string): Promise<ResiliencyFile> {
  if (!text.includes('Resiliency')) return { resources: [], problems: [] }
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

async function readText(file: string, report: Report): Promise<string> {
  return readFile(file, 'utf8').catch((cause: Error) => {
    report.warn(`Cannot load resiliency from "${file}": it must be a file that can be read: ${cause.message}`)
    return ''
  })
}
