/**
 * A look at folders of resources by the very code that loads them, without a sidecar: `dapr-chat config check` and
 * `doctor` call it. Providers are created, which calls nobody, and closed again; secrets are looked up as at a start.
 */
import { createComponent, isForeign, type LiveComponent } from './components/component.ts'
import { ComponentError } from './components/component-error.ts'
import { type DaprDifference, ignoredByDapr, variablesIn } from './components/dapr-fields.ts'
import { DocumentError } from './components/document.ts'
import { listFolder, loadManifests } from './components/load.ts'
import type { ComponentManifest } from './components/manifest.ts'
import { nearest } from './components/nearest.ts'
import type { Report } from './components/report.ts'
import { misspellings } from './components/resolve.ts'
import { SecretStores } from './components/secrets/secret-stores.ts'
import type { Environment } from './components/value.ts'
import { readYamlFile } from './components/yaml-file.ts'
import { loadPolicies } from './policies/load.ts'
import { findProvider } from './providers/registry.ts'

/** What is looked at, and for whom. */
export interface CheckOptions {
  readonly folders: readonly string[]
  /** The app id, which scopes are compared with. */
  readonly appId: string
  readonly environment: Environment
  /** Whether to report what a daprd would not take as this sidecar does. */
  readonly againstDapr?: boolean
}

/** One thing that was found. */
export interface Finding {
  /** `error`: something cannot be used. `warning`: it can, but hardly as it was meant. `note`: it was passed over. */
  readonly severity: 'error' | 'warning' | 'note'
  /** One sentence, with the place where there is one. */
  readonly message: string
  readonly file?: string
  /** Counted from 1. */
  readonly line?: number
  /** What to do, where the sentence does not say it. */
  readonly fix?: string
}

/** What the folders come to. */
export interface CheckedFolders {
  /** The conversation components and secret stores that are wanted, whatever became of them. */
  readonly components: readonly {
    readonly name: string
    readonly type: string
    readonly state: LiveComponent['state']
  }[]
  /** In the order in which they came up. */
  readonly findings: readonly Finding[]
}

/** Looks at all that stands in the folders; never throws for what is found there. */
export async function checkFolders(options: CheckOptions): Promise<CheckedFolders> {
  const { folders, appId, environment } = options
  const findings = new Findings(await filesIn(folders))
  const { manifests } = await loadManifests(folders, {
    appId,
    environment,
    report: findings,
    refuse: (error) => findings.error(error.message),
  })
  const stores = await openStores(manifests, environment, findings)
  const filled = await (stores?.fill(manifests) ?? manifests.filter((manifest) => !isForeign(manifest)))
  const components = await Promise.all(filled.map((manifest) => check(manifest, environment, findings)))
  await loadPolicies(folders, { appId, report: findings })
  if (options.againstDapr) await compareWithDapr(manifests, findings)
  return {
    components: [...(stores?.list() ?? []), ...components.flat()].map(({ name, type, state }) => ({
      name,
      type,
      state,
    })),
    findings: findings.all(),
  }
}

/** Collects what the loaders say. What cannot be used they tell in sentences that begin with "Cannot". */
class Findings implements Report {
  readonly #files: readonly string[]
  readonly #found = new Map<string, Finding>()

  constructor(files: readonly string[]) {
    this.#files = files
  }

  info(message: string): void {
    this.#add('note', message)
  }

  warn(message: string): void {
    this.#add(message.startsWith('Cannot ') ? 'error' : 'warning', message)
  }

  error(message: string): void {
    this.#add('error', message)
  }

  /** Adds what to do to whatever was found with this sentence. */
  advise(severity: Finding['severity'], message: string, fix: string): void {
    this.#add(severity, message, fix)
  }

