/** The flags of `run`, as a daprd takes them. */
import type { SidecarSettings } from '@dapr-chat/sidecar'
import type { FlagValues } from '../arguments/flag.ts'
import type { runFlags } from '../commands/run-flags.ts'

type Values = FlagValues<typeof runFlags>

/** What only our own sidecar has. */
const OWN: ReadonlySet<string> = new Set([
  'enable-hot-reload',
  'enable-console',
  'store-path',
  'store-max-size',
  'store-dapr-state',
  'store-max-conversation-size',
  'store-timeout',
  'usage-path',
  'usage-max-size',
  'usage-max-age',
  'prices',
  'capture-content',
])

/** What is said in another way, or is for this command alone. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  ...['app-id', 'dapr-http-port', 'dapr-grpc-port', 'metrics-port', 'resources-path', 'components-path'],
  ...['log-format', 'log-as-json', 'engine', 'daprd', 'runtime-path'],
])

/** The command line of a daprd, without its name. */
export function daprdFlags(values: Values, settings: SidecarSettings, folders: readonly string[]): string[] {
  const passed = Object.entries(values).filter(([name]) => !OWN.has(name) && !ELSEWHERE.has(name))
  return [
    ...['--app-id', settings.appId],
    ...['--dapr-http-port', String(settings.httpPort)],
    ...['--dapr-grpc-port', String(settings.grpcPort)],
    ...['--metrics-port', String(settings.metricsPort)],
    ...folders.flatMap((folder) => ['--resources-path', folder]),
    ...(settings.logFormat === 'json' ? ['--log-as-json'] : []),
    ...passed.flatMap(([name, value]) => [value].flat().map((one) => `--${name}=${one}`)),
  ]
}

/** The flags that a daprd does not have, as they are written. */
export function flagsOfOurOwn(values: Values): string[] {
  return Object.keys(values)
    .filter((name) => OWN.has(name))
    .map((name) => `--${name}`)
}
