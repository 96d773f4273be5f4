/** What the sidecar can be told. Flags and environment are read by the command line; here are meaning and defaults. */

/** The levels of the log, from talkative to silent. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'fatal'

/** An app beside the sidecar. This sidecar never calls it; Dapr's tools show it. */
export interface AppConnection {
  readonly port: number
  readonly protocol: string
  readonly channelAddress: string
  /** -1 stands for no limit. */
  readonly maxConcurrency: number
}

/** All settings of a sidecar, required inside; callers give those that differ from `defaultSettings`. */
export interface SidecarSettings {
  /** The app's id, as in `daprd --app-id`: it selects scoped components and stands in metadata and metrics. */
  readonly appId: string
  /** Port of the HTTP API; 0 means any free port. */
  readonly httpPort: number
  /** Port of the gRPC API; 0 means any free port. */
  readonly grpcPort: number
  /** Port of the Prometheus metrics; 0 means any free port. */
  readonly metricsPort: number
  /** IP addresses to listen on. Anything but loopback needs `apiToken`. */
  readonly listenAddresses: readonly string[]
  /**
   * The folder for the sockets `dapr-APPID-http.socket` and `dapr-APPID-grpc.socket`, on which both APIs then listen
   * instead of on their ports.
   */
  readonly unixSocketFolder: string | undefined
  /** The origins of web pages that may use the HTTP API from a browser; `*` stands for every one. */
  readonly allowedOrigins: readonly string[]
  /** Whether the metrics port is opened. */
  readonly metricsEnabled: boolean
  /** The IP address of the metrics port. Whoever reaches it sees the figures: Prometheus sends no token of Dapr's. */
  readonly metricsListenAddress: string
  /** Folders with component files; read in order. A folder that does not exist is an error. */
  readonly resourcesPaths: readonly string[]
  /** Whether the folders are watched and changes taken up; where it is not said, the Configuration decides. */
  readonly hotReload: boolean | undefined
  /** How often the folders are read again though no change was noticed, in milliseconds. */
  readonly hotReloadReconcileMs: number
  /** Files with Configuration resources; read in order, what a later one says wins. */
  readonly configurationFiles: readonly string[]
  /** How the app is reached, for the metadata alone. */
  readonly app: AppConnection | undefined
  /** The token that callers must send as `dapr-api-token`; absent means that none is asked for. */
  readonly apiToken: string | undefined
  /** Where `${VAR}` and `envRef` in component files are looked up. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The largest request, in bytes, on HTTP and gRPC alike. */
  readonly maxBodyBytes: number
  /** The largest set of request headers, in bytes, on HTTP and gRPC alike. */
  readonly maxHeaderBytes: number
  /** How long running answers may go on after the sidecar was told to stop, in milliseconds. */
  readonly gracefulShutdownMs: number
  /** How long a stream may be silent before a keep-alive comment is sent, in milliseconds; 0 sends none. */
  readonly keepAliveMs: number
  /**
   * The SQLite file of what is stored; `:memory:` stores nothing beyond the run. It is made when a component has
   * `history` on, and not before.
   */
  readonly storePath: string
  /** The most bytes that the store may have; what would exceed them is not stored. */
  readonly storeMaxBytes: number
  /**
   * The name of a state component of Dapr, in which what components with `history` remember is stored instead of in
   * `storePath`, for all replicas. The daprd that has it is found by DAPR_HTTP_ENDPOINT or DAPR_HTTP_PORT in `environment`.
   */
  readonly storeDaprState: string | undefined
  /** The most bytes of one conversation in that state store; its oldest turns make room. */
  readonly storeMaxConversationBytes: number
  /** How long that state store may take, in milliseconds. */
  readonly storeTimeoutMs: number
  /** The SQLite file of what is known of each call, never its content; `:memory:` keeps it for the run alone. */
  readonly usagePath: string
  /** The most bytes that the file of the calls may have; the oldest calls make room. */
  readonly usageMaxBytes: number
  /** How long a call is kept there, in milliseconds. */
  readonly usageMaxAgeMs: number
  /** A YAML file with prices of models, in US dollars for a million tokens; they win over the table that ships. */
  readonly pricesFile: string | undefined
  /** Whether the console is served, the page and what it reads. */
  readonly consoleEnabled: boolean
  /** The folder with the built files of the page; absent means those that come with the sidecar. */
  readonly consoleFolder: string | undefined
  /** Whether the words of the last calls are kept in memory, for the console. */
  readonly captureContent: boolean
  readonly logLevel: LogLevel
  readonly logFormat: 'text' | 'json'
  /** Whether each call is logged, never with its content; where it is not said, the Configuration decides. */
  readonly apiLogging: boolean | undefined
}

/** The settings of a sidecar that was told nothing. */
export const defaultSettings: SidecarSettings = {
  appId: 'dapr-chat',
  httpPort: 3500,
  grpcPort: 50001,
  metricsPort: 9090,
  listenAddresses: ['127.0.0.1'],
  unixSocketFolder: undefined,
  allowedOrigins: [],
  metricsEnabled: true,
  metricsListenAddress: '127.0.0.1',
  resourcesPaths: [],
  hotReload: undefined,
  hotReloadReconcileMs: 60_000,
  configurationFiles: [],
  app: undefined,
  apiToken: undefined,
  environment: {},
  maxBodyBytes: 4 * 1024 * 1024,
  maxHeaderBytes: 16 * 1024,
  gracefulShutdownMs: 5_000,
  keepAliveMs: 15_000,
  storePath: '.dapr-chat/dapr-chat.sqlite',
  storeMaxBytes: 1024 * 1024 * 1024,
  storeDaprState: undefined,
  storeMaxConversationBytes: 1024 * 1024,
  storeTimeoutMs: 5_000,
  usagePath: ':memory:',
  usageMaxBytes: 256 * 1024 * 1024,
  usageMaxAgeMs: 30 * 24 * 60 * 60 * 1_000,
  pricesFile: undefined,
  consoleEnabled: true,
  consoleFolder: undefined,
  captureContent: false,
  logLevel: 'info',
  logFormat: 'text',
  apiLogging: undefined,
}

/** Whether an address can be reached from this machine only. */
export function isLoopback(address: string): boolean {
  return address === '::1' || address === 'localhost' || /^127(\.\d{1,3}){3}$/.test(address)
}

/**
 * Fills in the defaults and checks what must hold.
 * @throws RangeError for a port that is none, or an address beyond loopback without `apiToken`.
 */
export function resolveSettings(given: Partial<SidecarSettings>): SidecarSettings {
  const settings = { ...defaultSettings, ...given }
  for (const name of ['httpPort', 'grpcPort', 'metricsPort'] as const) {
    const port = settings[name]
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
      throw new RangeError(`Cannot use ${name}: it must be a whole number from 0 to 65535: current value is ${port}`)
    }
  }
  for (const address of settings.listenAddresses) {
    if (!isLoopback(address) && !settings.apiToken) {
      throw new RangeError(
        `Cannot listen on ${address}: an address that other machines reach needs a token: set DAPR_API_TOKEN, or listen on 127.0.0.1`,
      )
    }
  }
  return settings
}
