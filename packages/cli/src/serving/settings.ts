/** The flags of `serve` and the environment, as the sidecar's settings. Nothing is opened or started here. */
import { defaultSettings, type SidecarSettings } from '@dapr-chat/sidecar'
import type { FlagValues } from '../arguments/flag.ts'
import { choiceValue, listValue, portValue, secondsValue, sizeValue } from '../arguments/value.ts'
import type { serveFlags } from '../commands/table.ts'
import type { Environment } from '../environment.ts'
import { ExitError, exitCodes } from '../exit-code.ts'

/**
 * Reads what was given; the sidecar's own defaults stand for the rest.
 * @param folders the folders with components, where no flag names one.
 * @throws ExitError with the code for usage, which names the flag and what must hold.
 */
export function serveSettings(
  values: FlagValues<typeof serveFlags>,
  environment: Environment,
  folders: readonly string[],
): SidecarSettings {
  const given = <T>(name: keyof typeof serveFlags, otherwise: T, read: (flag: string, text: string) => T): T => {
    const text = values[name]
    return typeof text === 'string' ? read(name, text) : otherwise
  }
  return {
    ...defaultSettings,
    appId: given('app-id', defaultSettings.appId, appIdValue),
    httpPort: given('dapr-http-port', defaultSettings.httpPort, portValue),
    grpcPort: given('dapr-grpc-port', defaultSettings.grpcPort, portValue),
    metricsPort: given('metrics-port', defaultSettings.metricsPort, portValue),
    resourcesPaths: values['resources-path'] ? listValue(values['resources-path']) : folders,
    listenAddresses: values['dapr-listen-addresses']
      ? listValue(values['dapr-listen-addresses'])
      : defaultSettings.listenAddresses,
    logLevel: given('log-level', defaultSettings.logLevel, (flag, text) =>
      choiceValue(flag, text, ['debug', 'info', 'warn', 'error', 'fatal']),
    ),
    logFormat: given('log-format', defaultSettings.logFormat, (flag, text) =>
      choiceValue(flag, text, ['text', 'json']),
    ),
    maxBodyBytes: given('max-body-size', defaultSettings.maxBodyBytes, sizeValue),
    gracefulShutdownMs: given('dapr-graceful-shutdown-seconds', defaultSettings.gracefulShutdownMs, secondsValue),
    apiToken: environment.DAPR_API_TOKEN || undefined,
    environment,
  }
}

/** daprd's two rules. */
function appIdValue(flag: string, text: string): string {
  if (text === '' || text.includes('.')) {
    throw new ExitError(
      exitCodes.usage,
      `Cannot use --${flag}: it must not be empty and must not contain dots: current value is "${text}"`,
    )
  }
  return text
}
