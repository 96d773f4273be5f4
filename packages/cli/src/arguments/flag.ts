/** How flags are declared: once, as data, from which parsing, types and help are made. */

/** One flag of a command. */
export interface Flag {
  readonly type: 'string' | 'boolean'
  /** One letter, for `-m`. */
  readonly short?: string
  /** Other long names that mean the same. */
  readonly aliases?: readonly string[]
  /** Whether the flag may be given more than once; its value is then a list. */
  readonly multiple?: boolean
  /** Whether the value is a name and a value in two words; they are joined to `NAME=VALUE`, which may be written too. */
  readonly pair?: boolean
  /** Whether the flag is accepted and has no effect; the help does not list it. */
  readonly ignored?: boolean
  /** What stands for the value in the help. */
  readonly placeholder?: string
  /** What holds without the flag, for the help. */
  readonly default?: string
  /** One sentence for the help, without the full stop. */
  readonly description: string
}

/** The flags of a command, by their long names. */
export type Flags = Readonly<Record<string, Flag>>

type ValueOf<F extends Flag> = F extends { readonly type: 'boolean' }
  ? boolean
  : F extends { readonly multiple: true }
    ? readonly string[]
    : string

/** What was given for each flag; absent flags are absent. */
export type FlagValues<F extends Flags> = { readonly [K in keyof F]?: ValueOf<F[K]> }
