/**
 * Every command with its flags, as data: parsing, `--help` and the list of commands are made from this one table.
 * Implementations are loaded when they run, so that `--help` and `ask` do not wait for a server's modules.
 */
import type { Flags } from '../arguments/flag.ts'

const help = { type: 'boolean', short: 'h', description: 'Show this help' } as const

/** The flags of `serve`: daprd's spellings for everything that daprd has. */
export const serveFlags = {
  'app-id': {
    type: 'string',
    placeholder: 'ID',
    default: 'dapr-chat',
    description: 'The id of the app: selects scoped components, stands in metadata and metrics',
  },
  'dapr-http-port': {
    type: 'string',
    placeholder: 'PORT',
    default: '3500',
    description: 'Port of the HTTP API; 0 takes any free one',
  },
  'dapr-grpc-port': {
    type: 'string',
    placeholder: 'PORT',
    default: '50001',
    description: 'Port of the gRPC API; 0 takes any free one',
  },
  'metrics-port': {
    type: 'string',
    placeholder: 'PORT',
    default: '9090',
    description: 'Port of the Prometheus metrics; 0 takes any free one',
  },
  'resources-path': {
    type: 'string',
    multiple: true,
    aliases: ['components-path', 'components'],
    placeholder: 'FOLDER',
    default: './components, if it exists',
    description: 'Folder with component files; repeat it or separate with commas',
  },
  'dapr-listen-addresses': {
    type: 'string',
    multiple: true,
    placeholder: 'IPS',
    default: '127.0.0.1',
    description: 'Addresses to listen on, separated with commas; beyond loopback DAPR_API_TOKEN must be set',
  },
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
  'max-body-size': {
    type: 'string',
    placeholder: 'SIZE',
    default: '4Mi',
    description: 'The largest request: 4Mi, 500k, 1048576',
  },
  'dapr-graceful-shutdown-seconds': {
    type: 'string',
    placeholder: 'N',
    default: '5',
    description: 'How long running answers may go on after the signal to stop',
  },
  help,
} as const satisfies Flags

const component = {
  type: 'string',
  short: 'm',
  placeholder: 'NAME',
  default: 'DAPR_LLM_COMPONENT_DEFAULT, or the only one there is',
  description: 'The component to talk to',
} as const

const system = {
  type: 'string',
  short: 's',
  placeholder: 'TEXT',
  description: 'An instruction that goes before the conversation',
} as const

/** The flags of `ask`. */
export const askFlags = {
  component,
  system,
  'no-stream': { type: 'boolean', description: 'Print the answer when it is complete' },
  json: { type: 'boolean', description: 'Print the answer as one JSON object, with its usage and timings' },
  help,
} as const satisfies Flags

/** The flags of `chat`. */
export const chatFlags = { component, system, help } as const satisfies Flags

/** What the help says about a command. */
export interface CommandEntry {
  readonly summary: string
  /** What may follow the command's name beside flags. */
  readonly operands: string
  /** Sentences below the flags. */
  readonly notes: readonly string[]
  readonly flags: Flags
}

/** The commands, in the order of the help. */
export const commandTable = {
  serve: {
    summary: 'Start the sidecar in the foreground',
    operands: '',
    notes: [
      'Variables in a .env file of the working directory are read too; the shell wins.',
      'DAPR_API_TOKEN is the token that callers must send. Ctrl-C lets running answers end; a second one does not.',
    ],
    flags: serveFlags,
  },
  ask: {
    summary: 'Ask one question and stream the answer',
    operands: '[PROMPT...]',
    notes: [
      'The answer goes to stdout, everything else to stderr. Text on stdin is put before the prompt; "-" reads only stdin.',
      'Asks the sidecar at DAPR_HTTP_ENDPOINT, or on DAPR_HTTP_PORT (3500); where none runs, an embedded one.',
    ],
    flags: askFlags,
  },
  chat: {
    summary: 'Talk to a component, turn by turn',
    operands: '',
    notes: [
      'Ctrl-C stops an answer, Ctrl-D leaves, /help lists what else there is. Where stdin is not a terminal, every line is a turn.',
      'Talks to the sidecar at DAPR_HTTP_ENDPOINT, or on DAPR_HTTP_PORT (3500); where none runs, to an embedded one.',
    ],
    flags: chatFlags,
  },
} as const satisfies Record<string, CommandEntry>

/** The name of a command. */
export type CommandName = keyof typeof commandTable

/** Whether a word is a command. */
export function isCommand(word: string): word is CommandName {
  return Object.hasOwn(commandTable, word)
}
