/**
 * The secret stores of one sidecar. The composition root opens them before all other components, and passes the others'
 * manifests through `fill`, so that the registry creates components without knowing of secrets.
 */
import { ComponentError, initFailure } from '../component-error.ts'
import { type ComponentManifest, logName } from '../manifest.ts'
import { nearest } from '../nearest.ts'
import type { Report } from '../report.ts'
import { resolveMetadata } from '../resolve.ts'
import type { Environment } from '../value.ts'
import { fillSecrets } from './fill-secrets.ts'
import { withinInitTimeout } from './init-timeout.ts'
import { kubernetes } from './kubernetes.ts'
import { localEnv } from './local-env.ts'
import { localFile } from './local-file.ts'
import type { AnySecretStoreDefinition, SecretStore } from './secret-store.ts'

/** What became of one secret store. */
export interface LoadedSecretStore {
  readonly name: string
  /** As written in the file. */
  readonly type: string
  /** As written in the file. */
  readonly version: string
  /** `skipped`: something it needs is not there. `failed`: it could not be opened, and its errors are ignored. */
  readonly state: 'ready' | 'skipped' | 'failed'
  /** Why it is not ready. */
  readonly reason?: string
}

/** What opening the stores needs. */
export interface SecretStoresOptions {
  readonly environment: Environment
  /** Is told every store that is not ready, and every metadata name that looks misspelt. */
  readonly report: Report
  /** The kinds of store; the sidecar's own unless given. */
  readonly definitions?: readonly AnySecretStoreDefinition[]
}

const ownDefinitions: readonly AnySecretStoreDefinition[] = [localEnv, localFile, kubernetes]

/** The stores that are open, and what became of the others. */
export class SecretStores {
  readonly #options: SecretStoresOptions
  readonly #open = new Map<string, SecretStore>()
  readonly #loaded: LoadedSecretStore[] = []

  private constructor(options: SecretStoresOptions) {
    this.#options = options
  }

  /**
   * Opens the stores among the manifests. A store that takes its own settings from another one comes after it. All are
   * tried, so that one start shows all that is wrong.
   * @throws ComponentError with a line for each store that cannot be opened and does not ignore errors.
   */
  static async open(manifests: readonly ComponentManifest[], options: SecretStoresOptions): Promise<SecretStores> {
    const stores = new SecretStores(options)
    const errors: string[] = []
    let waiting = manifests.filter(isSecretStore)
    for (;;) {
      const ready = waiting.filter(({ secretStore }) => secretStore === undefined || stores.#open.has(secretStore))
      if (ready.length === 0) break
      waiting = waiting.filter((manifest) => !ready.includes(manifest))
      for (const manifest of ready) errors.push(...(await stores.#add(manifest)))
    }
    for (const manifest of waiting) stores.#skip(manifest, `its secret store "${manifest.secretStore}" is not loaded`)
    if (errors.length > 0) throw new ComponentError(errors.join('\n'))
    return stores
  }

  /**
   * The manifests of all other components, their secrets in place. One whose store is not open comes back as it is, still
   * waiting for it. Never throws for what a store does: why a secret cannot be had is a warning of the manifest.
   */
  async fill(manifests: readonly ComponentManifest[]): Promise<readonly ComponentManifest[]> {
    const others = manifests.filter((manifest) => !isSecretStore(manifest))
    return Promise.all(others.map((manifest) => this.#fillOne(manifest)))
  }

  /** All stores, ready or not, in the order in which they were opened. */
  list(): readonly LoadedSecretStore[] {
    return this.#loaded
  }

  async #fillOne(manifest: ComponentManifest): Promise<ComponentManifest> {
    const store = manifest.secretStore === undefined ? undefined : this.#open.get(manifest.secretStore)
    return store ? fillSecrets(manifest, store) : manifest
  }

  /** Opens one store, and gives back the errors that stop the start. */
  async #add(declared: ComponentManifest): Promise<string[]> {
    const { environment, report } = this.#options
    const definition = this.#definitionOf(declared)
    if (!definition) return []
    const manifest = await this.#fillOne(declared)
    for (const warning of manifest.warnings) report.warn(warning)
    try {
      const { settings, unset, warnings } = resolveMetadata(manifest, definition.settings, environment)
      for (const warning of warnings) report.warn(warning)
      if (unset) {
        this.#skip(manifest, `${unset.names.join(', ')} ${unset.names.length === 1 ? 'is' : 'are'} not set`, unset.line)
        return []
      }
      const late = new ComponentError(`init timeout for component ${logName(manifest)}`)
      const store = await withinInitTimeout(manifest.initTimeoutMs, late, (signal) =>
        // The settings come from this very definition's declaration, which its general type has forgotten.
        definition.open(settings as never, { environment, signal }),
      )
      this.#open.set(manifest.name, store)
      this.#loaded.push({ ...identityOf(manifest), state: 'ready' })
      return []
    } catch (error) {
      const reason = initFailure(manifest, error).message
      if (!manifest.ignoreErrors) return [reason]
      report.warn(`${manifest.name} failed, and its errors are ignored: ${reason}`)
      this.#loaded.push({ ...identityOf(manifest), state: 'failed', reason })
      return []
    }
  }

  /** The kind of a store. One that only daprd has may stand in the same folder, and stops nothing but who asks it. */
  #definitionOf(manifest: ComponentManifest): AnySecretStoreDefinition | undefined {
    const { definitions = ownDefinitions } = this.#options
    const type = manifest.type.toLowerCase()
    const definition = definitions.find((candidate) => candidate.type === type)
    if (definition && ['', 'v0', 'v1'].includes(manifest.version.toLowerCase())) return definition
    const types = definitions.map((candidate) => candidate.type)
    const meant = definition ? `${definition.type}/v1` : nearest(type, types)
    const hint = meant === undefined ? `the types are: ${types.join(', ')}` : `did you mean ${meant}?`
    this.#skip(manifest, `couldn't find secret store ${type}/${manifest.version || 'v1'}: ${hint}`)
    return undefined
  }

  #skip(manifest: ComponentManifest, reason: string, line = manifest.line): void {
    this.#options.report.warn(`${manifest.name} skipped: ${reason} (${manifest.file}:${line})`)
    this.#loaded.push({ ...identityOf(manifest), state: 'skipped', reason })
  }
}

function isSecretStore(manifest: ComponentManifest): boolean {
  return manifest.type.toLowerCase().startsWith('secretstores.')
}

function identityOf({ name, type, version }: ComponentManifest): Pick<LoadedSecretStore, 'name' | 'type' | 'version'> {
  return { name, type, version }
}
