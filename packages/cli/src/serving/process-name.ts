/** What the process is called where processes are listed. Called by `serve` before anything else. */
import { writeFileSync } from 'node:fs'

/** The programs that start a sidecar. */
export type Program = 'dapr-chat' | 'daprd'

/**
 * Names this process. `dapr list` looks for processes that the kernel calls `daprd`, and reads their ports and app ids
 * from their command lines, in which it takes no word for the program but the first. The kernel's name can be given on
 * Linux alone.
 */
export function nameProcess(program: Program, words: readonly string[]): void {
  if (program === 'dapr-chat') {
    // So that `ps`, and another `serve` that finds a port taken, tell what this process is.
    process.title = 'dapr-chat serve'
    return
  }
  process.title = ['daprd', ...words].join(' ')
  if (process.platform === 'linux') writeFileSync('/proc/self/comm', 'daprd')
}
