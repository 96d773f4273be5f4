/** `dapr-chat chat`: a conversation in the terminal, or turn by turn from a pipe. All earlier turns are sent each time. */
import type { ChatMessage, DaprChatClient } from '@dapr-chat/client'
import { nearest } from '@dapr-chat/sidecar/nearest'
import type { FlagValues } from '../arguments/flag.ts'
import { chooseComponent } from '../component-choice.ts'
import { loadEnvironment } from '../environment.ts'
import { exitCodes } from '../exit-code.ts'
import { openSidecar, type SidecarAccess } from '../sidecar-access.ts'
import { Interruption } from '../terminal/interruption.ts'
import { LineInput } from '../terminal/line-input.ts'
import { write } from '../terminal/output.ts'
import { styleFor } from '../terminal/style.ts'
import { usageLine } from '../terminal/usage-line.ts'
import type { chatFlags } from './table.ts'

const slashCommands = [
  ['/component NAME', 'talk to another component; the conversation goes on'],
  ['/clear', 'forget the conversation'],
  ['/help', 'show this list'],
  ['/bye', 'leave, as Ctrl-D does'],
] as const

/**
 * Talks until Ctrl-D, `/bye` or the end of the pipe.
 * @throws ExitError for what the caller did wrong; from a pipe also the client's errors, which end the conversation.
 */
export async function chat(values: FlagValues<typeof chatFlags>): Promise<number> {
  const { variables } = await loadEnvironment(process.env, process.cwd())
  await using sidecar = await openSidecar(variables)
  const component = chooseComponent(values.component ?? (variables.DAPR_LLM_COMPONENT_DEFAULT || undefined), sidecar)
  // Awaited here: the sidecar is closed when this function is left.
  return await new ChatSession(sidecar, component, values.system).run()
}

class ChatSession {
  readonly #sidecar: SidecarAccess
  readonly #system: string | undefined
  readonly #style = styleFor(process.stderr)
  #component: string
  #client: DaprChatClient
  #turns: ChatMessage[] = []
  #running: AbortController | undefined

  constructor(sidecar: SidecarAccess, component: string, system: string | undefined) {
    this.#sidecar = sidecar
    this.#system = system
    this.#component = component
    this.#client = sidecar.connect(component)
  }

  async run(): Promise<number> {
    using input = new LineInput(process.stdin, process.stderr, {
      onInterrupt: (state) => {
        if (state === 'busy') this.#running?.abort()
        else {
          this.#say('\nUse Ctrl-D or /bye to leave.')
          input.promptAgain()
        }
      },
      onLeave: () => this.#running?.abort(),
    })
    using interruption = new Interruption()
    interruption.signal.addEventListener('abort', () => {
      this.#running?.abort()
      input[Symbol.dispose]()
    })
    if (input.isTerminal) this.#greet()
    for (;;) {
      const line = await input.read(`${this.#style.bold(`${this.#component}>`)} `)
      if (interruption.exitCode !== undefined) return interruption.exitCode
      if (line === undefined) break
      const text = line.trim()
      if (text === '/bye') return exitCodes.ok
      if (text.startsWith('/')) this.#obey(text)
      else if (text !== '') await this.#turn(text, input.isTerminal)
    }
    if (input.isTerminal) this.#say('')
    return interruption.exitCode ?? exitCodes.ok
  }

  /** One question and its answer. On a terminal a failure is shown and the conversation goes on without the turn. */
  async #turn(text: string, isTerminal: boolean): Promise<void> {
    const question: ChatMessage = { role: 'user', content: text }
    const system: ChatMessage[] = this.#system === undefined ? [] : [{ role: 'system', content: this.#system }]
    const running = new AbortController()
    this.#running = running
    let shown = ''
    const show = async (piece: string) => {
      shown += piece
      await write(process.stdout, piece)
    }
    try {
      const stream = this.#client.generateStream([...system, ...this.#turns, question], { signal: running.signal })
      for await (const piece of stream.textStream) await show(piece)
      const result = await stream.result
      const { refusal } = result.choices[0].message
      if (shown === '' && refusal) await show(refusal)
      await endLine(shown)
      this.#turns.push(question, ...result.messages)
      if (isTerminal) this.#say(this.#style.dim(usageLine(this.#component, result)))
    } catch (error) {
      if (running.signal.aborted) {
        // What was read stays part of the conversation, so that "go on" means something to the model.
        if (shown !== '') this.#turns.push(question, { role: 'assistant', content: shown })
        this.#say(`${shown === '' || shown.endsWith('\n') ? '' : ' '}${this.#style.warning('[stopped]')}`)
        return
      }
      await endLine(shown)
      if (!isTerminal) throw error
      this.#say(`${this.#style.bad('Error:')} ${error instanceof Error ? error.message : String(error)}`)
    } finally {
      this.#running = undefined
    }
  }

  #obey(line: string): void {
    const [command = '', name] = line.split(/\s+/)
    switch (command) {
      case '/help':
        for (const [usage, meaning] of slashCommands) this.#say(`  ${usage.padEnd(16)}  ${meaning}`)
        this.#say('  Ctrl-C            stop the answer, or clear the line')
        return
      case '/clear':
        this.#turns = []
        this.#say('The conversation is forgotten.')
        return
      case '/component':
        this.#switch(name)
        return
      default: {
        const meant = nearest(command, ['/help', '/clear', '/component', '/bye'])
        this.#say(
          `Unknown command ${command}: ${meant === undefined ? '/help lists what there is' : `did you mean ${meant}?`}`,
        )
      }
    }
  }

  #switch(name: string | undefined): void {
    if (name === undefined) {
      this.#say(
        `Talking to ${this.#component}; there are ${this.#sidecar.components.map((known) => known.name).join(', ')}.`,
      )
      return
    }
    try {
      this.#component = chooseComponent(name, this.#sidecar)
      this.#client = this.#sidecar.connect(this.#component)
      this.#say(`Talking to ${this.#component}.`)
    } catch (error) {
      this.#say(error instanceof Error ? error.message : String(error))
    }
  }

  #greet(): void {
    const where = this.#sidecar.isEmbedded ? 'in an embedded sidecar, because none runs' : `at ${this.#sidecar.http}`
    this.#say(
      `Talking to ${this.#style.bold(this.#component)} ${where}. ${this.#style.dim('/help lists the commands, Ctrl-D leaves.')}`,
    )
  }

  #say(text: string): void {
    process.stderr.write(`${text}\n`)
  }
}

async function endLine(shown: string): Promise<void> {
  if (shown !== '' && !shown.endsWith('\n')) await write(process.stdout, '\n')
}
