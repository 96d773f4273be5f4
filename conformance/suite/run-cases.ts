/** Sends cases to sidecars and compares: one sidecar with what must come back, and two sidecars with each other. */
import { isDeepStrictEqual } from 'node:util'
import { ask, type Target } from './ask.ts'
import type { Case, CaseGroup, Json } from './case.ts'
import { normalForm } from './normal-form.ts'

/** One case and the two answers to it, in their normal form. */
export interface Comparison {
  readonly group: string
  readonly name: string
  readonly over: 'HTTP' | 'gRPC'
  readonly expected: Json
  readonly ours: Json
  readonly theirs: Json
  /** Whether ours is what the case expects. */
  readonly right: boolean
  /** Whether both are the same. */
  readonly same: boolean
}

/** The answer of one sidecar beside the one that the case expects. */
export async function check(target: Target, given: Case): Promise<{ actual: Json; expected: Json }> {
  return { actual: normalForm(await ask(target, given), given), expected: normalForm(given.answer, given) }
}

/** Sends every case to both, one after the other, because cases leave metadata behind. */
export async function compare(groups: readonly CaseGroup[], ours: Target, theirs: Target): Promise<Comparison[]> {
  const comparisons: Comparison[] = []
  for (const { title, cases } of groups) {
    for (const each of cases) {
      const { actual, expected } = await check(ours, each)
      const other = normalForm(await ask(theirs, each), each)
      comparisons.push({
        group: title,
        name: each.name,
        over: 'http' in each.request ? 'HTTP' : 'gRPC',
        expected,
        ours: actual,
        theirs: other,
        right: isDeepStrictEqual(actual, expected),
        same: isDeepStrictEqual(actual, other),
      })
    }
  }
  return comparisons
}
