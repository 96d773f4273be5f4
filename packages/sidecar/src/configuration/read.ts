/** One document of a configuration file, read. */
import type { Path, YamlDocument } from '../components/document.ts'
import type { ApiRule, Configuration } from './configuration.ts'
import { readHttpLabels, readLabelRules, readLatencyBuckets } from './metrics.ts'
import { readTracing } from './tracing.ts'

/**
 * Reads what a document says; what it does not say is absent, and sections of other parts of Dapr are not looked at.
 * @throws DocumentError where a field that is read is not what it must be.
 */
export function readConfiguration(document: YamlDocument): Partial<Configuration> {
  // daprd knows both spellings; what stands in the second one wins.
  const metrics = (name: string): Path => [
    'spec',
    document.at('spec', 'metrics', name) === undefined ? 'metric' : 'metrics',
    name,
  ]
  return {
    ...given(document, 'allowedApis', ['spec', 'api', 'allowed'], readRules),
    ...given(document, 'deniedApis', ['spec', 'api', 'denied'], readRules),
    ...given(document, 'deniedComponents', ['spec', 'components', 'deny'], readTexts),
    ...given(document, 'metricsEnabled', metrics('enabled'), readFlag),
    ...given(document, 'errorCodesCounted', metrics('recordErrorCodes'), readFlag),
    ...given(document, 'latencyBuckets', metrics('latencyDistributionBuckets'), readLatencyBuckets),
    ...given(document, 'httpLabels', metrics('http'), readHttpLabels),
    ...given(document, 'labelRules', metrics('rules'), readLabelRules),
    ...readHotReload(document),
    ...given(document, 'apiLogging', ['spec', 'logging', 'apiLogging', 'enabled'], readFlag),
    ...given(document, 'obfuscateUrls', ['spec', 'logging', 'apiLogging', 'obfuscateURLs'], readFlag),
    ...given(document, 'omitHealthChecks', ['spec', 'logging', 'apiLogging', 'omitHealthChecks'], readFlag),
    ...given(document, 'tracing', ['spec', 'tracing'], readTracing),
  }
}

function given<K extends keyof Configuration>(
  document: YamlDocument,
  name: K,
  path: Path,
  read: (document: YamlDocument, path: Path) => Configuration[K] | undefined,
): Partial<Configuration> {
  const value = document.at(...path)
  const known = value === undefined || value === null ? undefined : read(document, path)
  return known === undefined ? {} : { [name]: known }
}

function readFlag(document: YamlDocument, path: Path): boolean {
  return document.flag(...path)
}

/** Features of Dapr are switched by name; only one of them is about what this sidecar has. */
function readHotReload(document: YamlDocument): Partial<Configuration> {
  const path = ['spec', 'features'] as const
  const index = Array.from({ length: document.count(...path) }, (_, i) => document.at(...path, i, 'name')).lastIndexOf(
    'HotReload',
  )
  return index === -1 ? {} : { hotReload: document.flag(...path, index, 'enabled') }
}

function readTexts(document: YamlDocument, path: Path): string[] {
  return Array.from({ length: document.count(...path) }, (_, index) => document.text(...path, index).trim())
}

function readRules(document: YamlDocument, path: Path): ApiRule[] {
  return Array.from({ length: document.count(...path) }, (_, index) => readRule(document, [...path, index]))
}

/** A rule that could not be followed as it stands would leave open what somebody wanted closed. */
function readRule(document: YamlDocument, path: Path): ApiRule {
  const name = document.text(...path, 'name').toLowerCase()
  if (name === '') throw document.error([...path, 'name'], 'must be the name of an API')
  const protocol = document.text(...path, 'protocol').toLowerCase()
  if (protocol !== '' && protocol !== 'http' && protocol !== 'grpc') {
    throw document.error([...path, 'protocol'], 'must be http or grpc')
  }
  return { name, version: versionOf(document.text(...path, 'version')), protocol }
}

/** `v1.0-alpha2`, as it stands in paths, is `v1alpha2`. */
function versionOf(text: string): string {
  return text.toLowerCase().replace(/^v1\.0(?:-|$)/, 'v1')
}
