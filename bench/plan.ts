/** How long and how often things are measured. */

/** The sizes of one run. */
export interface Plan {
  /** How often CPU figures are taken; the median counts. */
  readonly repetitions: number
  /** How long one measurement under load takes, in milliseconds. */
  readonly measureMs: number
  /** How long streams run before it, so that the code that they pass is compiled, in milliseconds. */
  readonly warmUpMs: number
  /** How many whole answers come before those that are measured: their code is longer, and takes longer to compile. */
  readonly warmUpCalls: number
  /** How many first tokens are timed, one at a time at a fixed rate. */
  readonly firstTokens: number
  /** The numbers of open streams whose costs are compared. */
  readonly streamCounts: readonly number[]
  /** How many streams are cancelled before memory is first read, and between then and the second reading. */
  readonly cancels: { readonly before: number; readonly counted: number }
}

/** The run whose figures are published. */
export const fullPlan: Plan = {
  repetitions: 3,
  measureMs: 2_500,
  warmUpMs: 1_500,
  warmUpCalls: 12_000,
  firstTokens: 400,
  streamCounts: [1, 50, 500, 1_000],
  cancels: { before: 3_000, counted: 10_000 },
}

/** The published comparison of the providers: there are many, so each is measured for a shorter time, as often. */
export const providersPlan: Plan = { ...fullPlan, measureMs: 1_500, streamCounts: [500] }

/** A short run: good enough to see whether a change was worth it. */
export const quickPlan: Plan = {
  repetitions: 1,
  measureMs: 600,
  warmUpMs: 500,
  warmUpCalls: 3_000,
  firstTokens: 50,
  streamCounts: [500],
  cancels: { before: 500, counted: 1_000 },
}
