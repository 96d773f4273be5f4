/** The flags of `top`. */
import type { Flags } from '../arguments/flag.ts'

export const topFlags = {
  window: {
    type: 'string',
    placeholder: 'SPAN',
    default: '5m',
    description: 'What the figures are made from: the last 5m, 1h or 24h',
  },
  interval: {
    type: 'string',
    placeholder: 'SECONDS',
    default: '1 on a terminal; elsewhere there is one reading',
    description: 'How often the figures are read, 0.1 at least',
  },
  once: { type: 'boolean', description: 'Print the figures once, as text where --json is not given' },
  json: { type: 'boolean', description: 'Print JSON, as where the output is no terminal: an object for each reading' },
  help: { type: 'boolean', short: 'h', description: 'Show this help' },
} as const satisfies Flags
