/** What `doctor` finds out about one thing. The checks make it, and the command prints it. */

/** One line of the report. */
export interface Check {
  /** What was looked at. */
  readonly check: string
  /** `failed`: it is in the way. `warning`: it hardly is as it was meant. `note`: good to know. */
  readonly state: 'ok' | 'note' | 'warning' | 'failed'
  readonly result: string
  /** What to do about it. */
  readonly todo?: string
}
