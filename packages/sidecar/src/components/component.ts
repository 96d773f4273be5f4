/**
 * One manifest, made into a live component: provider found, settings resolved, provider created, middleware around it.
 * `registry.ts` calls it for each manifest. The texts of failures are daprd's, with the place in the file added.
 */
import type { Converse } from '@dapr-chat/protocol'
import type { SettingView } from '@dapr-chat/protocol/console'
import type { AnyProviderDefinition, Provider } from '../providers/provider.ts'
import { findProvider, providers } from '../providers/registry.ts'
import { clockLimitsOf } from '../providers/upstream/clock-settings.ts'
import type { ClockLimits } from '../providers/upstream/clocks.ts'
import { ComponentError, initFailure } from './component-error.ts'
import { type ComponentManifest, logName } from './manifest.ts'
import { nearest } from './nearest.ts'
import type { Report } from './report.ts'
import { resolveMetadata } from './resolve.ts'
import { type SettingsSource, shownModel, shownSettings } from './shown-settings.ts'
import type { Environment } from './value.ts'

/** One component of the sidecar, whether it can be called or not. */
export interface LiveComponent {
  readonly name: string
  /** As written in the file. */
  readonly type: string
  /** As written in the file. */
  readonly version: string
  /** `skipped`: something it needs is not there. `failed`: it could not be created, and its errors are ignored. */
  readonly state: 'ready' | 'skipped' | 'failed'
  /** Why it is not ready. */
  readonly reason?: string
  /** The settings in effect, secrets left out. Present where it is ready. */
  readonly settings?: readonly SettingView[]
  /** The model it asks where nobody names one, as far as that may be shown. */
  readonly model?: string
  /** How long each of its clocks may run. Present where it is ready and its kind has clocks. */
  readonly clocks?: ClockLimits
  /** Present where it is ready. */
  readonly provider?: Provider
  /** The provider inside its middleware. Present where it is ready. */
  readonly converse?: Converse
}

/** A provider just created, and what it was created from. */
export interface Creation extends SettingsSource {
  readonly provider: Provider
  readonly definition: AnyProviderDefinition
  readonly manifest: ComponentManifest
}

/** What creating a component needs. */
export interface ComponentOptions {
  /** Wraps a provider in its middleware. */
  readonly assemble: (creation: Creation) => Converse
  /** Where the variables that override metadata, and those that a provider reads itself, are looked up. */
  readonly environment: Environment
  /** Is told every component that is not ready, and every metadata name that looks misspelt. */
  readonly report: Report
  /** Kinds of component beyond the sidecar's own; one of the same type takes the place of ours. */
  readonly providers?: readonly AnyProviderDefinition[]
}

/** daprd's other building blocks. Their components may stand in the same folder, for a daprd beside this sidecar. */
const OTHER_CATEGORIES = new Set([
  'bindings',
  'configuration',
  'crypto',
  'lock',
  'middleware',
  'nameresolution',
  'pubsub',
  'secretstores',
  'state',
  'workflowbackend',
])

/**
 * Creates the component of a manifest, or one that says why it was left out.
 * @throws ComponentError where it cannot be created and does not ignore errors.
 */
export function createComponent(manifest: ComponentManifest, options: ComponentOptions): LiveComponent {
  const { report } = options
  const identity = { name: manifest.name, type: manifest.type, version: manifest.version }
  const skip = (reason: string, line: number): LiveComponent => {
    report.warn(`${manifest.name} skipped: ${reason} (${manifest.file}:${line})`)
    return { ...identity, state: 'skipped', reason }
  }
  try {
    const definition = definitionOf(manifest, options.providers ?? [])
    if (!definition) return skip(`${manifest.type} is not a conversation`, manifest.typeLine)
    for (const warning of manifest.warnings) report.warn(warning)
    if (manifest.secretStore !== undefined) {
      return skip(`its secret store "${manifest.secretStore}" is not loaded`, manifest.line)
    }
    const { settings, unset, warnings } = initially(manifest, () =>
      resolveMetadata(manifest, definition.settings, options.environment),
    )
    for (const warning of warnings) report.warn(warning)
    if (unset) return skip(`${unset.names.join(', ')} ${unset.names.length === 1 ? 'is' : 'are'} not set`, unset.line)
    return initially(manifest, () => {
      // The settings come from this very definition's declaration, which its general type has forgotten.
      const provider = definition.create(settings as never, {
        component: manifest.name,
        environment: options.environment,
        warn: warnOnce(manifest.name, report),
      })
      const creation = { provider, definition, settings, manifest }
      const converse = options.assemble(creation)
      const model = shownModel(provider.model, creation)
      const clocks = clockLimitsOf(settings)
      const shown = {
        settings: shownSettings(creation),
        ...(model !== undefined && { model }),
        ...(clocks && { clocks }),
      }
      return { ...identity, state: 'ready', ...shown, provider, converse }
    })
  } catch (error) {
    if (!(error instanceof ComponentError && manifest.ignoreErrors)) throw error
    report.warn(`${manifest.name} failed, and its errors are ignored: ${error.message}`)
    return { ...identity, state: 'failed', reason: error.message }
  }
}

/** Whether a manifest is about another building block, so that it is daprd's and not ours. */
export function isForeign({ type }: Pick<ComponentManifest, 'type'>): boolean {
  const [category = ''] = type.toLowerCase().split('.', 1)
  return OTHER_CATEGORIES.has(category)
}

/** What one request is told of would be told of every request like it. */
function warnOnce(name: string, report: Report): (kind: string, message: string) => void {
  const told = new Set<string>()
  return (kind, message) => {
    if (told.has(kind)) return
    told.add(kind)
    report.warn(`${name}: ${message}; this is told once`)
  }
}

/** The provider of a manifest; `undefined` for a component of another building block. */
function definitionOf(
  manifest: ComponentManifest,
  additional: readonly AnyProviderDefinition[],
): AnyProviderDefinition | undefined {
  const type = manifest.type.toLowerCase()
  const [category = ''] = type.split('.', 1)
  if (isForeign(manifest)) return undefined
  const position = `${manifest.file}:${manifest.typeLine}`
  if (category !== 'conversation') throw new ComponentError(`incorrect type ${manifest.type} (${position})`)
  const definition = findProvider(type, additional)
  if (definition && ['', 'v0', 'v1'].includes(manifest.version.toLowerCase())) return definition
  const types = [...providers, ...additional].map((provider) => provider.type)
  const meant = definition ? `${definition.type}/v1` : nearest(type, types)
  const hint = meant ? `did you mean ${meant}?` : `the types are: ${types.join(', ')}`
  throw new ComponentError(
    `[CREATE_COMPONENT_FAILURE]: initialization error occurred for ${logName(manifest)}: couldn't find conversation ${type}/${manifest.version || 'v1'}: ${hint} (${position})`,
  )
}

/** Does one step of initialising; what it throws becomes the component's failure. */
function initially<T>(manifest: ComponentManifest, step: () => T): T {
  try {
    return step()
  } catch (error) {
    throw initFailure(manifest, error)
  }
}
