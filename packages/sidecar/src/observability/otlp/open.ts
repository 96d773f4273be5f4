/** Telemetry that is sent, where something is to be sent: what the composition root opens. */
import { type PlanSources, readTelemetryPlan } from './read-plan.ts'
import type { Telemetry, TelemetryReport } from './start.ts'

/**
 * Starts what variables and Configuration ask for; `undefined`, and nothing of OpenTelemetry loaded, where they ask for
 * nothing.
 */
export async function openTelemetry(
  sources: Omit<PlanSources, 'warn'>,
  report: TelemetryReport,
): Promise<Telemetry | undefined> {
  const plan = readTelemetryPlan({ ...sources, warn: report.warn })
  if (!plan) return undefined
  const { startTelemetry } = await import('./start.ts')
  return startTelemetry(plan, report)
}
