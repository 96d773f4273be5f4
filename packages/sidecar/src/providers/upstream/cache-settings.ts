/** The response cache as every networked provider's settings name it. `assemble.ts` makes the cache. */
import type { SettingsDeclaration } from '../provider.ts'

/** To be spread into a provider's own declaration. */
export const cacheSettings = {
  responseCacheTTL: {
    type: 'duration',
    aliases: ['cacheTTL'],
    description:
      'How long a complete answer is given again to the same caller who asks exactly the same. 0 makes answers expire at once. Not set, the default, means no cache.',
  },
  responseCacheMaxEntries: {
    type: 'integer',
    default: 1_000,
    description: 'The most answers that the response cache keeps; the one unused for longest goes first.',
  },
  responseCacheMaxBytes: {
    type: 'integer',
    default: 64 * 1024 * 1024,
    description:
      'The most bytes of memory that the response cache takes, by estimate. An answer larger than an eighth of it is not kept.',
  },
} as const satisfies SettingsDeclaration
