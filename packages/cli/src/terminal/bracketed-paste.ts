/**
 * Bracketed paste: the terminal says where pasted text begins and ends, so that a line break in it is no Enter and a tab
 * no completion. Used by `LineInput`; the sequences are those of xterm's control sequences, "Bracketed Paste Mode".
 */
import type { Key } from 'node:readline'
import type { ReadStream, WriteStream } from 'node:tty'
import { atExit } from '../running/at-exit.ts'

/** Switches the mode on until it is disposed, on a terminal that knows escape sequences. */
export class BracketedPaste implements Disposable {
  readonly #input: ReadStream
  readonly #output: WriteStream
  readonly #isKnown = process.env.TERM !== 'dumb'
  readonly #onExit = atExit(() => this.switch(false))
  #isPasting = false

  /** @param input has its keys read by readline already. */
  constructor(input: ReadStream, output: WriteStream) {
    this.#input = input
    this.#output = output
    // Before readline's own listener, which is to see the keys as they are marked here.
    input.prependListener('keypress', this.#onKey)
    this.switch(true)
  }

  /** Whether what arrives now is pasted. */
  get isPasting(): boolean {
    return this.#isPasting
  }

  /** Tells the terminal. */
  switch(isOn: boolean): void {
    if (this.#isKnown) this.#output.write(`\u001b[?2004${isOn ? 'h' : 'l'}`)
  }

  [Symbol.dispose](): void {
    this.#input.off('keypress', this.#onKey)
    this.#onExit[Symbol.dispose]()
    this.switch(false)
  }

  readonly #onKey = (_: string | undefined, key: Key): void => {
    if (key.name === 'paste-start') this.#isPasting = true
    else if (key.name === 'paste-end') this.#isPasting = false
    else if (key.name === 'tab' && this.#isPasting) key.name = 'pasted-tab'
  }
}
