/**
 * Carries out a Dockerfile without Docker: each stage becomes a folder, into which its files are copied and in which its
 * commands run. What the base image brings is this machine's own: Node and a shell. `run.ts` starts what comes out.
 */
import { cpSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { runCommand } from '../../tools/run-command.ts'
import { BuildContext } from './build-context.ts'
import { healthCommand, type Instruction, lastOf, type Stage, wordsOf } from './dockerfile.ts'

/** What came out of the last stage. */
export interface BuiltImage {
  /** The folder that stands for its root. */
  readonly root: string
  /** Where its process starts, as a path of the image. */
  readonly workingFolder: string
  /** The words of ENTRYPOINT and CMD. */
  readonly command: readonly string[]
  readonly healthCommand: readonly string[]
  /** The user's number. */
  readonly user: number
}

/** A stage that is being built: its folder, and where it works. */
interface Building {
  readonly root: string
  workingFolder: string
}

/** Changing the owner of files is for root alone; whoever runs this owns them anyway. */
const isRoot = process.getuid?.() === 0

/**
 * Builds all stages under a folder, which is emptied first.
 * @throws Error with the output of the command that failed.
 */
export async function buildImage(stages: readonly Stage[], folder: string): Promise<BuiltImage> {
  rmSync(folder, { recursive: true, force: true })
  const context = new BuildContext()
  const built = new Map<string, Building>()
  for (const stage of stages) {
    const building: Building = { root: join(folder, stage.name || 'image'), workingFolder: '/' }
    mkdirSync(building.root, { recursive: true })
    const base = built.get(stage.base)
    if (base !== undefined) {
      cpSync(base.root, building.root, { recursive: true, verbatimSymlinks: true })
      building.workingFolder = base.workingFolder
    }
    for (const instruction of stage.instructions) await carryOut(instruction, building, built, context)
    built.set(stage.name, building)
  }
  const last = stages.at(-1)
  const image = built.get(last?.name ?? '')
  if (last === undefined || image === undefined) throw new Error('Cannot build: the Dockerfile must have a stage')
  return {
    ...image,
    command: ['ENTRYPOINT', 'CMD'].flatMap((keyword) => wordsOf(lastOf(last, keyword)?.text ?? '[]')),
    healthCommand: healthCommand(last),
    user: Number(lastOf(last, 'USER')?.text.split(':')[0]),
  }
}

async function carryOut(
  { keyword, flags, text }: Instruction,
  stage: Building,
  built: ReadonlyMap<string, Building>,
  context: BuildContext,
): Promise<void> {
  const here = join(stage.root, stage.workingFolder)
  if (keyword === 'WORKDIR') {
    stage.workingFolder = text
    mkdirSync(join(stage.root, text), { recursive: true })
  } else if (keyword === 'COPY') {
    const sources = text.split(/\s+/)
    const target = sources.pop() ?? '.'
    const place = target.startsWith('/') ? join(stage.root, target) : join(here, target)
    for (const source of sources) copy(source, { place, isFolder: target.endsWith('/') }, flags.from, built, context)
  } else if (keyword === 'RUN' && (isRoot || !text.startsWith('chown'))) {
    const { exitCode, output } = await runCommand('sh', ['-euc', text], { cwd: here })
    if (exitCode !== 0) throw new Error(`Cannot build: "${text}" must succeed:\n${output}`)
  }
}

function copy(
  source: string,
  { place, isFolder }: { readonly place: string; readonly isFolder: boolean },
  from: string | undefined,
  built: ReadonlyMap<string, Building>,
  context: BuildContext,
): void {
  mkdirSync(isFolder ? place : dirname(place), { recursive: true })
  const target = isFolder ? join(place, basename(source)) : place
  if (from === undefined) {
    context.copy(source, target)
    return
  }
  const stage = built.get(from)
  if (stage === undefined) throw new Error(`Cannot build: --from=${from} must name an earlier stage`)
  cpSync(join(stage.root, source), target, { recursive: true, verbatimSymlinks: true })
}

/** What a folder takes up, in bytes: the sum of its files, links counted as nothing. */
export function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).reduce(
    (sum, entry) => (entry.isFile() ? sum + lstatSync(join(entry.parentPath, entry.name)).size : sum),
    0,
  )
}
