/** Whether a provider is told of traces, as every networked provider's settings name it. `assemble.ts` reads it. */
import { isLoopback } from '../../settings.ts'
import type { SettingsDeclaration, SettingsOf } from '../provider.ts'

/** To be spread into a provider's own declaration. */
export const traceSettings = {
  propagateTrace: {
    type: 'boolean',
    description:
      'Whether requests carry the trace context of their call (traceparent, tracestate). Not set, the default, means that they do where endpoint is on this machine.',
  },
} as const satisfies SettingsDeclaration

/**
 * Whether a component's provider may learn of its callers' traces: where the operator says so, or else where it answers
 * on this machine and is therefore the operator's own.
 * @param settings resolved settings of any component.
 */
export function isTraceTrusted(settings: Readonly<Record<string, string | number | boolean | undefined>>): boolean {
  const { propagateTrace } = settings as Partial<SettingsOf<typeof traceSettings>>
  if (propagateTrace !== undefined) return propagateTrace
  const { endpoint } = settings
  if (typeof endpoint !== 'string' || !URL.canParse(endpoint)) return false
  // An IPv6 address has brackets in a URL.
  return isLoopback(new URL(endpoint).hostname.replace(/^\[|\]$/g, ''))
}
