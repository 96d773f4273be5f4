/** The loop of `dapr-chat chat`: reads what is entered, obeys or asks, and knows what Ctrl-C and Ctrl-D mean meanwhile. */
import { type ChatStream, DaprChatError } from '@dapr-chat/client'
import { AnswerView } from '../answer/answer-view.ts'
import { cutNotice } from '../answer/cut-notice.ts'
import { exitCodes } from '../exit-code.ts'
import { adviceOn } from '../failure.ts'
import { Interruption } from '../terminal/interruption.ts'
import { LineInput, type LineInputOptions } from '../terminal/line-input.ts'
import { write } from '../terminal/output.ts'
import { excerpt } from '../terminal/printable.ts'
import { styleFor } from '../terminal/style.ts'
import { usageLine } from '../terminal/usage-line.ts'
import { componentType } from './component-type.ts'
import { writeInEditor } from './editor.ts'
import { Interrupts } from './interrupts.ts'
import { readEntry } from './message-input.ts'
import type { ChatSession } from './session.ts'
import type { SlashContext } from './slash-command.ts'
import { completeLine, findCommand } from './slash-commands.ts'
import { targetName } from './target.ts'
import { turnCount } from './turn-count.ts'

/** A chat on the terminal, or turn by turn from a pipe. */
export class ChatLoop {
  readonly #style = styleFor(process.stderr)
  readonly #interrupts = new Interrupts()
  readonly #history: Pick<LineInputOptions, 'history' | 'onLine'>
  readonly #usage: boolean | undefined
  #input: LineInput | undefined
  #view: AnswerView | undefined
  #running: AbortController | undefined
  #exitCode: number | undefined

  /**
   * @param history the lines of earlier chats, and where new ones go.
   * @param usage whether a line about tokens follows each answer; where it is not said, on a terminal.
   */
  constructor(history: Pick<LineInputOptions, 'history' | 'onLine'>, usage: boolean | undefined) {
    this.#history = history
    this.#usage = usage
  }

  /** Resolves when the call of a tool has been shown. */
  readonly untilShown = async (callId: string): Promise<void> => this.#view?.untilShown(callId)

  /** Asks the user something while an answer is made; nothing where there is no terminal. */
  readonly askUser = async (question: string, signal: AbortSignal): Promise<string | undefined> =>
    this.#input?.isTerminal ? this.#input.ask(this.#style.warning(question), signal) : undefined

  /**
   * Talks until Ctrl-D, `/bye`, a second Ctrl-C or the end of the pipe.
   * @returns the exit code.
   * @throws from a pipe, the client's errors, which end the conversation.
   */
  async run(session: ChatSession): Promise<number> {
    using input = new LineInput({
      input: process.stdin,
      output: process.stderr,
      events: {
        onInterrupt: (state) => this.#onInterrupt(state, input),
        onLeave: () => this.#running?.abort(),
      },
      complete: (line) => completeLine(line, session),
      ...this.#history,
    })
    this.#input = input
    using interruption = new Interruption()
    interruption.signal.addEventListener('abort', () => this.#leave(interruption.exitCode ?? exitCodes.ok, input))
    if (input.isTerminal) await this.#greet(session)
    for (;;) {
      const entry = await readEntry(input, `${this.#style.bold(`${targetName(session.target)}>`)} `)
      if (this.#exitCode !== undefined) break
      if (!entry) {
        if (input.isTerminal) this.#say('')
        break
      }
      if (entry.type === 'message') await this.#ask(session, entry.text, input)
      else if (await this.#obey(session, entry.text, input)) break
    }
    return this.#exitCode ?? exitCodes.ok
  }

  #onInterrupt(state: 'busy' | 'empty', input: LineInput): void {
    const meaning = this.#interrupts.press(state, performance.now())
    if (meaning === 'stop') {
      this.#running?.abort()
    } else if (meaning === 'hint') {
      this.#say('\nPress Ctrl-C again to leave, or use Ctrl-D or /bye.')
      input.promptAgain()
    } else {
      if (state === 'empty') this.#say('')
      this.#leave(exitCodes.interrupted, input)
    }
  }

  #leave(exitCode: number, input: LineInput): void {
    this.#exitCode ??= exitCode
    this.#running?.abort()
    input[Symbol.dispose]()
  }

  #ask(session: ChatSession, text: string, input: LineInput): Promise<void> {
    return this.#answer(session, input, (signal) => session.ask(text, signal))
  }

