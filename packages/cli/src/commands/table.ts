/**
 * Every command with its flags, as data: parsing, `--help` and the list of commands are made from this one table.
 * Implementations are loaded when they run, so that `--help` and `ask` do not wait for a server's modules.
 */
import type { Flags } from '../arguments/flag.ts'
import { serveFlags } from './serve-flags.ts'

const help = { type: 'boolean', short: 'h', description: 'Show this help' } as const

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
      'All other flags of daprd are accepted and have no effect; a line says so. Flags may have one dash or two.',
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
