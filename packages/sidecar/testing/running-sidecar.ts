/**
 * A real sidecar for tests: component files written to a folder of their own, ports chosen by the system, everything
 * gone when the test is over. The sidecar's stories and the conformance tests start theirs here.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSidecar, type Sidecar, type SidecarAddresses, type SidecarOptions } from '../src/index.ts'

/** A component to load. */
export interface TestComponent {
  readonly name: string
  readonly type: string
  readonly metadata?: Readonly<Record<string, string>>
}

/** A sidecar that answers until it is disposed. */
export interface RunningSidecar extends SidecarAddresses, AsyncDisposable {
  readonly sidecar: Sidecar
}

/** The component that needs nothing, which every test sidecar has unless it names others. */
export const echoComponent: TestComponent = { name: 'echo', type: 'conversation.echo' }

/** A component that asks a scripted upstream. */
export function upstreamComponent(endpoint: string, metadata: Readonly<Record<string, string>> = {}): TestComponent {
  return {
    name: 'gpt',
    type: 'conversation.openai',
    metadata: { key: 'sk-of-the-test', model: 'scripted', endpoint, ...metadata },
  }
}

/**
 * Starts a sidecar and waits until it answers.
 * @param files further files beside those of the components: their text by their name.
 */
export async function startSidecar(
  components: readonly TestComponent[] = [echoComponent],
  settings: SidecarOptions = {},
  files: Readonly<Record<string, string>> = {},
): Promise<RunningSidecar> {
  const folder = await mkdtemp(join(tmpdir(), 'dapr-chat-'))
  try {
    await Promise.all(components.map((component) => writeComponent(folder, component)))
    await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)))
    const sidecar = await createSidecar({
      httpPort: 0,
      grpcPort: 0,
      metricsPort: 0,
      resourcesPaths: [folder],
      environment: {},
      logLevel: 'fatal',
      gracefulShutdownMs: 0,
      storePath: ':memory:',
      hotReload: false,
      ...settings,
    })
    const addresses = await sidecar.listen()
    return { ...addresses, sidecar, [Symbol.asyncDispose]: () => sidecar.close() }
  } finally {
    // The files are read once, when the sidecar is made.
    await rm(folder, { recursive: true })
  }
}

/** Every JSON text is YAML too. */
function writeComponent(folder: string, { name, type, metadata = {} }: TestComponent): Promise<void> {
  const resource = {
    apiVersion: 'dapr.io/v1alpha1',
    kind: 'Component',
    metadata: { name },
    spec: {
      type,
      version: 'v1',
      metadata: Object.entries(metadata).map(([entry, value]) => ({ name: entry, value })),
    },
  }
  return writeFile(join(folder, `${encodeURIComponent(name)}.yaml`), JSON.stringify(resource))
}
