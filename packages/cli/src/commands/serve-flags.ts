/**
 * The flags of `serve`: daprd's, by daprd's names, and the short forms of `dapr run`. What concerns other parts of Dapr
 * is accepted too, so that no script has to change, and named in one line when the sidecar starts.
 */
import type { Flag, Flags } from '../arguments/flag.ts'

/** A flag of daprd's that this sidecar has no use for. */
const ignored = { type: 'string', ignored: true, description: '' } as const satisfies Flag
const ignoredSwitch = { type: 'boolean', ignored: true, description: '' } as const satisfies Flag

export const serveFlags = {
  'app-id': {
    type: 'string',
    short: 'a',
    placeholder: 'ID',
    default: 'dapr-chat',
    description: 'The id of the app: selects scoped components, stands in metadata and metrics',
  },
  'dapr-http-port': {
    type: 'string',
    short: 'H',
    placeholder: 'PORT',
    default: '3500',
    description: 'Port of the HTTP API; 0 takes any free one',
  },
  'dapr-grpc-port': {
    type: 'string',
    short: 'G',
    placeholder: 'PORT',
    default: '50001',
    description: 'Port of the gRPC API; 0 takes any free one',
  },
  'resources-path': {
    type: 'string',
    short: 'd',
    multiple: true,
    aliases: ['components'],
    placeholder: 'FOLDER',
    default: './components, or echo alone where it does not exist',
    description: 'Folder with component files; repeat it or separate with commas',
  },
  'components-path': {
    type: 'string',
    multiple: true,
    placeholder: 'FOLDER',
    description: 'The older name of --resources-path; read where that one is not given',
  },
  'enable-hot-reload': {
    type: 'boolean',
    default: 'as the Configuration says, or true',
    description: 'Watch the folders with component files, and take up what changes',
  },
  'hot-reload-reconcile-interval': {
    type: 'string',
    placeholder: 'TIME',
    default: '60s',
    description: 'How often the folders are read again though no change was noticed; 0 for the default',
  },
  config: {
    type: 'string',
    short: 'c',
    multiple: true,
    placeholder: 'FILE',
    description: 'File with a Configuration resource; repeat it, and what a later one says wins',
  },
  'dapr-listen-addresses': {
    type: 'string',
    multiple: true,
    placeholder: 'IPS',
    default: '127.0.0.1, and ::1 if the machine has it',
    description: 'Addresses to listen on, separated with commas; beyond loopback DAPR_API_TOKEN must be set',
  },
  'unix-domain-socket': {
    type: 'string',
    short: 'u',
    placeholder: 'FOLDER',
    description: 'Listen on sockets in this folder, dapr-ID-http.socket and dapr-ID-grpc.socket, instead of on ports',
  },
  'allowed-origins': {
    type: 'string',
    multiple: true,
    placeholder: 'ORIGINS',
    default: 'none',
    description: 'Origins of web pages that may use the HTTP API, separated with commas; * for all',
  },
  'enable-metrics': { type: 'boolean', default: 'true', description: 'Open the metrics port' },
  'metrics-port': {
    type: 'string',
    short: 'M',
    placeholder: 'PORT',
    default: '9090',
    description: 'Port of the Prometheus metrics; 0 takes any free one',
  },
  'metrics-listen-address': {
    type: 'string',
    placeholder: 'IP',
    default: '127.0.0.1',
    description: 'Address of the metrics port, which asks for no token; 0.0.0.0 opens it to other machines',
  },
  'enable-console': { type: 'boolean', default: 'true', description: 'Serve the console at /console' },
  'log-level': {
    type: 'string',
    placeholder: 'LEVEL',
    default: 'info',
    description: 'debug, info, warn, error or fatal',
  },
  'log-format': {
    type: 'string',
    placeholder: 'FORMAT',
    default: 'text',
    description: 'text, or json: one object per line, among them one with "msg":"ready"',
  },
  'log-as-json': { type: 'boolean', description: 'The same as --log-format=json' },
  'enable-api-logging': {
    type: 'boolean',
    default: 'as the Configuration says, or false',
    description: 'Log one line for each call, never with its content',
  },
  'max-body-size': {
    type: 'string',
    placeholder: 'SIZE',
    default: '4Mi',
    description: 'The largest request: 4Mi, 500k, 1048576; 0 for the most there can be, 1Gi',
  },
  'dapr-http-max-request-size': {
    type: 'string',
    placeholder: 'MI',
    description: 'The older form of --max-body-size, in mebibytes; read where that one is not given',
  },
  'read-buffer-size': {
    type: 'string',
    placeholder: 'SIZE',
    default: '16Ki',
    description: "The largest set of a request's headers; 0 for the most there can be, 1Mi",
  },
  'dapr-http-read-buffer-size': {
    type: 'string',
    placeholder: 'KI',
    description: 'The older form of --read-buffer-size, in kibibytes; read where that one is not given',
  },
  'dapr-graceful-shutdown-seconds': {
    type: 'string',
    placeholder: 'N',
    default: '5',
    description: 'How long running answers may go on once the sidecar shuts down',
  },
  'dapr-block-shutdown-duration': {
    type: 'string',
    placeholder: 'TIME',
    default: '0s',
    description: 'How long everything goes on as before after the signal to stop, such as 10s',
  },
  'store-path': {
    type: 'string',
    placeholder: 'FILE',
    default: '.dapr-chat/dapr-chat.sqlite',
    description: 'File of the conversations that are remembered; :memory: for none',
  },
  'store-max-size': {
    type: 'string',
    placeholder: 'SIZE',
    default: '1Gi',
    description: 'The most that the file of the conversations may take up',
  },
  'store-dapr-state': {
    type: 'string',
    placeholder: 'NAME',
    description:
      'State component of the daprd beside it that keeps the conversations for all replicas, instead of the file',
  },
  'store-max-conversation-size': {
    type: 'string',
    placeholder: 'SIZE',
    default: '1Mi',
    description: 'The most that one conversation may take up in that state component; its oldest turns make room',
  },
  'store-timeout': {
    type: 'string',
    placeholder: 'TIME',
    default: '5s',
    description: 'How long that state component may take to answer; 0 for the default',
  },
  'usage-path': {
    type: 'string',
    placeholder: 'FILE',
    default: '.dapr-chat/usage.sqlite',
    description: 'File with one row for each call, never its content; :memory: for none',
  },
  'usage-max-size': {
    type: 'string',
    placeholder: 'SIZE',
    default: '256Mi',
    description: 'The most that the file of the calls may take up; the oldest calls make room',
  },
  'usage-max-age': {
    type: 'string',
    placeholder: 'TIME',
    default: '720h',
    description: 'How long a call is kept in that file',
  },
  prices: {
    type: 'string',
    placeholder: 'FILE',
    default: 'the table that ships',
    description:
      'YAML file with prices of models, in US dollars for a million tokens; they win over the table that ships',
  },
  'capture-content': {
    type: 'boolean',
    default: 'false',
    description: 'Keep what is said in the last 200 calls in memory, for the console',
  },
  'app-port': {
    type: 'string',
    short: 'p',
    placeholder: 'PORT',
    description: 'Port of the app, for the metadata',
  },
  'app-protocol': {
    type: 'string',
    short: 'P',
    placeholder: 'NAME',
    default: 'http',
    description: 'Protocol of the app, for the metadata',
  },
  'app-channel-address': {
    type: 'string',
    placeholder: 'HOST',
    default: '127.0.0.1',
    description: 'Address of the app, for the metadata',
  },
  'app-max-concurrency': {
    type: 'string',
    placeholder: 'N',
    default: '-1, no limit',
    description: 'How many calls the app takes at once, for the metadata',
  },
  mode: { type: 'string', placeholder: 'NAME', default: 'standalone', description: 'standalone' },
  wait: {
    type: 'boolean',
    description: 'Start nothing: wait until the sidecar on --dapr-http-port is ready, then end',
  },
  version: { type: 'boolean', description: 'Print the version, and end' },
  'build-info': { type: 'boolean', description: 'Print the version and what it was built from, and end' },
  help: { type: 'boolean', short: 'h', description: 'Show this help' },

  'actors-disseminate-timeout': ignored,
  'actors-service': ignored,
  'app-binding-options-timeout': ignored,
  'app-health-check-path': ignored,
  'app-health-probe-interval': ignored,
  'app-health-probe-timeout': ignored,
  'app-health-threshold': ignored,
  'app-ssl': ignoredSwitch,
  'control-plane-address': ignored,
  'control-plane-namespace': ignored,
  'control-plane-trust-domain': ignored,
  'dapr-internal-grpc-listen-address': ignored,
  'dapr-internal-grpc-port': { ...ignored, short: 'I' },
  'dapr-public-listen-address': ignored,
  'dapr-public-port': ignored,
  'disable-builtin-k8s-secret-store': ignoredSwitch,
  'disable-init-endpoints': ignored,
  'enable-app-health-check': ignoredSwitch,
  'enable-mtls': ignoredSwitch,
  'enable-profiling': ignoredSwitch,
  'log-file': ignored,
  'placement-host-address': ignored,
  'profile-port': ignored,
  'reminders-service': ignored,
  'runtime-path': ignored,
  'scheduler-host-address': ignored,
  'scheduler-job-streams': ignored,
  'sentry-address': ignored,
  'sentry-request-jwt-audiences': ignored,
} as const satisfies Flags

/** Those of the given flags that have no effect here, as they are written. */
export function ignoredFlags(given: Readonly<Record<string, unknown>>): string[] {
  const flags: Flags = serveFlags
  return Object.keys(given)
    .filter((name) => flags[name]?.ignored)
    .map((name) => `--${name}`)
}
