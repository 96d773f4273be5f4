/**
 * Which process runs where. The server under test has a core for itself; the provider and the load share another, so
 * that what they need is not taken from the server.
 */
import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

/** The core of the server under test. */
export const SERVER_CORE = 0

/** The core of the mock provider and of the load. */
export const LOAD_CORE = 1

/** Whether processes can be tied to cores here: `taskset` is there, and there are two cores to choose from. */
export const canPin: boolean = availableParallelism() > LOAD_CORE && hasTaskset()

/** Ties this process, all its threads, to the core of the load. */
export function pinLoad(): void {
  if (canPin) execFileSync('taskset', ['-a', '-p', '-c', String(LOAD_CORE), String(process.pid)], { stdio: 'ignore' })
}

function hasTaskset(): boolean {
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
