/**
 * Turns the words after a command into flag values and positionals. Splitting is `node:util`'s parseArgs; here are the
 * spellings that a Dapr user is used to (`-app-id x`, `-app-id=x`, `--flag=false`) and messages that say what to do.
 */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { nearest } from '@dapr-chat/sidecar/nearest'
import { ExitError, exitCodes } from '../exit-code.ts'
import type { Flags, FlagValues } from './flag.ts'

/** A command line, understood. */
export interface Arguments<F extends Flags> {
  readonly values: FlagValues<F>
  readonly positionals: readonly string[]
}

/**
 * Reads the words that follow a command.
 * @throws ExitError with the code for usage, for an unknown flag, a flag without its value, or a value for a switch.
 */
export function parseArguments<F extends Flags>(flags: F, words: readonly string[]): Arguments<F> {
  const canonical = canonicalNames(flags)
  const options: ParseArgsOptionsConfig = {}
  for (const [spelling, name] of canonical) {
    const flag = flags[name]
    if (flag) options[spelling] = { type: flag.type, ...(flag.short && spelling === name && { short: flag.short }) }
  }
  const joined = joinPairs(flags, words)
  const { tokens } = parseArgs({
    args: joined.map((word, index) => withTwoDashes(word, joined.indexOf('--'), index, canonical)),
    options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  })

  const values: Record<string, string | boolean | string[]> = {}
  const positionals: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const name = canonical.get(token.name)
    const flag = name === undefined ? undefined : flags[name]
    if (name === undefined || flag === undefined) throw unknownFlag(token.rawName, [...canonical.keys()])
    if (flag.type === 'boolean') {
      values[name] = switchValue(token.rawName, token.value)
    } else {
      const value = flagValue(token.rawName, token.value, token.inlineValue === true)
      if (flag.multiple) values[name] = [...((values[name] as string[] | undefined) ?? []), value]
      else values[name] = value
    }
  }
  return { values: values as FlagValues<F>, positionals }
}

/** Every accepted long spelling, with the name it stands for. */
function canonicalNames(flags: Flags): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const [name, flag] of Object.entries(flags)) {
    for (const spelling of [name, ...(flag.aliases ?? [])]) names.set(spelling, name)
  }
  return names
}

/** The words with each `-o NAME VALUE` as `-o NAME=VALUE`, which the parser takes for one value. */
function joinPairs(flags: Flags, words: readonly string[]): readonly string[] {
  const spellings = Object.entries(flags).flatMap(([name, { pair, short }]) =>
    pair ? [`--${name}`, ...(short ? [`-${short}`] : [])] : [],
  )
  const joined: string[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    if (word === '--') return [...joined, ...words.slice(at)]
    joined.push(word)
    const [name, value] = words.slice(at + 1, at + 3)
    if (!spellings.includes(word) || name === undefined) continue
    at++
    const isPair = !name.includes('=') && value !== undefined && !name.startsWith('-')
    if (isPair) at++
    joined.push(isPair ? `${name}=${value}` : name)
  }
  return joined
}

/** Go's flag package takes one dash or two, so daprd does; only a known long name is meant that way. */
function withTwoDashes(word: string, end: number, index: number, names: ReadonlyMap<string, string>): string {
  const isAfterEnd = end !== -1 && index >= end
  const name = /^-([a-z][a-z0-9-]+)(?:=|$)/.exec(word)?.[1]
  return !isAfterEnd && name !== undefined && names.has(name) ? `-${word}` : word
}

function flagValue(flag: string, value: string | undefined, isInline: boolean): string {
  if (value === undefined) throw usageError(`Cannot read ${flag}: it must be followed by a value: there is none`)
  if (!isInline && /^-[^\d]/.test(value)) {
    throw usageError(
      `Cannot read ${flag}: it must be followed by a value: "${value}" looks like a flag; write ${flag}=${value} if it is the value`,
    )
  }
  return value
}

/** The words that Go's flag packages know for true and false. */
function switchValue(flag: string, value: string | undefined): boolean {
  if (value === undefined || /^(?:1|t|T|true|True|TRUE)$/.test(value)) return true
  if (/^(?:0|f|F|false|False|FALSE)$/.test(value)) return false
  throw usageError(`Cannot read ${flag}: it must be true or false: current value is "${value}"`)
}

function unknownFlag(given: string, known: readonly string[]): ExitError {
  const meant = nearest(given.replace(/^-+/, ''), known)
  return usageError(`Unknown flag ${given}: ${meant === undefined ? '--help lists all' : `did you mean --${meant}?`}`)
}

function usageError(message: string): ExitError {
  return new ExitError(exitCodes.usage, message)
}
