/** How long and how often things are measured. */

/** The sizes of one run. */
export interface Plan {
  /** How often CPU figures are taken; the median counts. */
  readonly repetitions: number
  /** How long one measurement under load takes, in milliseconds. */
  readonly measureMs: number
  /** How long the same load runs before it, so that the code is compiled, in milliseconds. */
  readonly warmUpMs: number
  /** How many first tokens are timed, one at a time at a fixed rate. */
  readonly firstTokens: number
  /** How many streams are cancelled before memory is first read, and between then and the second reading. */
  readonly cancels: { readonly before: number; readonly counted: number }
}

/** The run whose figures are published. */
export const fullPlan: Plan = {
  repetitions: 3,
  measureMs: 2_500,
  warmUpMs: 1_500,
  firstTokens: 400,
  cancels: { before: 3_000, counted: 10_000 },
}

/** About a minute: good enough to see whether a change was worth it. */
export const quickPlan: Plan = {
  repetitions: 1,
  measureMs: 1_000,
  warmUpMs: 700,
  firstTokens: 60,
  cancels: { before: 500, counted: 1_000 },
}
