/**
 * How often the clocks of each component's calls ran out since the sidecar's start, for the console. The call book tells
 * it; nothing is done while a call runs.
 */
import type { Clock } from '@dapr-chat/protocol'
import type { CallSink } from './call-book.ts'
import type { CallRecord } from './call-record.ts'

/** The counts of all components. */
export class ClockCounts implements CallSink {
  readonly #components = new Map<string, Map<Clock, number>>()

  ended({ component: { name }, clocksRanOut }: CallRecord): void {
    if (clocksRanOut.length === 0) return
    const counts = this.#components.get(name) ?? new Map<Clock, number>()
    this.#components.set(name, counts)
    for (const clock of clocksRanOut) counts.set(clock, (counts.get(clock) ?? 0) + 1)
  }

  /** How often a clock of a component ran out; a reload of the component changes nothing about that. */
  of(component: string, clock: Clock): number {
    return this.#components.get(component)?.get(clock) ?? 0
  }
}
