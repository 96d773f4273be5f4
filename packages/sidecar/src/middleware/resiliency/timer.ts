/** What the policies with a clock know of Node's timers. */

/** The longest timer that Node has in milliseconds, some 25 days; a longer one would fire at once. */
export const MAX_TIMER_MS: number = 2 ** 31 - 1
