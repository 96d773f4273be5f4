/** The variables that `dapr run` gives an app, and no others: by them it finds its sidecar. */
import type { SidecarSettings } from '@dapr-chat/sidecar'

/** What is known of the app beside the settings. */
export interface AppFacts {
  readonly protocol: string
  readonly channelAddress: string
  /** Whether the app is reached over TLS, which changes what its protocol is called. */
  readonly ssl: boolean
}

/** The variables, by name. A port that there is none of has no variable. */
export function appEnvironment(settings: SidecarSettings, facts: AppFacts): Record<string, string> {
  const { appId, app, httpPort, grpcPort, metricsPort, apiToken } = settings
  return {
    APP_ID: appId,
    APP_CHANNEL_ADDRESS: facts.channelAddress,
    ...(app && { APP_PORT: String(app.port) }),
    ...protocolVariable(facts),
    DAPR_HTTP_PORT: String(httpPort),
    DAPR_GRPC_PORT: String(grpcPort),
    DAPR_METRICS_PORT: String(metricsPort),
    // It may stand in a .env file that the app does not read.
    ...(apiToken !== undefined && { DAPR_API_TOKEN: apiToken }),
  }
}

const OVER_TLS: Readonly<Record<string, string>> = { http: 'https', grpc: 'grpcs' }

/** Dapr's command line knows five, and says nothing of others. */
function protocolVariable({ protocol, ssl }: AppFacts): Record<string, string> {
  const name = protocol.toLowerCase()
  if (!['http', 'https', 'grpc', 'grpcs', 'h2c'].includes(name)) return {}
  return { APP_PROTOCOL: (ssl && OVER_TLS[name]) || name }
}
