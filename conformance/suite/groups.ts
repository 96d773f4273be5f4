/** The whole suite, in the order in which it is sent. */

import type { CaseGroup } from './case.ts'
import { administration, health, shutdown } from './cases/administration.ts'
import { alpha1, alpha2 } from './cases/echo.ts'
import { jsonEdges, transportEdges } from './cases/edges.ts'
import { errors } from './cases/errors.ts'
import { grpc } from './cases/grpc.ts'
import { json, malformed } from './cases/json.ts'
import { limits, routing, tracing } from './cases/routing.ts'
import { personalData, scrubbing } from './cases/scrub.ts'
import { token } from './cases/token.ts'
import { toolChoice, tools } from './cases/tools.ts'

/** All groups. */
export const groups: readonly CaseGroup[] = [
  health,
  administration,
  alpha1,
  alpha2,
  tools,
  toolChoice,
  errors,
  json,
  malformed,
  jsonEdges,
  scrubbing,
  personalData,
  routing,
  transportEdges,
  limits,
  tracing,
  grpc,
  token,
  shutdown,
]

/** The groups for which a run has what they need. */
export function groupsFor(has: { readonly token: boolean; readonly shutdown: boolean }): readonly CaseGroup[] {
  return groups.filter(({ needs }) => needs === undefined || has[needs])
}
