/**
 * The settings behind a command line of the sidecar, as the command itself reads it. The command has no entry for other code
 * to import, so it is asked in a process of its own, once for each command line.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { SidecarSettings } from '@dapr-chat/sidecar'
import { repositoryRoot } from '../../tools/repository.ts'

/** A command line of the sidecar, understood. */
export interface ServeCommand {
  readonly settings: SidecarSettings
  /** How long everything goes on as before after the signal, in milliseconds. */
  readonly blockShutdownMs: number
}

const program = join(repositoryRoot, 'packages/cli/test/read-serve.ts')
const read = new Map<string, ServeCommand>()

/**
 * Reads the arguments as the command does.
 * @throws Error for arguments that it would refuse, and for flags that have no effect.
 */
export function readServe(words: readonly string[]): ServeCommand {
  const [command, ...flags] = words
  if (command !== 'serve') throw new Error(`the command must be serve: current value is "${command}"`)
  const key = JSON.stringify(flags)
  const known = read.get(key)
  if (known !== undefined) return known
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...flags], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`the flags must be those of serve: ${stderr}`)
  const understood: ServeCommand = JSON.parse(stdout)
  read.set(key, understood)
  return understood
}
