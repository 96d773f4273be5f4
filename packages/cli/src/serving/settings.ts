/** The flags of `serve` and the environment, as the sidecar's settings. Nothing is opened or started here. */
import { type AppConnection, defaultSettings, type SidecarSettings } from '@dapr-chat/sidecar'
import type { FlagValues } from '../arguments/flag.ts'
import {
  choiceValue,
  countValue,
  durationValue,
  listValue,
  portValue,
  type SizeLimit,
  secondsValue,
  sizeLimitValue,
  sizeValue,
} from '../arguments/value.ts'
import type { serveFlags } from '../commands/serve-flags.ts'
import type { Environment } from '../environment.ts'
import { ExitError, exitCodes } from '../exit-code.ts'

type Values = FlagValues<typeof serveFlags>

/** The flags whose value is one text. */
type TextFlag = { [K in keyof Values]-?: NonNullable<Values[K]> extends string ? K : never }[keyof Values]

/** Who runs a sidecar from the command line wants to know tomorrow what it did today; a program that has one inside may not. */
const USAGE_PATH = '.dapr-chat/usage.sqlite'

/** A body is held in memory whole, so that even one without a limit has one. */
const bodyLimit: SizeLimit = { standard: defaultSettings.maxBodyBytes, most: 1024 ** 3 }

const headerLimit: SizeLimit = { standard: defaultSettings.maxHeaderBytes, most: 1024 ** 2 }

/** What depends on the machine and the working directory. */
export interface StandardSettings {
  /** The folders with components. */
  readonly folders: readonly string[]
  /** The addresses to listen on. */
  readonly addresses: readonly string[]
}

/**
 * Reads what was given; the sidecar's own defaults stand for the rest.
 * @param standard what holds where no flag says otherwise.
 * @throws ExitError with the code for usage, which names the flag and what must hold.
 */
export function serveSettings(values: Values, environment: Environment, standard: StandardSettings): SidecarSettings {
  const given = <T>(name: TextFlag, otherwise: T, read: (flag: string, text: string) => T): T => {
    const text = values[name]
    return text === undefined ? otherwise : read(name, text)
  }
  // Kubernetes has a control plane of Dapr's to ask, which this sidecar does not know.
  given('mode', 'standalone', (flag, text) => choiceValue(flag, text, ['standalone']))
  const resources = values['resources-path'] ?? values['components-path']
  const addresses = values['dapr-listen-addresses']
  return {
    ...defaultSettings,
    appId: given('app-id', defaultSettings.appId, appIdValue),
    httpPort: given('dapr-http-port', defaultSettings.httpPort, portValue),
    grpcPort: given('dapr-grpc-port', defaultSettings.grpcPort, portValue),
    metricsPort: given('metrics-port', defaultSettings.metricsPort, portValue),
    metricsEnabled: values['enable-metrics'] ?? defaultSettings.metricsEnabled,
    metricsListenAddress: values['metrics-listen-address'] || defaultSettings.metricsListenAddress,
    consoleEnabled: values['enable-console'] ?? defaultSettings.consoleEnabled,
    resourcesPaths: resources ? listValue(resources) : standard.folders,
    hotReload: values['enable-hot-reload'],
    // 0 is daprd's own way to say that its default holds.
    hotReloadReconcileMs:
      given('hot-reload-reconcile-interval', 0, durationValue) || defaultSettings.hotReloadReconcileMs,
    configurationFiles: (values.config ?? []).filter((file) => file !== ''),
    listenAddresses: addresses ? listValue(addresses) : standard.addresses,
    unixSocketFolder: values['unix-domain-socket'] || undefined,
    allowedOrigins: listValue(values['allowed-origins'] ?? []),
    app: appConnection(given('app-port', 0, portValue), values),
    logLevel: given('log-level', defaultSettings.logLevel, (flag, text) =>
      choiceValue(flag, text, ['debug', 'info', 'warn', 'error', 'fatal']),
    ),
    logFormat: given('log-format', values['log-as-json'] ? 'json' : defaultSettings.logFormat, (flag, text) =>
      choiceValue(flag, text, ['text', 'json']),
    ),
    apiLogging: values['enable-api-logging'],
    maxBodyBytes: sizeLimit(values, 'max-body-size', ['dapr-http-max-request-size', 'Mi'], bodyLimit),
    maxHeaderBytes: sizeLimit(values, 'read-buffer-size', ['dapr-http-read-buffer-size', 'Ki'], headerLimit),
    gracefulShutdownMs: given('dapr-graceful-shutdown-seconds', defaultSettings.gracefulShutdownMs, secondsValue),
    storePath: values['store-path'] || defaultSettings.storePath,
    storeMaxBytes: given('store-max-size', defaultSettings.storeMaxBytes, sizeValue),
    storeDaprState: values['store-dapr-state'] || undefined,
    storeMaxConversationBytes: given(
      'store-max-conversation-size',
      defaultSettings.storeMaxConversationBytes,
      sizeValue,
    ),
    storeTimeoutMs: given('store-timeout', 0, durationValue) || defaultSettings.storeTimeoutMs,
    usagePath: values['usage-path'] || USAGE_PATH,
    usageMaxBytes: given('usage-max-size', defaultSettings.usageMaxBytes, sizeValue),
    usageMaxAgeMs: given('usage-max-age', defaultSettings.usageMaxAgeMs, durationValue),
    pricesFile: values.prices || undefined,
    captureContent: values['capture-content'] ?? defaultSettings.captureContent,
    apiToken: environment.DAPR_API_TOKEN || undefined,
    environment,
  }
}

/** A limit, by its flag or by the older one that counts in a unit of its own. */
function sizeLimit(
  values: Values,
  name: TextFlag,
  [older, unit]: readonly [name: TextFlag, unit: 'Mi' | 'Ki'],
  limit: SizeLimit,
): number {
  const text = values[name]
  if (text !== undefined) return sizeLimitValue(name, text, limit)
  const amount = countValue(older, values[older] ?? '-1')
  return sizeLimitValue(older, amount > 0 ? `${amount}${unit}` : String(amount), limit)
}

/** What the metadata say about the app; nothing where it has no port. */
function appConnection(port: number, values: Values): AppConnection | undefined {
  if (port === 0) return undefined
  return {
    port,
    protocol: values['app-protocol'] || 'http',
    channelAddress: values['app-channel-address'] || '127.0.0.1',
    maxConcurrency: countValue('app-max-concurrency', values['app-max-concurrency'] ?? '-1'),
  }
}

/** daprd's two rules, in its words. */
function appIdValue(flag: string, text: string): string {
  const broken = text === '' ? 'be empty' : text.includes('.') ? 'contain dots' : undefined
  if (broken === undefined) return text
  throw new ExitError(
    exitCodes.usage,
    `Cannot use --${flag}: parameter app-id cannot ${broken}: current value is "${text}"`,
  )
}
