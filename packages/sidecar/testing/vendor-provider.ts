/** A live provider of any kind for its tests: settings resolved from metadata as a file would give them. */
import { parseManifests } from '../src/components/manifest.ts'
import { resolveMetadata } from '../src/components/resolve.ts'
import type { AnyProviderDefinition, Provider, ProviderContext } from '../src/providers/provider.ts'

/** A provider with this metadata; `await using` closes it. */
export function vendorProvider(
  definition: AnyProviderDefinition,
  metadata: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string | undefined>> = {},
  warn: ProviderContext['warn'] = () => {},
): Provider & AsyncDisposable {
  const spec = {
    type: definition.type,
    version: 'v1',
    metadata: Object.entries(metadata).map(([name, value]) => ({ name, value })),
  }
  const document = { apiVersion: 'dapr.io/v1alpha1', kind: 'Component', metadata: { name: 'test' }, spec }
  const scope = { environment, appId: 'test' }
  const [manifest] = parseManifests(JSON.stringify(document), 'test.yaml', scope).manifests
  if (!manifest) throw new Error('the test has no manifest')
  const { settings } = resolveMetadata(manifest, definition.settings, environment)
  const provider = definition.create(settings as never, { component: 'test', environment, warn })
  return { ...provider, [Symbol.asyncDispose]: () => provider.close() }
}
