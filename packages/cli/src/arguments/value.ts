/** Reads the values of flags that are more than text. Each throws an `ExitError` that names the flag and what must hold. */
import { parseDuration } from '@dapr-chat/sidecar'
import { ExitError, exitCodes } from '../exit-code.ts'

/** A port, 0 to 65535; 0 means any free one. */
export function portValue(flag: string, text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    throw wrong(flag, 'a whole number from 0 to 65535', text)
  }
  return Number(text)
}

/** A span of whole or broken seconds, in milliseconds. */
export function secondsValue(flag: string, text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw wrong(flag, 'a number of seconds', text)
  return Number(text) * 1000
}

const units: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
}

/** A size in bytes, written as a Kubernetes quantity as for daprd: `4Mi`, `500k`, `1048576`. */
export function sizeValue(flag: string, text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(text) ?? []
  const factor = unit !== undefined && Object.hasOwn(units, unit) ? units[unit] : undefined
  if (amount === undefined || factor === undefined || Number(amount) === 0) {
    throw wrong(flag, 'a size above zero, such as 4Mi, 500k or 1048576', text)
  }
  return Math.floor(Number(amount) * factor)
}

/** What a limit of size may be. */
export interface SizeLimit {
  /** What -1 stands for, in bytes. */
  readonly standard: number
  /** What 0 stands for, which to daprd is no limit, in bytes. */
  readonly most: number
}

/** A limit in bytes as daprd takes it: a size, -1 for the standard one, 0 or less for the most there can be. */
export function sizeLimitValue(flag: string, text: string, { standard, most }: SizeLimit): number {
  if (text === '-1') return standard
  return /^(?:0+|-\d+)$/.test(text) ? most : Math.min(sizeValue(flag, text), most)
}

/** A span of time as Go writes it, such as `1m30s`, or in whole seconds; in milliseconds. */
export function durationValue(flag: string, text: string): number {
  const milliseconds = text === '' ? undefined : parseDuration(text)
  if (milliseconds === undefined || milliseconds < 0) throw wrong(flag, 'a span of time, such as 10s or 1m30s', text)
  return milliseconds
}

/** A whole number, -1 among them. */
export function countValue(flag: string, text: string): number {
  if (!/^-?\d{1,9}$/.test(text)) throw wrong(flag, 'a whole number', text)
  return Number(text)
}

/** One of a few words. */
export function choiceValue<const T extends string>(flag: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((known) => known === text)
  if (choice === undefined) throw wrong(flag, `one of ${choices.join(', ')}`, text)
  return choice
}

/** A list that may come as several flags, as one with commas, or both. */
export function listValue(given: readonly string[]): readonly string[] {
  return given
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '')
}

function wrong(flag: string, what: string, text: string): ExitError {
  return new ExitError(exitCodes.usage, `Cannot use --${flag}: it must be ${what}: current value is "${text}"`)
}