  /** One question and its answer. On a terminal a failure is shown and the conversation goes on without the turn. */
  async #answer(
    session: ChatSession,
    input: LineInput,
    ask: (signal: AbortSignal) => ChatStream | undefined | Promise<ChatStream | undefined>,
  ): Promise<void> {
    const running = new AbortController()
    this.#running = running
    const { target } = session
    const view = new AnswerView({ style: this.#style, label: targetName(target) })
    this.#view = view
    let isKept = false
    try {
      const stream = await ask(running.signal)
      if (!stream) return this.#say('Nothing was asked yet.')
      const result = await view.show(stream)
      isKept = true
      session.last = { target, result }
      await view.endLine()
      const notice = cutNotice(result)
      if (notice !== undefined) this.#say(this.#style.warning(notice))
      if (this.#usage ?? input.isTerminal) {
        const type = componentType(session.sidecar, target.component)
        this.#say(this.#style.dim(usageLine(targetName(target), result, type)))
      }
    } catch (error) {
      if (running.signal.aborted) {
        // What was read stays part of the conversation, so that "go on" means something to the model.
        isKept = view.hasContent
        // In a file the answer ends with its line; on a terminal the mark stands right behind it.
        if (!process.stdout.isTTY) await view.endLine()
        this.#say(`${view.separator}${this.#style.warning('[stopped]')}`)
        return
      }
      await view.endLine()
      if (!input.isTerminal) throw error
      this.#complain(error)
    } finally {
      session.settled(isKept)
      this.#running = undefined
    }
  }

  /** Does what a command says. @returns whether the chat ends. */
  async #obey(session: ChatSession, line: string, input: LineInput): Promise<boolean> {
    const found = findCommand(line)
    if ('complaint' in found) {
      this.#say(found.complaint)
      return false
    }
    const context: SlashContext = {
      session,
      say: (text) => this.#say(text),
      print: (text) => write(process.stdout, text),
      retry: () => this.#answer(session, input, (signal) => session.askAgain(signal)),
      edit: async () => {
        const text = input.isTerminal ? input.suspended(writeInEditor) : ''
        if (text === '') return this.#say('Nothing was written.')
        this.#say(this.#style.dim(excerpt(text, 70)))
        await this.#ask(session, text, input)
      },
    }
    // What cannot be done is said; only an answer that fails ends a conversation from a pipe.
    const { command, argument } = found
    try {
      await command.run?.(argument, context)
    } catch (error) {
      if (error instanceof DaprChatError && !input.isTerminal) throw error
      this.#complain(error)
    }
    return command.leaves === true
  }

  async #greet(session: ChatSession): Promise<void> {
    const { sidecar, target } = session
    const where = sidecar.isEmbedded ? 'in an embedded sidecar, because none runs' : `at ${sidecar.http}`
    this.#say(
      `Talking to ${this.#style.bold(targetName(target))} ${where}. ${this.#style.dim('/help lists the commands, Ctrl-D leaves.')}`,
    )
    const turns = (await session.stored)?.turns ?? []
    if (turns.length > 0) this.#say(this.#style.dim(`Going on in "${session.id}", which has ${turnCount(turns)}.`))
  }

  #complain(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error)
    this.#say([`${this.#style.bad('Error:')} ${message}`, ...adviceOn(error)].join('\n'))
  }

  #say(text: string): void {
    process.stderr.write(`${text}\n`)
  }
}
