/**
 * The secret stores of one sidecar. The composition root opens them before all other components, and passes the others'
 * manifests through `fill`, so that the registry creates components without knowing of secrets.
 */
import { isDeepStrictEqual } from 'node:util'
import { type Change, changesBetween, type Placed } from '../change.ts'
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

/** A store that is open, and what it was opened from. */
interface OpenStore {
  readonly store: SecretStore
  readonly manifest: ComponentManifest
}

/** A manifest with its secrets in place, and the store that they came from. */
interface Filled {
  readonly store: SecretStore
  readonly manifest: ComponentManifest
}

/** The kinds of store that there are. */
export const secretStoreKinds: readonly AnySecretStoreDefinition[] = [localEnv, localFile, kubernetes]

/** The stores that are open, and what became of the others. */
export class SecretStores {
  readonly #options: SecretStoresOptions
  readonly #open = new Map<string, OpenStore>()
  readonly #loaded: LoadedSecretStore[] = []
  /** By the manifest as its file declares it: who asked once is not asked for again. */
  readonly #filled: WeakMap<ComponentManifest, Filled>

  /** Only while the stores are being opened. */
  #previous: SecretStores | undefined

  private constructor(options: SecretStoresOptions, previous: SecretStores | undefined) {
    this.#options = options
    this.#previous = previous
    this.#filled = previous ? previous.#filled : new WeakMap()
  }

  /**
   * Opens the stores among the manifests. A store that takes its own settings from another one comes after it. All are
   * tried, so that one start shows all that is wrong.
   * @param previous the stores that were open before: what did not change stays open, and no store is lost to a mistake.
   * @throws ComponentError with a line for each store that cannot be opened and does not ignore errors; never where there
   * was something open before.
   */
  static async open(
    manifests: readonly ComponentManifest[],
    options: SecretStoresOptions,
    previous?: SecretStores,
  ): Promise<SecretStores> {
    const stores = new SecretStores(options, previous)
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
    stores.#previous = undefined
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

  /** What is not as it was, of the stores that are open. */
  changesSince(previous: SecretStores): readonly Change[] {
    return changesBetween(placed(previous.#open), placed(this.#open))
  }

  async #fillOne(manifest: ComponentManifest): Promise<ComponentManifest> {
    const store = manifest.secretStore === undefined ? undefined : this.#open.get(manifest.secretStore)?.store
    if (!store) return manifest
    const known = this.#filled.get(manifest)
    // A secret that could not be had is asked for again.
    if (known?.store === store && known.manifest.warnings.length === manifest.warnings.length) return known.manifest
    const filled = await fillSecrets(manifest, store)
    if (known?.store === store && isDeepStrictEqual(known.manifest, filled)) return known.manifest
    this.#filled.set(manifest, { store, manifest: filled })
    return filled
  }

  /** Opens one store, and gives back the errors that stop the start. */
  async #add(declared: ComponentManifest): Promise<string[]> {
    const { environment, report } = this.#options
    const definition = this.#definitionOf(declared)
    if (!definition) return []
    const manifest = await this.#fillOne(declared)
    const before = this.#before(manifest)
    if (before?.manifest === manifest) {
      this.#keep(before)
      return []
    }
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
      this.#keep({ store, manifest })
      return []
    } catch (error) {
      const reason = initFailure(manifest, error).message
      if (!manifest.ignoreErrors && !this.#previous) return [reason]
      report.warn(manifest.ignoreErrors ? `${manifest.name} failed, and its errors are ignored: ${reason}` : reason)
      this.#leaveOut(manifest, 'failed', reason)
      return []
    }
  }

  /** The store of that name that was open before. */
  #before({ name }: ComponentManifest): OpenStore | undefined {
    return this.#previous ? this.#previous.#open.get(name) : undefined
  }

  #keep(open: OpenStore): void {
    this.#open.set(open.manifest.name, open)
    this.#loaded.push({ ...identityOf(open.manifest), state: 'ready' })
  }

  /** The kind of a store. One that only daprd has may stand in the same folder, and stops nothing but who asks it. */
  #definitionOf(manifest: ComponentManifest): AnySecretStoreDefinition | undefined {
    const { definitions = secretStoreKinds } = this.#options
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
    this.#leaveOut(manifest, 'skipped', reason)
  }

  /** A store that cannot be opened any more stays open, for those who have their secrets from it. */
  #leaveOut(manifest: ComponentManifest, state: 'skipped' | 'failed', reason: string): void {
    const before = this.#before(manifest)
    if (before) {
      this.#options.report.info(`${manifest.name} stays as it was before the change of ${manifest.file}`)
      this.#keep(before)
    } else {
      this.#loaded.push({ ...identityOf(manifest), state, reason })
    }
  }
}

function placed(open: ReadonlyMap<string, OpenStore>): Placed[] {
  return Array.from(open.values(), ({ store, manifest }) => ({
    name: manifest.name,
    file: manifest.file,
    value: store,
  }))
}

function isSecretStore(manifest: ComponentManifest): boolean {
  return manifest.type.toLowerCase().startsWith('secretstores.')
}

function identityOf({ name, type, version }: ComponentManifest): Pick<LoadedSecretStore, 'name' | 'type' | 'version'> {
  return { name, type, version }
}
