/** The condition under which a circuit breaker opens: an expression in CEL over the breaker's counts. */
import { CelScalar, celEnv, isCelError, parse, plan } from '@bufbuild/cel'
import type { BreakerCounts } from './policy.ts'

const environment = celEnv({
  variables: {
    requests: CelScalar.INT,
    totalSuccesses: CelScalar.INT,
    totalFailures: CelScalar.INT,
    consecutiveSuccesses: CelScalar.INT,
    consecutiveFailures: CelScalar.INT,
  },
})

/** Counts on which an expression is tried out: it has to hold of few calls and of many. */
const TRIALS = [1, 1_000]

/**
 * Compiles an expression. While it cannot be evaluated, a division by zero for one, the breaker stays closed.
 * @throws Error whose message says why the text is no condition over the counts.
 */
export function compileTrip(expression: string): (counts: BreakerCounts) => boolean {
  const evaluate = plan(environment, parse(expression))
  const judge = (counts: BreakerCounts) =>
    evaluate({
      requests: BigInt(counts.requests),
      totalSuccesses: BigInt(counts.totalSuccesses),
      totalFailures: BigInt(counts.totalFailures),
      consecutiveSuccesses: BigInt(counts.consecutiveSuccesses),
      consecutiveFailures: BigInt(counts.consecutiveFailures),
    })
  // The library finds unknown variables and wrong types only by evaluating.
  for (const count of TRIALS) {
    const result = judge({
      requests: count,
      totalSuccesses: count,
      totalFailures: count,
      consecutiveSuccesses: count,
      consecutiveFailures: count,
    })
    if (isCelError(result)) throw new Error(result.message)
    if (typeof result !== 'boolean') throw new Error('its result is not true or false')
  }
  return (counts) => judge(counts) === true
}
