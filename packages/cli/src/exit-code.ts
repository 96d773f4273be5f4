/**
 * The exit codes of the command, and the error that carries one. Scripts test these numbers, so they do not change;
 * `dapr-chat --help` lists them.
 */
import { constants } from 'node:os'

/** What a process that ended says about how it went. */
export const exitCodes = {
  ok: 0,
  failure: 1,
  /** The command line, the settings or the request is wrong. */
  usage: 2,
  /** No sidecar answers, or a port that one needs is taken. */
  unreachable: 3,
  /** A key or token is missing or was refused. */
  auth: 4,
  rateLimited: 5,
  contentFiltered: 6,
  /** As `timeout(1)` has it. */
  timeout: 124,
  /** 128 + SIGINT. */
  interrupted: 130,
  /** 128 + SIGTERM. */
  terminated: 143,
} as const

/** The code of a process that a signal ended, as shells have it: 128 and the signal's number. */
export function signalExitCode(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal]
}

/** A failure whose exit code is known. Its message is printed as it is, without a stack. */
export class ExitError extends Error {
  readonly exitCode: number

  constructor(exitCode: number, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ExitError'
    this.exitCode = exitCode
  }
}
