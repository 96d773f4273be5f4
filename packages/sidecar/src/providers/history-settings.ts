/** The memory of conversations as every provider's settings name it. `assemble.ts` puts it around the provider. */
import type { SettingsDeclaration } from './provider.ts'

/** To be spread into a provider's own declaration. */
export const historySettings = {
  history: {
    type: 'boolean',
    default: false,
    description:
      'Whether the component remembers conversations: the turns of a context id are stored, and go in front of the next request with the same one.',
  },
  historyMaxTokens: {
    type: 'integer',
    default: 4_000,
    description:
      'The most tokens, by estimate, of what is remembered and goes in front of a request. The newest turns go first.',
  },
  historyMaxTurns: {
    type: 'integer',
    default: 1_000,
    description: 'The most turns of one conversation that stay stored.',
  },
  historyTTL: {
    type: 'duration',
    default: 30 * 24 * 3_600_000,
    description: 'How long a conversation stays stored after its last turn. 0 keeps it for ever.',
  },
} as const satisfies SettingsDeclaration
