/** The flags of `ask` and `chat`. What both have in common stands here once. */
import type { Flags } from '../arguments/flag.ts'

const talkFlags = {
  component: {
    type: 'string',
    short: 'm',
    aliases: ['model'],
    placeholder: 'NAME[/MODEL]',
    default: 'DAPR_LLM_COMPONENT_DEFAULT, or the only one there is',
    description: 'The component to talk to, and a model where it is not to be its own',
  },
  system: {
    type: 'string',
    short: 's',
    placeholder: 'TEXT',
    description: 'An instruction that goes before the conversation',
  },
  option: {
    type: 'string',
    short: 'o',
    multiple: true,
    pair: true,
    placeholder: 'NAME VALUE',
    description: 'An option of the question, such as temperature 0.2 or max_tokens 100; /set in a chat lists all',
  },
  tools: {
    type: 'string',
    multiple: true,
    placeholder: 'FILE',
    description: 'Let the model use the tools of a module or a JSON file',
  },
  continue: { type: 'boolean', short: 'c', description: 'Go on in the last conversation that was kept' },
  cid: { type: 'string', placeholder: 'NAME', description: 'Go on in the conversation of this name, or begin it' },
  usage: { type: 'boolean', short: 'u', default: 'on a terminal', description: 'Tell the tokens and times on stderr' },
  'no-color': { type: 'boolean', description: 'Use no colour, as with NO_COLOR' },
} as const satisfies Flags

const help = { type: 'boolean', short: 'h', description: 'Show this help' } as const

/** The flags of `ask`. */
export const askFlags = {
  ...talkFlags,
  image: {
    type: 'string',
    multiple: true,
    placeholder: 'FILE-or-URL',
    description: 'Send an image with the question',
  },
  schema: {
    type: 'string',
    placeholder: 'FILE',
    description: 'Ask for JSON by the JSON Schema in a file, and print the value',
  },
  extract: {
    type: 'boolean',
    short: 'x',
    description: 'Print only the first block of code, or everything where there is none',
  },
  'no-stream': { type: 'boolean', description: 'Print the answer when it is complete' },
  json: { type: 'boolean', description: 'Print the answer as one JSON object, with its usage and timings' },
  jsonl: { type: 'boolean', description: 'Print one JSON object for each event, as it comes' },
  quiet: { type: 'boolean', short: 'q', description: 'Print nothing but the answer, and failures' },
  help,
} as const satisfies Flags

/** The flags of `chat`. */
export const chatFlags = { ...talkFlags, help } as const satisfies Flags
