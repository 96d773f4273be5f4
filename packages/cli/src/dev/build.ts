/** `dev --build`: makes a daprd from Dapr's source tree. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ExitError, exitCodes } from '../exit-code.ts'

/** Beside the project, as the helper of dapr-agents has it. */
const SOURCE_TREE = resolve('..', 'dapr')

/** What Dapr's makefile calls machines. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64' }

/**
 * Builds it.
 * @returns the path of the program.
 * @throws ExitError where there is no source tree, or it cannot be built.
 */
export async function buildDaprd(say: (line: string) => void): Promise<string> {
  if (!existsSync(join(SOURCE_TREE, 'Makefile'))) {
    throw new ExitError(
      exitCodes.usage,
      `Cannot build daprd: the source tree of Dapr must be at ${SOURCE_TREE}: it is not there; name a daprd with --daprd PATH, or leave out --build`,
    )
  }
  say(`🔨 Building daprd in ${SOURCE_TREE}...`)
  const make = spawn('make', ['build'], { cwd: SOURCE_TREE, stdio: ['ignore', 2, 2] })
  const [code] = (await once(make, 'exit').catch((error: Error) => {
    throw new ExitError(exitCodes.failure, `Cannot build daprd: make must be installed: ${error.message}`)
  })) as [number | null]
  if (code !== 0) throw new ExitError(exitCodes.failure, `Cannot build daprd: make build ended with exit code ${code}`)
  say('✅ Build completed')
  const machine = `${process.platform}_${ARCHITECTURES[process.arch] ?? process.arch}`
  return join(SOURCE_TREE, 'dist', machine, 'release', 'daprd')
}
