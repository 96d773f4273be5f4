/**
 * `dapr-chat replay FILE`: a recorded answer, served on this machine as the provider served it, and the component that asks
 * for it. What a sidecar and an app make of an answer can be looked at without a key, again and again, and broken on purpose.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { writtenCount, writtenDuration } from '@dapr-chat/sidecar'
import type { FlagValues } from '../arguments/flag.ts'
import { portValue } from '../arguments/value.ts'
import { componentType, shortType } from '../commands/components.ts'
import { ExitError, exitCodes, signalExitCode } from '../exit-code.ts'
import { componentName } from '../init/component-name.ts'
import { StopWish } from '../running/stop-wish.ts'
import { busyMessage } from '../serving/busy-ports.ts'
import { portHolder } from '../serving/ports.ts'
import { write } from '../terminal/output.ts'
import { componentYaml, REPLAY_MARK } from './component-yaml.ts'
import { providerTypeOf } from './provider-type.ts'
import { type Recording, readRecording } from './recording.ts'
import type { replayFlags } from './replay-flags.ts'
import { type Replayed, replayServer } from './replay-server.ts'
import type { Replay } from './replayed-answer.ts'

type Values = FlagValues<typeof replayFlags>

/**
 * Serves until a signal comes.
 * @returns 0 after Ctrl-C, and otherwise 128 and the signal's number.
 * @throws ExitError for values that do not hold, a file that is no recording, and a port that is taken.
 */
export async function replay(values: Values, operands: readonly string[]): Promise<number> {
  const [file, excess] = operands
  if (file === undefined || excess !== undefined) {
    throw new ExitError(
      exitCodes.usage,
      `Cannot replay: one file must be named, such as answer.sse: current value is "${operands.join(' ')}"`,
    )
  }
  const port = portValue('port', values.port ?? '0')
  const name = componentName(values.name ?? 'replay')
  const read = await readRecording(file)
  const recording = { ...read, status: statusValue(values.status) ?? read.status }
  const definition = componentType(values.type ?? providerTypeOf(recording.first))
  const options: Replay = { recording, due: dueOf(values, recording), cut: cutValue(values.cut, recording) }

  using stop = new StopWish()
  await using server = await replayServer(port, options, (replayed) => note(replayedLine(replayed))).catch(
    async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') throw error
      const holder = await portHolder(port)
      throw new ExitError(exitCodes.unreachable, busyMessage([{ port, flag: '--port', holder }]), { cause: error })
    },
  )
  const yaml = componentYaml(definition, name, server.endpoint)
  if (values.write === undefined) await write(process.stdout, yaml)
  else note(`wrote ${await writeComponent(values.write, name, yaml)}`)
  const { events, bytes, status } = recording
  note(
    `replaying ${basename(file)} as ${shortType(definition.type)}: ${status}, events: ${events.length}, bytes: ${bytes}, at ${server.endpoint}; Ctrl-C ends it`,
  )
  const signal = await stop.came
  return signal === 'SIGINT' ? exitCodes.ok : signalExitCode(signal)
}

function statusValue(given: string | undefined): number | undefined {
  if (given === undefined) return undefined
  if (/^[2-5]\d\d$/.test(given)) return Number(given)
  throw wrong('status', 'a status of HTTP from 200 to 599', given)
}

function cutValue(given: string | undefined, { bytes }: Recording): number | undefined {
  if (given === undefined) return undefined
  if (/^\d{1,12}$/.test(given) && Number(given) < bytes) return Number(given)
  throw wrong('cut', `a number of bytes below ${bytes}, which the answer has`, given)
}

function dueOf(values: Values, { events }: Recording): Replay['due'] {
  const { speed } = values
  if (values['as-recorded']) {
    if (speed !== undefined) throw wrong('speed', 'left out with --as-recorded', speed)
    if (events.some(({ atMs }) => atMs === undefined)) {
      throw new ExitError(
        exitCodes.usage,
        'Cannot use --as-recorded: each line of the file must be {"at": MILLISECONDS, "data": EVENT}: there are events without a time',
      )
    }
    return ({ atMs = 0 }) => atMs
  }
  if (speed === undefined) return undefined
  if (!/^\d+(\.\d+)?$/.test(speed) || Number(speed) === 0) throw wrong('speed', 'a number of events above zero', speed)
  return (_, index) => (index * 1000) / Number(speed)
}

/** Replaces what an earlier replay wrote, and nothing else. */
async function writeComponent(folder: string, name: string, yaml: string): Promise<string> {
  const path = join(folder, `${name}.yaml`)
  const there = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return REPLAY_MARK
    throw error
  })
  if (!there.startsWith(REPLAY_MARK)) {
    throw new ExitError(
      exitCodes.usage,
      `Cannot write ${path}: it must not be another component: choose one with --name`,
    )
  }
  await mkdir(folder, { recursive: true })
  await writeFile(path, yaml)
  return path
}

function replayedLine({ method, path, status, bytes, durationMs, end }: Replayed): string {
  const how = { whole: '', cut: ', cut', left: ', and the caller left' }[end]
  return `${method} ${path}: ${status}, ${writtenCount(bytes)} bytes in ${writtenDuration(durationMs)}${how}`
}

function note(text: string): void {
  process.stderr.write(`dapr-chat: ${text}\n`)
}

function wrong(flag: string, what: string, given: string): ExitError {
  return new ExitError(exitCodes.usage, `Cannot use --${flag}: it must be ${what}: current value is "${given}"`)
}
