/** The clocks of a call as every networked provider's settings name them. */
import type { SettingsDeclaration, SettingsOf } from '../provider.ts'
import type { ClockLimits } from './clocks.ts'

/** To be spread into a provider's own declaration. */
export const clockSettings = {
  connectTimeout: {
    type: 'duration',
    default: 10_000,
    description: 'How long a connection may take. 0 waits for ever.',
  },
  firstTokenTimeout: {
    type: 'duration',
    default: 300_000,
    description: 'How long the first token may take once the request is sent. 0 waits for ever.',
  },
  idleTimeout: {
    type: 'duration',
    default: 120_000,
    description: 'How long the provider may be silent in the middle of an answer. 0 waits for ever.',
  },
  totalTimeout: {
    type: 'duration',
    default: 0,
    description: 'How long the whole answer may take. 0, the default, waits for ever.',
  },
} as const satisfies SettingsDeclaration

/** The limits of a component of whatever kind; `undefined` where its kind has no clocks. */
export function clockLimitsOf(settings: Readonly<Record<string, unknown>>): ClockLimits | undefined {
  if (Object.keys(clockSettings).some((name) => typeof settings[name] !== 'number')) return undefined
  return clockLimits(settings as SettingsOf<typeof clockSettings>)
}

/** The limits that resolved settings set. */
export function clockLimits(settings: SettingsOf<typeof clockSettings>): ClockLimits {
  return {
    connectMs: settings.connectTimeout,
    firstTokenMs: settings.firstTokenTimeout,
    idleMs: settings.idleTimeout,
    totalMs: settings.totalTimeout,
  }
}
