/**
 * The components of one sidecar by name. The composition root fills it; the APIs look components up in it. Nothing
 * else closes a provider.
 */
import { ConversationError } from '@dapr-chat/protocol'
import { type Change, changesBetween } from './change.ts'
import { type ComponentOptions, createComponent, isForeign, type LiveComponent } from './component.ts'
import { ComponentError } from './component-error.ts'
import type { ComponentManifest } from './manifest.ts'

/** A component that can be called. */
export type ReadyComponent = LiveComponent & Required<Pick<LiveComponent, 'provider' | 'converse'>>

/** Whether a component can be called. */
export function isReady(component: LiveComponent): component is ReadyComponent {
  return component.state === 'ready'
}

/** What a registry works with. */
export interface RegistryOptions extends ComponentOptions {
  /** Resolves when all calls that are in progress now are over: what was taken out of the registry may still be in use. */
  readonly callsEnded: () => Promise<void>
}

/** A component and what it was made from. */
interface Entry {
  readonly component: LiveComponent
  readonly manifest: ComponentManifest
}

/** Live components, in the order of their manifests. */
export class ComponentRegistry {
  readonly #options: RegistryOptions
  #entries: ReadonlyMap<string, Entry> = new Map()
  /** Components that were taken out and whose last call has not ended. */
  readonly #leaving = new Set<LiveComponent>()

  private constructor(options: RegistryOptions) {
    this.#options = options
  }

  /**
   * Creates a component for each manifest. All are tried, so that one start shows all that is wrong.
   * @throws ComponentError with a line for each component that cannot be created and does not ignore errors.
   */
  static async create(manifests: readonly ComponentManifest[], options: RegistryOptions): Promise<ComponentRegistry> {
    const registry = new ComponentRegistry(options)
    const entries = new Map<string, Entry>()
    const errors: string[] = []
    for (const manifest of manifests) {
      try {
        entries.set(manifest.name, { component: createComponent(manifest, options), manifest })
      } catch (error) {
        if (!(error instanceof ComponentError)) throw error
        errors.push(error.message)
      }
    }
    registry.#entries = entries
    if (errors.length === 0) return registry
    await registry.close()
    throw new ComponentError(errors.join('\n'))
  }

  /**
   * Takes up what the manifests say now, all at once. A component whose manifest is the same object stays as it is. One
   * that cannot be made ready leaves the one before it in place, and never throws. What is replaced or gone is closed
   * when the calls that may use it are over.
   */
  update(manifests: readonly ComponentManifest[]): readonly Change[] {
    const before = this.#entries
    const after = new Map<string, Entry>()
    for (const manifest of manifests) {
      const old = before.get(manifest.name)
      const entry = old?.manifest === manifest ? old : this.#renew(manifest, old)
      if (entry) after.set(manifest.name, entry)
    }
    this.#entries = after
    for (const [name, { component }] of before) {
      if (after.get(name)?.component !== component) void this.#leave(component)
    }
    return changesBetween(values(before), values(after))
  }

  /**
   * The component of a name.
   * @throws ConversationError `component_not_found` where there is none, or it is not ready.
   */
  get(name: string): ReadyComponent {
    const component = this.#entries.get(name)?.component
    if (component && isReady(component)) return component
    const names = this.list()
      .filter(isReady)
      .map((ready) => ready.name)
    const others = names.length === 0 ? 'no component is ready' : `the components are: ${names.join(', ')}`
    // Why a component failed may tell of the inside, so that callers learn only what is missing.
    const what =
      component?.state === 'skipped'
        ? `the conversation component is not ready: ${component.reason}`
        : `no conversation component is named ${JSON.stringify(name)}`
    throw new ConversationError('component_not_found', `${what}; ${others}`, { component: name })
  }

  /** Whether there is a component of that name, ready or not. */
  has(name: string): boolean {
    return this.#entries.has(name)
  }

  /** All components, ready or not. */
  list(): readonly LiveComponent[] {
    return Array.from(this.#entries.values(), ({ component }) => component)
  }

  /** Closes every provider. What a provider throws is reported and keeps no other from closing. */
  async close(): Promise<void> {
    const leaving = [...this.#leaving]
    this.#leaving.clear()
    await Promise.all([...this.list(), ...leaving].map((component) => this.#close(component)))
  }

  /** The component of a manifest that is new or has changed; `undefined` where there is none to be had. */
  #renew(manifest: ComponentManifest, old: Entry | undefined): Entry | undefined {
    const { report } = this.#options
    const wasReady = old !== undefined && isReady(old.component)
    try {
      const component = createComponent(manifest, this.#options)
      // One that became another building block's is not broken: its conversation is gone.
      if (!wasReady || isReady(component) || isForeign(manifest)) return { component, manifest }
    } catch (error) {
      if (!(error instanceof ComponentError)) throw error
      report.warn(error.message)
    }
    if (wasReady) report.info(`${manifest.name} stays as it was before the change of ${manifest.file}`)
    return wasReady ? old : undefined
  }

  /** Closes a component that is in use no more, unless the whole registry was closed meanwhile. */
  async #leave(component: LiveComponent): Promise<void> {
    this.#leaving.add(component)
    await this.#options.callsEnded()
    if (this.#leaving.delete(component)) await this.#close(component)
  }

  async #close({ name, provider }: LiveComponent): Promise<void> {
    try {
      await provider?.close()
    } catch (error) {
      this.#options.report.warn(`${name} did not close: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}

/** What there is of ours. What belongs to another building block was told when it was passed over. */
function values(entries: ReadonlyMap<string, Entry>): { name: string; file: string; value: LiveComponent }[] {
  return [...entries.values()]
    .filter(({ manifest }) => !isForeign(manifest))
    .map(({ component, manifest }) => ({ name: manifest.name, file: manifest.file, value: component }))
}
