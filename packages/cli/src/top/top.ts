/**
 * `dapr-chat top`: what a sidecar is doing, in the terminal. On a terminal the figures are drawn in place and read again
 * each second; elsewhere they are JSON, so that a script reads the same numbers.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { FlagValues } from '../arguments/flag.ts'
import { choiceValue, secondsValue } from '../arguments/value.ts'
import { loadEnvironment } from '../environment.ts'
import { ExitError, exitCodes, signalExitCode } from '../exit-code.ts'
import { StopWish } from '../running/stop-wish.ts'
import { FullScreen } from '../terminal/full-screen.ts'
import { write } from '../terminal/output.ts'
import { styleFor } from '../terminal/style.ts'
import { whileWaiting } from '../terminal/while-waiting.ts'
import { ConsoleSource } from './console-source.ts'
import type { Figures } from './figures.ts'
import { figuresText } from './figures-text.ts'
import type { topFlags } from './top-flags.ts'

/** Reading costs the sidecar something: no more often than this, in milliseconds. */
const SHORTEST_INTERVAL_MS = 100

/** A reading may take this part of the time, where a sidecar has much to count. */
const BUSY_SHARE = 0.2

/** The width of text that goes to no terminal. */
const TEXT_WIDTH = 120

/** `q`, and Ctrl-C and Ctrl-D, which are keys where there is a screen. */
const LEAVING_KEYS: readonly string[] = ['q', 'Q', '\x03', '\x04']

/**
 * Shows the figures until somebody leaves.
 * @returns 0 for whoever leaves the screen by a key, and otherwise 128 and the signal's number.
 * @throws ExitError for values that do not hold, and where there is no sidecar that tells its figures.
 */
export async function top(values: FlagValues<typeof topFlags>): Promise<number> {
  const window = choiceValue('window', values.window ?? '5m', ['5m', '1h', '24h'])
  const intervalMs = intervalValue(values.interval)
  const { variables } = await loadEnvironment(process.env, process.cwd())
  const source = new ConsoleSource(variables, window)
  using stop = new StopWish()
  try {
    if (values.once || isDumb()) {
      await printOnce(await firstReading(source, stop.signal), values.json === true)
      return exitCodes.ok
    }
    if (values.json || !process.stdout.isTTY) await printJson(source, intervalMs, stop)
    else return await showScreen(source, intervalMs ?? 1000, stop)
  } catch (error) {
    if (stop.given === undefined) throw error
  }
  return stop.given === undefined ? exitCodes.ok : signalExitCode(stop.given)
}

/** A terminal that cannot draw in place; a screen would be garbage on it. */
function isDumb(): boolean {
  return process.stdout.isTTY && process.env.TERM === 'dumb'
}

function firstReading(source: ConsoleSource, signal: AbortSignal): Promise<Figures> {
  return whileWaiting('reading the figures', source.read(signal))
}

function intervalValue(given: string | undefined): number | undefined {
  if (given === undefined) return undefined
  const milliseconds = secondsValue('interval', given)
  if (milliseconds >= SHORTEST_INTERVAL_MS) return milliseconds
  throw new ExitError(
    exitCodes.usage,
    `Cannot use --interval: it must be 0.1 seconds at least: current value is "${given}"`,
  )
}

async function printOnce(figures: Figures, asJson: boolean): Promise<void> {
  const width = process.stdout.columns ?? TEXT_WIDTH
  const lines = asJson ? [JSON.stringify(figures)] : figuresText(figures, { width, style: styleFor(process.stdout) })
  await write(process.stdout, `${lines.join('\n')}\n`)
}

/** One object, or with an interval one after the other, each on a line. */
async function printJson(source: ConsoleSource, intervalMs: number | undefined, { signal }: StopWish): Promise<void> {
  do {
    const begun = performance.now()
    await printOnce(await source.read(signal), true)
    if (intervalMs !== undefined) await untilNext(begun, intervalMs, signal)
  } while (intervalMs !== undefined)
}

async function showScreen(source: ConsoleSource, intervalMs: number, stop: StopWish): Promise<number> {
  // Who finds no sidecar is told so on the screen that was there.
  let figures = await firstReading(source, stop.signal)
  const left = new AbortController()
  const style = styleFor(process.stdout)
  let lostSince: number | undefined
  using screen = new FullScreen(process.stdin, process.stdout, {
    onKeys: (keys) => {
      if (LEAVING_KEYS.some((key) => keys.includes(key))) left.abort()
    },
    onResize: () => draw(),
  })
  const draw = () => {
    const note =
      lostSince === undefined
        ? undefined
        : `The sidecar has not answered for ${Math.round((Date.now() - lostSince) / 1000)} seconds; these are its last figures.`
    screen.show(figuresText(figures, { width: screen.width, height: screen.height, style }, note))
  }
  const signal = AbortSignal.any([left.signal, stop.signal])
  let begun = performance.now()
  try {
    for (;;) {
      draw()
      await untilNext(begun, intervalMs, signal)
      begun = performance.now()
      try {
        figures = await source.read(signal)
        lostSince = undefined
      } catch (error) {
        // A sidecar that is started anew comes back.
        if (!(error instanceof ExitError) || error.exitCode !== exitCodes.unreachable) throw error
        lostSince ??= Date.now()
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
  return stop.given === undefined || stop.given === 'SIGINT' ? exitCodes.ok : signalExitCode(stop.given)
}

/**
 * Waits until the next reading is due; longer where the last one took long.
 * @param begun when the last one began, by `performance.now()`.
 */
async function untilNext(begun: number, intervalMs: number, signal: AbortSignal): Promise<void> {
  const tookMs = performance.now() - begun
  await pause(Math.max(intervalMs - tookMs, tookMs / BUSY_SHARE), undefined, { signal })
}
