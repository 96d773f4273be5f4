/** The sidecar's log: pino, one JSON object to a line or plain text. Never on the path of a token. */
import type { Writable } from 'node:stream'
import { destination, type Logger, pino } from 'pino'
import pretty from 'pino-pretty'

/** How the log is written. */
export interface LogOptions {
  readonly level: string
  readonly format: 'text' | 'json'
  /** Where it goes; standard error where absent. */
  readonly stream?: Writable | undefined
}

/** Makes the log. */
export function createLog({ level, format, stream }: LogOptions): Logger {
  const target = stream ?? destination({ fd: 2, sync: true })
  if (format === 'json') {
    const formatters = { level: (label: string) => ({ level: label }) }
    return pino({ level, base: null, formatters, timestamp: pino.stdTimeFunctions.isoTime }, target)
  }
  const text = pretty({ destination: target, colorize: false, translateTime: 'HH:MM:ss', ignore: 'pid,hostname' })
  return pino({ level, base: null }, text)
}
