/** Where the loading of components says what it did, one line at a time. The composition root hands in its log. */

/** Takes report lines. */
export interface Report {
  /** Something happened as it should. */
  info(message: string): void
  /** Something was passed over that somebody may have wanted. */
  warn(message: string): void
}
