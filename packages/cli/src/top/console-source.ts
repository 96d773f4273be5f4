/** Reads the figures from a sidecar that runs, by the API of its console: the same numbers as the page shows. */
import type { CallList, CallSummary, ComponentList, ConsoleSession, Overview, OverviewWindow } from '@dapr-chat/sidecar'
import { COMMAND } from '../command-name.ts'
import type { Environment } from '../environment.ts'
import { ExitError, exitCodes } from '../exit-code.ts'
import { usableAddress } from '../sidecar-access.ts'
import { callRates } from './call-rates.ts'
import { type Figures, figuresFrom } from './figures.ts'

/** How long the sidecar may take to answer, in milliseconds. */
const ANSWER_MS = 5_000

/** The most rows that the log has on one page. */
const PAGE = 500

/** How many pages are read at most, where many calls are in progress. */
const MAX_PAGES = 4

/** How many calls that have ended say enough about how many there are. */
const ENOUGH_ENDED = 100

/** A sidecar to read from. */
export class ConsoleSource {
  readonly #http: string
  readonly #setBy: string | undefined
  readonly #headers: Readonly<Record<string, string>>
  readonly #window: OverviewWindow
  #session: ConsoleSession | undefined

  /** @throws ExitError where the address that was set is none. */
  constructor(environment: Environment, window: OverviewWindow) {
    const { http, setBy } = usableAddress(environment)
    const token = environment.DAPR_API_TOKEN
    this.#http = http
    this.#setBy = setBy
    this.#headers = token ? { 'dapr-api-token': token } : {}
    this.#window = window
  }

  /**
   * One reading.
   * @throws ExitError where no sidecar answers, its token is another one, or it has no console.
   */
  async read(signal: AbortSignal): Promise<Figures> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)])
    const [session, overview, { components }, log] = await Promise.all([
      // A sidecar that was started anew may be another one.
      this.#session ?? this.#get<ConsoleSession>('session', limit),
      this.#get<Overview>(`overview?window=${this.#window}`, limit),
      this.#get<ComponentList>('components', limit),
      this.#readLog(limit),
    ]).catch((error: unknown) => {
      this.#session = undefined
      throw error
    })
    this.#session = session
    const rates = callRates(log.calls, overview.now, !log.more)
    return figuresFrom({ sidecar: this.#http, session, overview, components, rates })
  }

  /** All calls in progress, and some of those that have ended. */
  async #readLog(signal: AbortSignal): Promise<CallList> {
    const calls: CallSummary[] = []
    for (let pages = 1; ; pages++) {
      const last = calls.at(-1)
      const before = last === undefined ? '' : `&before=${encodeURIComponent(last.id)}`
      const page = await this.#get<CallList>(`calls?limit=${PAGE}${before}`, signal)
      calls.push(...page.calls)
      const ended = calls.filter(({ state }) => state !== 'running').length
      if (!page.more || ended >= ENOUGH_ENDED || pages === MAX_PAGES) return { calls, more: page.more }
    }
  }

  async #get<T>(path: string, signal: AbortSignal): Promise<T> {
    const { status, text } = await this.#ask(path, signal)
    if (status !== 200) throw this.#refused(status, text)
    try {
      return JSON.parse(text) as T
    } catch {
      // Some servers answer whatever they are asked.
      throw this.#noConsole()
    }
  }

  async #ask(path: string, signal: AbortSignal): Promise<{ readonly status: number; readonly text: string }> {
    try {
      const response = await fetch(`${this.#http}/api/console/${path}`, { headers: this.#headers, signal })
      return { status: response.status, text: await response.text() }
    } catch (cause) {
      throw this.#unreachable(cause)
    }
  }

  #unreachable(cause: unknown): ExitError {
    const todo = this.#setBy === undefined ? `start one with ${COMMAND} serve` : `${this.#setBy} points there`
    return new ExitError(
      exitCodes.unreachable,
      `Cannot show figures: a sidecar must answer at ${this.#http}: none does; ${todo}`,
      { cause },
    )
  }

  #refused(status: number, text: string): ExitError {
    if (status === 401 || status === 403) {
      return new ExitError(
        exitCodes.auth,
        `Cannot show figures: DAPR_API_TOKEN must be the token of the sidecar at ${this.#http}: it was refused (${status})`,
      )
    }
    if (status === 404) return this.#noConsole()
    return new ExitError(
      exitCodes.failure,
      `Cannot show figures: the sidecar at ${this.#http} must tell them: it answered ${status}: ${text.slice(0, 200)}`,
    )
  }

  #noConsole(): ExitError {
    return new ExitError(
      exitCodes.usage,
      `Cannot show figures: the sidecar at ${this.#http} must be a dapr-chat with its console: a daprd has none, and --enable-console=false closes it`,
    )
  }
}
