/** `dapr-chat serve`: flags and environment into settings, ports checked, sidecar up, banner out, signals obeyed. */
import { setTimeout as pause } from 'node:timers/promises'
import { createSidecar, type Sidecar, type SidecarAddresses, type SidecarSettings } from '@dapr-chat/sidecar'
import type { FlagValues } from '../arguments/flag.ts'
import { durationValue } from '../arguments/value.ts'
import { standardFolder } from '../built-in-components.ts'
import { loadEnvironment } from '../environment.ts'
import { ExitError, exitCodes } from '../exit-code.ts'
import { loopbackAddresses } from '../serving/addresses.ts'
import { banner } from '../serving/banner.ts'
import { refuseBusyPorts } from '../serving/busy-ports.ts'
import { untilAnswering } from '../serving/probe.ts'
import { serveSettings } from '../serving/settings.ts'
import { ShutdownSignals } from '../serving/shutdown-signals.ts'
import { untilReady } from '../serving/wait.ts'
import { styleFor } from '../terminal/style.ts'
import { whileWaiting } from '../terminal/while-waiting.ts'
import { version } from '../version.ts'
import { ignoredFlags, type serveFlags } from './serve-flags.ts'

/**
 * Runs the sidecar until a signal or its own shutdown route ends it.
 * @throws ExitError for settings that do not hold and for ports that are taken.
 */
export async function serve(values: FlagValues<typeof serveFlags>): Promise<number> {
  const environment = await loadEnvironment(process.env, process.cwd())
  const settings = serveSettings(values, environment.variables, {
    folders: [standardFolder()],
    addresses: loopbackAddresses(),
  })
  if (values.wait) {
    await whileWaiting(`waiting for a sidecar on port ${settings.httpPort}`, untilReady(settings.httpPort))
    return exitCodes.ok
  }
  const blockShutdownMs = durationValue('dapr-block-shutdown-duration', values['dapr-block-shutdown-duration'] ?? '0')
  reportIgnored(ignoredFlags(values), settings)
  await refuseBusyPorts(settings)

  using signals = new ShutdownSignals()
  const sidecar = await create(settings)
  try {
    const addresses = await listen(sidecar)
    await untilAnswering(addresses)
    process.stdout.write(
      settings.logFormat === 'json'
        ? `${JSON.stringify({ msg: 'ready', ...addresses })}\n`
        : banner({
            version: version(),
            addresses,
            components: sidecar.components,
            folders: settings.resourcesPaths,
            environment,
            readyAfterMs: process.uptime() * 1000,
            style: styleFor(process.stdout),
          }),
    )
    await untilStopped(sidecar, signals, { blockMs: blockShutdownMs, logFormat: settings.logFormat })
    return exitCodes.ok
  } finally {
    await sidecar.close()
  }
}

async function create(settings: SidecarSettings): Promise<Sidecar> {
  try {
    return await createSidecar(settings)
  } catch (error) {
    throw new ExitError(exitCodes.usage, error instanceof Error ? error.message : String(error), { cause: error })
  }
}

/** One line for all of them. */
function reportIgnored(flags: readonly string[], { logFormat, logLevel }: SidecarSettings): void {
  if (flags.length === 0 || !['debug', 'info'].includes(logLevel)) return
  note(`ignored, as they concern parts of Dapr that this sidecar does not have: ${flags.join(' ')}`, logFormat)
}

/** A line beside the sidecar's log, in the form of that log: who asked for JSON reads every line as JSON. */
function note(msg: string, logFormat: SidecarSettings['logFormat']): void {
  const line = logFormat === 'json' ? JSON.stringify({ level: 'info', time: new Date().toISOString(), msg }) : msg
  process.stderr.write(`${line}\n`)
}

/** The ports were free a moment ago; one that has been taken since is the same failure. */
async function listen(sidecar: Sidecar): Promise<SidecarAddresses> {
  try {
    return await sidecar.listen()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new ExitError(exitCodes.unreachable, (error as Error).message, { cause: error })
  }
}

/**
 * Waits for the wish to stop, then for the time that everything is to go on as before, and says what closing will
 * wait for.
 */
async function untilStopped(
  sidecar: Sidecar,
  signals: ShutdownSignals,
  { blockMs, logFormat }: { blockMs: number; logFormat: SidecarSettings['logFormat'] },
): Promise<void> {
  const signal = await Promise.race([signals.first, sidecar.shutdownRequested])
  if (blockMs > 0) {
    note(`shutting down in ${blockMs / 1000} seconds, as --dapr-block-shutdown-duration asks`, logFormat)
    await pause(blockMs)
  }
  const open = sidecar.openCalls
  if (open === 0) return
  const again = signal === 'SIGINT' ? ', Ctrl-C again to force' : ''
  note(`draining ${open} ${open === 1 ? 'request' : 'requests'}${again}`, logFormat)
}
