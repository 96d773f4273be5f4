/** What a Configuration resource says that concerns conversations. The other sections are other parts of Dapr's. */
import type { Report } from '../components/report.ts'
import { defaultHttpLabels, type HttpLabels, type LabelRule } from './metrics.ts'
import type { TracingConfiguration } from './tracing.ts'

/** One line of an API list. */
export interface ApiRule {
  /** A group of APIs: `conversation`, `metadata` or `shutdown`. */
  readonly name: string
  /** Such as `v1alpha2`; empty stands for every version. */
  readonly version: string
  /** Empty stands for both. */
  readonly protocol: 'http' | 'grpc' | ''
}

/** A configuration, complete. */
export interface Configuration {
  /** The APIs that stay open; a protocol that no rule is about keeps all of its own. */
  readonly allowedApis: readonly ApiRule[]
  /** The APIs that are closed, wherever they are allowed. */
  readonly deniedApis: readonly ApiRule[]
  /** Types of component that are not loaded: `conversation.echo`, or of one version `conversation.echo/v1`. */
  readonly deniedComponents: readonly string[]
  readonly metricsEnabled: boolean
  /** Whether failures are counted by Dapr's codes. */
  readonly errorCodesCounted: boolean
  /** The bounds of latencies in milliseconds; absent where they are daprd's own. */
  readonly latencyBuckets?: readonly number[]
  readonly httpLabels: HttpLabels
  /** Of two rules for the same label of a figure, the later one holds. */
  readonly labelRules: readonly LabelRule[]
  /** Whether component files are watched, where the settings do not say: the feature `HotReload`. */
  readonly hotReload: boolean
  /** Whether each call is logged, where the settings do not say. */
  readonly apiLogging: boolean
  /** Whether the log names APIs instead of paths, which have the names of components in them. */
  readonly obfuscateUrls: boolean
  /** Whether calls of the health routes stay out of the log. */
  readonly omitHealthChecks: boolean
  /** Where traces go; absent where nothing is said about them. */
  readonly tracing?: TracingConfiguration
}

/** The configuration of a sidecar that was given none. */
export const defaultConfiguration: Configuration = {
  allowedApis: [],
  deniedApis: [],
  deniedComponents: [],
  metricsEnabled: true,
  errorCodesCounted: true,
  httpLabels: defaultHttpLabels,
  labelRules: [],
  hotReload: true,
  apiLogging: false,
  obfuscateUrls: false,
  omitHealthChecks: false,
}

/** An API, as rules know it. */
export interface Api {
  readonly name: string
  readonly version: string
}

/**
 * Whether an API is open. Where something is allowed on a protocol, everything else on it is closed, what no rule can
 * name (`undefined`) included.
 */
export function isApiOpen(configuration: Configuration, api: Api | undefined, protocol: 'http' | 'grpc'): boolean {
  const { allowedApis, deniedApis } = configuration
  const concerns = (rule: ApiRule) => rule.protocol === '' || rule.protocol === protocol
  const names = (rule: ApiRule) =>
    concerns(rule) && rule.name === api?.name && (rule.version === '' || rule.version === api.version)
  return !deniedApis.some(names) && (allowedApis.some(names) || !allowedApis.some(concerns))
}

/** Whether components of a type and version are not to be loaded. An empty version and `v0` mean `v1`, as in files. */
export function isComponentDenied({ deniedComponents }: Configuration, type: string, version: string): boolean {
  return deniedComponents.some((denied) => {
    const [deniedType = '', deniedVersion] = denied.toLowerCase().split('/')
    if (deniedType !== type.toLowerCase()) return false
    return deniedVersion === undefined || sameVersion(deniedVersion) === sameVersion(version.toLowerCase())
  })
}

function sameVersion(version: string): string {
  return version === '' || version === 'v0' ? 'v1' : version
}

/** Those components that may be loaded; each other one is reported. */
export function admittedComponents<
  T extends { readonly name: string; readonly type: string; readonly version: string },
>(configuration: Configuration, components: readonly T[], report: Report): T[] {
  return components.filter(({ name, type, version }) => {
    const denied = isComponentDenied(configuration, type, version)
    if (denied) report.warn(`${name} skipped: the Configuration denies components of the type "${type}"`)
    return !denied
  })
}
