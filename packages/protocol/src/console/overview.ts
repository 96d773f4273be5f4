/** The figures of the console's first page: what the sidecar counted in a window of time. Made from rows of `CallSummary`. */

/** The windows that can be asked for. */
export type OverviewWindow = '5m' | '1h' | '24h'

/** Half of the values are below `p50`, and so on; in milliseconds. Absent where there was nothing to measure. */
export interface Percentiles {
  readonly p50?: number
  readonly p95?: number
  readonly p99?: number
}

/** The figures of a set of calls that have ended. */
export interface CallFigures {
  readonly calls: number
  /** Those of `calls` that failed or were interrupted. Cancelled ones are no failures. */
  readonly failed: number
  readonly cancelled: number
  readonly cacheHits: number
  /** Without those of answers from the response cache, which no provider counts again. */
  readonly inputTokens: number
  readonly outputTokens: number
  /** What is known of the costs in US dollars. */
  readonly costUsd: number
  /** Calls with tokens whose price is not known: `costUsd` is without them. */
  readonly unpriced: number
  readonly latency: Percentiles
  readonly timeToFirstToken: Percentiles
  /** Output tokens in a second of streaming, over all calls together; absent where none were counted. */
  readonly tokensPerSecond?: number
}

/** The figures of one stretch of the window. */
export interface OverviewPoint extends CallFigures {
  /** When the stretch began, in milliseconds since 1970. */
  readonly at: number
}

/** The figures of one component, model or caller. */
export interface OverviewGroup extends CallFigures {
  readonly name: string
}

/** How often something went wrong. */
export interface ErrorCount {
  /** The code of the error table. */
  readonly code: string
  readonly calls: number
}

/** `GET /api/console/overview?window=1h`. */
export interface Overview {
  readonly now: number
  readonly window: OverviewWindow
  /** The length of one stretch in milliseconds. */
  readonly stepMs: number
  /** How many conversations are in progress. */
  readonly open: number
  readonly totals: CallFigures
  /** In order of time; stretches without a call are left out. */
  readonly points: readonly OverviewPoint[]
  /** The largest first. */
  readonly components: readonly OverviewGroup[]
  readonly models: readonly OverviewGroup[]
  readonly callers: readonly OverviewGroup[]
  readonly errors: readonly ErrorCount[]
}
