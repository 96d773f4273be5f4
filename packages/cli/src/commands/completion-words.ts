/** What there is to complete: the commands of the table with their words and flags, as the scripts need them. */
import { type CommandEntry, commandTable } from './table.ts'

/** A command, for completion. */
export interface CompletedCommand {
  readonly name: string
  readonly summary: string
  /** What may follow it. */
  readonly words: readonly string[]
  readonly flags: readonly {
    /** With its dashes. */
    readonly long: string
    readonly short: string | undefined
    readonly takesValue: boolean
    readonly description: string
  }[]
}

/** All commands, in the order of the help; flags without effect are left out. */
export function completedCommands(): readonly CompletedCommand[] {
  return Object.entries(commandTable).map(([name, entry]) => {
    const { summary, choices = [], flags }: CommandEntry = entry
    return {
      name,
      summary,
      words: choices,
      flags: Object.entries(flags)
        .filter(([, { ignored }]) => !ignored)
        .map(([flag, { short, type, description }]) => ({
          long: `--${flag}`,
          short,
          takesValue: type === 'string',
          description,
        })),
    }
  })
}
