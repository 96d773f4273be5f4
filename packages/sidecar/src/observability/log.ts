/** The sidecar's log: pino, one JSON object to a line or plain text, on standard error. Never on the path of a token. */
import { destination, type Logger, pino } from 'pino'
import pretty from 'pino-pretty'

/** How the log is written. */
export interface LogOptions {
  readonly level: string
  readonly format: 'text' | 'json'
}

/** Makes the log. */
export function createLog({ level, format }: LogOptions): Logger {
  const stderr = destination({ fd: 2, sync: true })
  if (format === 'json') {
    const formatters = { level: (label: string) => ({ level: label }) }
    return pino({ level, base: null, formatters, timestamp: pino.stdTimeFunctions.isoTime }, stderr)
  }
  const text = pretty({ destination: stderr, colorize: false, translateTime: 'HH:MM:ss', ignore: 'pid,hostname' })
  return pino({ level, base: null }, text)
}
