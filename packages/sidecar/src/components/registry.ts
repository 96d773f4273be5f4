/**
 * The components of one sidecar by name. The composition root fills it; the APIs look components up in it. Nothing
 * else closes a provider.
 */
import { ConversationError } from '@dapr-chat/protocol'
import { type ComponentOptions, createComponent, type LiveComponent } from './component.ts'
import { ComponentError } from './component-error.ts'
import type { ComponentManifest } from './manifest.ts'
import type { Report } from './report.ts'

/** A component that can be called. */
export type ReadyComponent = LiveComponent & Required<Pick<LiveComponent, 'provider' | 'converse'>>

/** Whether a component can be called. */
export function isReady(component: LiveComponent): component is ReadyComponent {
  return component.state === 'ready'
}

/** Live components, in the order of their manifests. */
export class ComponentRegistry {
  readonly #components = new Map<string, LiveComponent>()
  readonly #report: Report

  private constructor(report: Report) {
    this.#report = report
  }

  /**
   * Creates a component for each manifest. All are tried, so that one start shows all that is wrong.
   * @throws ComponentError with a line for each component that cannot be created and does not ignore errors.
   */
  static async create(manifests: readonly ComponentManifest[], options: ComponentOptions): Promise<ComponentRegistry> {
    const registry = new ComponentRegistry(options.report)
    const errors: string[] = []
    for (const manifest of manifests) {
      try {
        registry.#components.set(manifest.name, createComponent(manifest, options))
      } catch (error) {
        if (!(error instanceof ComponentError)) throw error
        errors.push(error.message)
      }
    }
    if (errors.length === 0) return registry
    await registry.close()
    throw new ComponentError(errors.join('\n'))
  }

  /**
   * The component of a name.
   * @throws ConversationError `component_not_found` where there is none, or it is not ready.
   */
  get(name: string): ReadyComponent {
    const component = this.#components.get(name)
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

  /** All components, ready or not. */
  list(): readonly LiveComponent[] {
    return [...this.#components.values()]
  }

  /** Closes every provider. What a provider throws is reported and keeps no other from closing. */
  async close(): Promise<void> {
    await Promise.all(
      this.list().map(async ({ name, provider }) => {
        try {
          await provider?.close()
        } catch (error) {
          this.#report.warn(`${name} did not close: ${error instanceof Error ? error.message : String(error)}`)
        }
      }),
    )
  }
}
