import type { Plan } from '../plan.ts'
import type { RunningTarget } from '../targets/target.ts'
import type { Figures } from './figures.ts'

/** What a measurement works with. */
export interface MeasurementContext {
  readonly plan: Plan
  /** Scheme, host and port of the provider. */
  readonly provider: string
  /** Starts the target anew; the measurement stops it. */
  start(): Promise<RunningTarget>
}

/** One kind of measurement. Every one starts its target afresh, so that none sees what another left behind. */
export interface Measurement {
  /** Its name in options. */
  readonly name: string
  /** Measures, and gives the figures it found. */
  run(context: MeasurementContext): Promise<Figures>
}

/** A measurement of one running target, which is stopped afterwards, whatever happens. */
export function measurement(
  name: string,
  measure: (target: RunningTarget, context: MeasurementContext) => Promise<Figures>,
): Measurement {
  return {
    name,
    run: async (context) => {
      const target = await context.start()
      try {
        return await measure(target, context)
      } finally {
        await target.stop()
      }
    },
  }
}