  all(): readonly Finding[] {
    return [...this.#found.values()]
  }

  /** The sentence found that begins so. */
  beginningWith(text: string): string | undefined {
    return [...this.#found.keys()].find((message) => message.startsWith(text))
  }

  /** The same sentence is one finding. */
  #add(severity: Finding['severity'], message: string, fix?: string): void {
    this.#found.set(message, { severity, message, ...this.#placeIn(message), ...(fix !== undefined && { fix }) })
  }

  /** The first place that a sentence names. */
  #placeIn(message: string): Pick<Finding, 'file' | 'line'> {
    const places = this.#files.flatMap((file) => {
      const at = message.indexOf(`${file}:`)
      const line = at === -1 ? undefined : /^\d+/.exec(message.slice(at + file.length + 1))?.[0]
      return line === undefined ? [] : [{ at, file, line: Number(line) }]
    })
    const [first] = places.sort((a, b) => a.at - b.at)
    return first === undefined ? {} : { file: first.file, line: first.line }
  }
}

async function filesIn(folders: readonly string[]): Promise<string[]> {
  const listings = await Promise.all(folders.map((folder) => listFolder(folder).catch(() => undefined)))
  return listings.flatMap((listing) => listing?.files ?? [])
}

/** `undefined` where a store stops the start: those who ask it are then without it. */
async function openStores(
  manifests: readonly ComponentManifest[],
  environment: Environment,
  findings: Findings,
): Promise<SecretStores | undefined> {
  try {
    return await SecretStores.open(manifests, { environment, report: findings })
  } catch (error) {
    reportErrors(error, findings)
    return undefined
  }
}

/** What became of one component; nothing where it stops the start, or belongs to another building block. */
async function check(
  manifest: ComponentManifest,
  environment: Environment,
  findings: Findings,
): Promise<LiveComponent[]> {
  reportUnknown(manifest, findings)
  try {
    const component = createComponent(manifest, {
      assemble: ({ provider }) => provider.converse,
      environment,
      report: findings,
    })
    await component.provider?.close()
    if (isForeign(manifest)) return []
    const skipped = component.state === 'skipped' ? findings.beginningWith(`${manifest.name} skipped: `) : undefined
    if (skipped !== undefined) findings.advise('warning', skipped, adviceFor(manifest))
    return [component]
  } catch (error) {
    reportErrors(error, findings)
    return [{ name: manifest.name, type: manifest.type, version: manifest.version, state: 'failed' }]
  }
}

function adviceFor({ secretStore, metadata }: ComponentManifest): string {
  if (secretStore !== undefined) return `add a secret store named "${secretStore}", or correct auth.secretStore`
  const [variable = ''] = metadata.flatMap(({ unset }) => unset)
  return `set ${variable} in the shell or in a .env file`
}

/**
 * The loader itself says nothing of names that resemble none, because daprd takes them in silence too, and stops before
 * it tells of a misspelt name where the right one is required.
 */
function reportUnknown(manifest: ComponentManifest, findings: Findings): void {
  const { name, type, file, metadata } = manifest
  const settings = findProvider(type)?.settings
  if (settings === undefined) return
  for (const warning of misspellings(manifest, settings)) findings.warn(warning)
  const names = Object.entries(settings).flatMap(([setting, { aliases = [] }]) => [setting, ...aliases])
  const known = new Set(names.map((candidate) => candidate.toLowerCase()))
  for (const entry of metadata) {
    if (known.has(entry.name.toLowerCase()) || nearest(entry.name, names) !== undefined) continue
    findings.advise(
      'warning',
      `${name}: metadata "${entry.name}" is unknown and has no effect (${file}:${entry.line})`,
      `remove it; the names are: ${Object.keys(settings).join(', ')}`,
    )
  }
}

async function compareWithDapr(manifests: readonly ComponentManifest[], findings: Findings): Promise<void> {
  const report = ({ kind, message, fix }: DaprDifference) =>
    findings.advise(kind === 'differs' ? 'error' : 'warning', message, fix)
  for (const manifest of manifests) ignoredByDapr(manifest).forEach(report)
  for (const file of new Set(manifests.map((manifest) => manifest.file))) {
    variablesIn(await readYamlFile(file), file).forEach(report)
  }
}

/** One error may be several sentences. */
function reportErrors(error: unknown, findings: Findings): void {
  if (!(error instanceof ComponentError || error instanceof DocumentError)) throw error
  for (const message of error.message.split('\n')) findings.error(message)
}
