/** Where the loading of components says what it did, one line at a time. The composition root hands in its log. */

/** Takes report lines. */
export interface Report {
  /** Something happened as it should. */
  info(message: string): void
  /** Something was passed over that somebody may have wanted. */
  warn(message: string): void
}

/** A report for what is loaded again and again: a line that the load before said is not said again. */
export class NewsReport implements Report {
  readonly #report: Report
  #before: ReadonlySet<string> = new Set()
  #lines = new Set<string>()

  constructor(report: Report) {
    this.#report = report
  }

  /** Begins a further load. */
  again(): void {
    this.#before = this.#lines
    this.#lines = new Set()
  }

  info(message: string): void {
    if (this.#isNews(message)) this.#report.info(message)
  }

  warn(message: string): void {
    if (this.#isNews(message)) this.#report.warn(message)
  }

  #isNews(message: string): boolean {
    this.#lines.add(message)
    return !this.#before.has(message)
  }
}
