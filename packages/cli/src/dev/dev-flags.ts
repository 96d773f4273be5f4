/** The flags of `dev`, by the names and with the defaults of the development helper of dapr-agents. */
import type { Flags } from '../arguments/flag.ts'

export const devFlags = {
  'app-id': { type: 'string', short: 'a', placeholder: 'ID', default: 'test-app', description: 'The id of the app' },
  port: {
    type: 'string',
    short: 'H',
    aliases: ['dapr-http-port'],
    placeholder: 'PORT',
    default: '3500',
    description: 'Port of the HTTP API; 0 takes any free one',
  },
  'grpc-port': {
    type: 'string',
    short: 'G',
    aliases: ['dapr-grpc-port'],
    placeholder: 'PORT',
    default: '50001',
    description: 'Port of the gRPC API; 0 takes any free one',
  },
  'metrics-port': {
    type: 'string',
    short: 'M',
    placeholder: 'PORT',
    default: '9091',
    description: 'Port of the metrics; 0 takes any free one',
  },
  components: {
    type: 'string',
    short: 'd',
    aliases: ['resources-path', 'components-path'],
    placeholder: 'FOLDER',
    default: 'echo alone',
    description: 'Folder with component files',
  },
  config: {
    type: 'string',
    short: 'c',
    placeholder: 'FILE',
    default: 'dapr-config.yaml in the folder, if it exists',
    description: 'File with a Configuration resource',
  },
  'log-level': {
    type: 'string',
    placeholder: 'LEVEL',
    default: 'info',
    description: 'debug, info, warn, error or fatal',
  },
  'env-file': {
    type: 'string',
    placeholder: 'FILE',
    default: '.env',
    description: 'File with variables; the shell wins',
  },
  'env-override': { type: 'boolean', description: 'Let the variables of that file win over the shell' },
  'skip-missing': {
    type: 'boolean',
    description: 'Start though a component lacks a variable that it cannot do without; our sidecar leaves it out',
  },
  daprd: { type: 'string', placeholder: 'PATH', description: 'A real daprd to start instead of our sidecar' },
  build: { type: 'boolean', description: 'Build that daprd first, from the source tree in ../dapr, and start it' },
  placement: { type: 'boolean', description: 'Tell daprd of a placement service at localhost:50005' },
  wait: {
    type: 'string',
    placeholder: 'SECONDS',
    default: '60',
    description: 'How long daprd may take to be ready',
  },
  detach: { type: 'boolean', description: 'Go on in the background, and end this command when the sidecar is ready' },
  'dry-run': { type: 'boolean', description: 'Check everything, say what would be started, and start nothing' },
  json: {
    type: 'boolean',
    description: 'Print one JSON object when the sidecar is ready, and everything else on standard error',
  },
  help: { type: 'boolean', short: 'h', description: 'Show this help' },
} as const satisfies Flags
