/**
 * Shows one answer as it arrives: its text on stdout, everything around it on stderr. Used by `ask` and `chat`.
 */
import type { ChatResult, ChatStream, StreamEvent } from '@dapr-chat/client'
import { write } from '../terminal/output.ts'
import { excerpt, printable } from '../terminal/printable.ts'
import { Spinner } from '../terminal/spinner.ts'
import type { Style } from '../terminal/style.ts'

/** How an answer is shown. */
export interface AnswerViewOptions {
  /** For stderr. */
  readonly style: Style
  /** Who is waited for. */
  readonly label: string
  /** Whether stderr is told of tools and of the wait. */
  readonly isQuiet?: boolean
  /** Whether the text is shown; without it only what happens around it is. */
  readonly showsText?: boolean
  /** Sees every event too. */
  readonly onEvent?: (event: StreamEvent) => void | Promise<void>
}

/** How wide a line about a tool may be where the width of the terminal is not known. */
const TOOL_LINE_WIDTH = 100

/** Keeps track of what stands on stdout, so that whatever comes next begins a line. */
export class AnswerView {
  readonly #options: AnswerViewOptions
  readonly #spinner: Spinner
  readonly #shownCalls = new Map<string, PromiseWithResolvers<void>>()
  #last = '\n'
  #hasContent = false

  constructor(options: AnswerViewOptions) {
    this.#options = options
    this.#spinner = new Spinner(process.stderr, options.style)
  }

  /** What parts the text from what is to stand right behind it. */
  get separator(): string {
    return /\s/.test(this.#last) ? '' : ' '
  }

  /** Whether there is something of the answer that a conversation keeps when it is stopped: text, or a whole step. */
  get hasContent(): boolean {
    return this.#hasContent
  }

  /** Resolves when the call of a tool, and what the model said before it, has been shown. */
  untilShown(callId: string): Promise<void> {
    return this.#shown(callId).promise
  }

  /** Shows the answer to its end, and the words of a refusal where there is no other text. */
  async show<T>(stream: ChatStream<T>): Promise<ChatResult<T>> {
    const { onEvent } = this.#options
    this.#wait()
    try {
      for await (const event of stream.events) {
        await this.#show(event)
        if (!onEvent) continue
        this.#spinner.stop()
        await onEvent(event)
      }
    } finally {
      this.#spinner.stop()
    }
    return stream.result
  }

  /** Writes text of the answer. */
  async text(text: string): Promise<void> {
    if (text === '' || this.#options.showsText === false) return
    this.#spinner.stop()
    this.#last = text.at(-1) ?? '\n'
    this.#hasContent = true
    await write(process.stdout, process.stdout.isTTY ? printable(text) : text)
  }

  /** Ends the line that the answer stands on. */
  async endLine(): Promise<void> {
    if (this.#last !== '\n') await this.text('\n')
  }

  async #show(event: StreamEvent): Promise<void> {
    switch (event.type) {
      case 'text-delta':
      case 'refusal-delta':
        return this.text(event.text)
      case 'tool-call': {
        const { name, arguments: text } = event.call.function
        await this.#say(`tool ${name}(${text})`)
        return this.#shown(event.call.id).resolve()
      }
      case 'tool-result': {
        const { call, isError, content, durationMs } = event
        const came = isError ? 'failed:' : 'returned'
        await this.#say(`  ${call.function.name} ${came} ${content}`, ` (${Math.round(durationMs)} ms)`)
        return this.#wait()
      }
      case 'step-finish':
        this.#hasContent = true
        return
      default:
        return
    }
  }

  #shown(callId: string): PromiseWithResolvers<void> {
    const known = this.#shownCalls.get(callId) ?? Promise.withResolvers<void>()
    this.#shownCalls.set(callId, known)
    return known
  }

  /** One line, cut where it is too wide; its indent and what is behind it stay. */
  async #say(line: string, behind = ''): Promise<void> {
    await this.endLine()
    if (this.#options.isQuiet) return
    this.#spinner.stop()
    const indent = /^ */.exec(line)?.[0] ?? ''
    const width = (process.stderr.columns || TOOL_LINE_WIDTH) - indent.length - behind.length
    process.stderr.write(`${this.#options.style.dim(`${indent}${excerpt(line, width)}${behind}`)}\n`)
  }

  #wait(): void {
    if (!this.#options.isQuiet && this.#last === '\n') this.#spinner.start(`waiting for ${this.#options.label}`)
  }
}
