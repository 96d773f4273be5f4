/**
 * Every command with its flags, as data: parsing, `--help` and the list of commands are made from this one table.
 * Implementations are loaded when they run, so that `--help` and `ask` do not wait for a server's modules.
 */
import type { Flags } from '../arguments/flag.ts'
import { COMMAND } from '../command-name.ts'
import { devFlags } from '../dev/dev-flags.ts'
import { replayFlags } from '../replay/replay-flags.ts'
import { topFlags } from '../top/top-flags.ts'
import { runFlags } from './run-flags.ts'
import { serveFlags } from './serve-flags.ts'
import { askFlags, chatFlags } from './talk-flags.ts'

const help = { type: 'boolean', short: 'h', description: 'Show this help' } as const

/** The flags of `components`. */
export const componentsFlags = {
  json: { type: 'boolean', description: 'Print JSON' },
  help,
} as const satisfies Flags

/** The flags of `config`. */
export const configFlags = {
  against: {
    type: 'string',
    placeholder: 'dapr',
    description: 'Report too what a real daprd would not take, or would read otherwise',
  },
  'app-id': {
    type: 'string',
    short: 'a',
    placeholder: 'ID',
    default: 'dapr-chat',
    description: 'The id of the app, which scopes are compared with',
  },
  json: { type: 'boolean', description: 'Print one JSON object' },
  help,
} as const satisfies Flags

/** The flags of `init`. */
export const initFlags = {
  folder: {
    type: 'string',
    short: 'd',
    placeholder: 'FOLDER',
    default: 'components',
    description: 'Where the file goes; the folder is made where it is missing',
  },
  name: {
    type: 'string',
    placeholder: 'NAME',
    default: "the provider's",
    description: 'The name of the component, and of its file',
  },
  'secret-store': {
    type: 'string',
    placeholder: 'NAME',
    description: 'Take the key from this secret store instead of from the environment',
  },
  force: { type: 'boolean', description: 'Replace a file that is there already' },
  help,
} as const satisfies Flags

/** The flags of `doctor`. */
export const doctorFlags = {
  json: { type: 'boolean', description: 'Print one JSON object' },
  help,
} as const satisfies Flags

/** The flags of `completion`. */
export const completionFlags = { help } as const satisfies Flags

/** What the help says about a command. */
export interface CommandEntry {
  readonly summary: string
  /** What may follow the command's name beside flags. */
  readonly operands: string
  /** What the first of them can be, where it is one of a few words. */
  readonly choices?: readonly string[]
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
  run: {
    summary: 'Start a sidecar and an app together, and end both together',
    operands: '-- APP [WORDS...]',
    notes: [
      'The app gets the variables of dapr run, such as DAPR_HTTP_PORT and APP_ID, and starts when the sidecar is ready. Its exit code is the one of this command.',
      'Ports that are not named are free ones where the standard ones are taken. Ctrl-C ends both; a second one does not wait.',
      'Without --resources-path and without a folder ./components there is echo.',
    ],
    flags: runFlags,
  },
  dev: {
    summary: 'Start a sidecar for development: reads .env, reports keys, checks the components first',
    operands: '',
    notes: [
      'The sidecar is the one of this project; --daprd PATH starts a real daprd with the same components instead, whose variables are filled in for it in a folder that only you can read and that is removed at the end.',
      'A variable that a component cannot do without must be set, or --skip-missing given. Values are never shown.',
    ],
    flags: devFlags,
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
      'Lines and conversations are kept for the next time, in files that only you can read; with DAPR_CHAT_NOHISTORY=1 they are not.',
      'Talks to the sidecar at DAPR_HTTP_ENDPOINT, or on DAPR_HTTP_PORT (3500); where none runs, to an embedded one.',
    ],
    flags: chatFlags,
  },
  top: {
    summary: 'Show what a running sidecar is doing, each second',
    operands: '',
    notes: [
      'The figures are those of the console, of the sidecar at DAPR_HTTP_ENDPOINT, or on DAPR_HTTP_PORT (3500), with DAPR_API_TOKEN where it has one. q or Ctrl-C leaves.',
      'Where the output is no terminal, or with --json, it is one JSON object, or with --interval one on each line.',
    ],
    flags: topFlags,
  },
  replay: {
    summary: 'Serve a recorded answer as a provider does, and print the component that asks for it',
    operands: 'FILE',
    notes: [
      'FILE is what a provider sent: an event stream (.sse), a JSON body (.json), the frames of AWS (.eventstream), or JSON lines (.jsonl), which are events, or {"at": MILLISECONDS, "data": EVENT}.',
      'Every request gets the same answer, whatever it asks. The component goes to stdout, everything else to stderr.',
    ],
    flags: replayFlags,
  },
  components: {
    summary: 'List the kinds of components, or explain the settings of one',
    operands: '[list | explain TYPE]',
    choices: ['list', 'explain'],
    notes: ['TYPE is such as conversation.openai, or openai for short.'],
    flags: componentsFlags,
  },
  config: {
    summary: 'Check folders of component files, without starting anything',
    operands: 'check [FOLDER...]',
    choices: ['check'],
    notes: [
      'The folders are read as the sidecar reads them, and secrets are looked up; no model is asked. Without a folder it is ./components.',
      'Exits with 0 where everything can be used, warnings aside, and with 2 otherwise.',
    ],
    flags: configFlags,
  },
  init: {
    summary: 'Write a component file for a provider',
    operands: 'PROVIDER',
    notes: [
      `PROVIDER is such as openai; ${COMMAND} components names all. The key stays out of the file, which says where it comes from and which a real daprd takes too.`,
    ],
    flags: initFlags,
  },
  doctor: {
    summary: 'Look at all that a sidecar needs here, and say what to do',
    operands: '',
    notes: [
      'Looks at Node, the standard ports, a running sidecar, ./components, keys, daprd and dapr, the console and proxy variables. Values are never shown, and no model is asked.',
      'Exits with 0 where nothing is in the way, and with 1 otherwise.',
    ],
    flags: doctorFlags,
  },
  completion: {
    summary: 'Print a completion script for a shell',
    operands: 'bash | zsh | fish',
    choices: ['bash', 'zsh', 'fish'],
    notes: [
      'For bash: eval "$(dapr-chat completion bash)". For zsh the same, with its name. For fish: dapr-chat completion fish | source.',
    ],
    flags: completionFlags,
  },
} as const satisfies Record<string, CommandEntry>

/** The name of a command. */
export type CommandName = keyof typeof commandTable

/** Whether a word is a command. */
export function isCommand(word: string): word is CommandName {
  return Object.hasOwn(commandTable, word)
}
