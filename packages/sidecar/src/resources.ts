/**
 * All that comes out of the resources folders, loaded in daprd's order: at the start, and again whenever a file changes.
 * The composition root calls it; there is no other way from a file to a component.
 */
import { type Change, changesBetween, type Placed } from './components/change.ts'
import { loadManifests } from './components/load.ts'
import type { ComponentManifest } from './components/manifest.ts'
import type { ComponentRegistry } from './components/registry.ts'
import type { Report } from './components/report.ts'
import { SecretStores } from './components/secrets/secret-stores.ts'
import { admittedComponents, type Configuration } from './configuration/configuration.ts'
import type { Resiliency } from './middleware/resiliency/resiliency.ts'
import type { Metrics } from './observability/metrics.ts'
import { loadPolicies } from './policies/load.ts'
import type { Policies } from './policies/policies.ts'
import type { SidecarSettings } from './settings.ts'

/** Where resources come from, and what decides which of them are taken. */
export interface ResourceOptions {
  readonly settings: Pick<SidecarSettings, 'resourcesPaths' | 'appId' | 'environment'>
  readonly configuration: Configuration
  /** Is told what is passed over, and every problem. */
  readonly report: Report
}

/** What the folders hold. */
export interface Resources {
  /** As the files declare them. */
  readonly declared: readonly ComponentManifest[]
  /** The components that are no secret stores, with their secrets in place. */
  readonly manifests: readonly ComponentManifest[]
  readonly secretStores: SecretStores
  readonly policies: Policies
}

/**
 * Reads the folders.
 * @param previous what they held before: whatever did not change is the same object again, and what stands in a broken
 * document stays.
 * @throws ComponentError where a folder cannot be read, a name is defined twice, or, at the start, a secret store cannot
 * be opened.
 */
export async function loadResources(options: ResourceOptions, previous?: Resources): Promise<Resources> {
  const { settings, configuration, report } = options
  const { resourcesPaths: folders, appId, environment } = settings
  const before = previous && { previous: previous.declared }
  const { manifests: declared } = await loadManifests(folders, { appId, environment, report, ...before })
  const admitted = admittedComponents(configuration, declared, report)
  const secretStores = await SecretStores.open(admitted, { environment, report }, previous?.secretStores)
  const manifests = await secretStores.fill(admitted)
  const policies = await loadPolicies(folders, { appId, report, ...(previous && { previous: previous.policies }) })
  return { declared, manifests, secretStores, policies }
}

/** What is made of resources. */
export interface TakeUpOptions {
  readonly components: ComponentRegistry
  readonly resiliency: Resiliency
  readonly metrics: Metrics
}

/**
 * Puts what was loaded again in the place of what was there.
 * @returns a line for each change.
 */
export function takeUp(before: Resources, after: Resources, options: TakeUpOptions): string[] {
  const { components, resiliency, metrics } = options
  if (after.policies !== before.policies) resiliency.policiesChanged()
  for (const { name } of after.policies.documents.filter((document) => !before.policies.documents.includes(document))) {
    metrics.resiliency.recordLoaded(name)
  }
  const componentChanges = components.update(after.manifests)
  const stateOf = (name: string) => components.list().find((known) => known.name === name)?.state
  for (const { name, what } of componentChanges) {
    const state = stateOf(name)
    if (state) metrics.components.recordLoaded(state)
    if (what === 'removed') resiliency.forget(name)
  }
  return [
    ...lines('Secret store', after.secretStores.changesSince(before.secretStores)),
    ...lines('Resiliency', changesBetween(placed(before.policies), placed(after.policies))),
    ...lines('Component', componentChanges, ({ name }) => {
      const state = stateOf(name) ?? 'ready'
      return state === 'ready' ? '' : `, and is ${state}`
    }),
  ]
}

function lines(kind: string, changes: readonly Change[], more = (_: Change): string => ''): string[] {
  const verbs = { added: 'was added from', reloaded: 'was reloaded from', removed: 'was removed with' }
  return changes.map((change) => `${kind} "${change.name}" ${verbs[change.what]} ${change.file}${more(change)}`)
}

function placed({ documents }: Policies): Placed[] {
  return documents.map((resource) => ({ name: resource.name, file: resource.file, value: resource }))
}
