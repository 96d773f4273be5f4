/** The flags of `replay`. */
import type { Flags } from '../arguments/flag.ts'

export const replayFlags = {
  port: {
    type: 'string',
    short: 'p',
    placeholder: 'PORT',
    default: '0, which takes any free one',
    description: 'Port to serve on, on this machine only',
  },
  speed: {
    type: 'string',
    placeholder: 'EVENTS',
    default: 'all at once',
    description: 'How many events leave in a second',
  },
  'as-recorded': { type: 'boolean', description: 'Send each event at its time, where the file has times' },
  cut: { type: 'string', placeholder: 'BYTES', description: 'Break the connection after so many bytes of the answer' },
  status: {
    type: 'string',
    placeholder: 'CODE',
    default: '200, or as the recording says',
    description: 'The HTTP status of the answer',
  },
  type: {
    type: 'string',
    placeholder: 'TYPE',
    default: 'what the recording looks like',
    description: 'The type of the component, such as openai or anthropic',
  },
  name: { type: 'string', placeholder: 'NAME', default: 'replay', description: 'The name of the component' },
  write: { type: 'string', placeholder: 'FOLDER', description: 'Write the component there instead of printing it' },
  help: { type: 'boolean', short: 'h', description: 'Show this help' },
} as const satisfies Flags
