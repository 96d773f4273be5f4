/** What a `/` command is, and what it is given. The commands themselves stand in `commands/`. */
import type { ChatSession } from './session.ts'

/** What a command can do beside changing the session. */
export interface SlashContext {
  readonly session: ChatSession
  /** Says something on stderr. */
  say(text: string): void
  /** Writes a result on stdout. */
  print(text: string): Promise<void>
  /** Asks the last question again. */
  retry(): Promise<void>
  /** Opens an editor; what is written there is asked. */
  edit(): Promise<void>
}

/** A command. */
export interface SlashCommand {
  /** With its slash. */
  readonly name: string
  /** What follows the name, for the list. */
  readonly operands: string
  /** For the list, without a full stop. */
  readonly meaning: string
  /** Whether the chat ends after it. */
  readonly leaves?: boolean
  /**
   * Does it.
   * @param argument what follows the name, without blanks around it; empty where nothing does.
   * @throws an error whose message is shown.
   */
  run?(argument: string, context: SlashContext): void | Promise<void>
  /** Words for Tab, for the argument so far. */
  complete?(argument: string, session: ChatSession): readonly string[] | Promise<readonly string[]>
}

/** Takes back what a command has set. */
export const OFF = 'off'
