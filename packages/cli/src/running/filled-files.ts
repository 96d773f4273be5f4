/**
 * Resources written where a real daprd reads them, with their variables filled in: a temporary folder that nobody else can
 * open, because keys stand in it. It is gone with the command, however that ends; nothing else ever is.
 */
import { rmSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { FilledFolder } from '@dapr-chat/sidecar'
import { atExit } from './at-exit.ts'
import { guardFolder } from './guard.ts'

/** Files in a temporary folder. Disposed, they are gone. */
export interface FilledFiles extends AsyncDisposable {
  /** The folder that this run has made, and that it removes. */
  readonly root: string
  /** One folder within it for each that was written. */
  readonly folders: readonly string[]
}

/** Writes the files. */
export async function writeFilledFiles(
  folders: readonly Pick<FilledFolder, 'files'>[],
  environmentFolder = tmpdir(),
): Promise<FilledFiles> {
  // mkdtemp makes it with mode 0700.
  const root = await mkdtemp(join(environmentFolder, 'dapr-chat-components-'))
  const onExit = atExit(() => rmSync(root, { recursive: true, force: true }))
  const guard = guardFolder(root)
  const remove = async () => {
    await rm(root, { recursive: true, force: true })
    onExit[Symbol.dispose]()
    guard[Symbol.dispose]()
  }
  try {
    const written = await Promise.all(
      folders.map(async ({ files }, index) => {
        const folder = join(root, String(index))
        await mkdir(folder, { mode: 0o700 })
        for (const { file, text } of files) {
          await writeFile(join(folder, basename(file)), text, { mode: 0o600, flag: 'wx' })
        }
        return folder
      }),
    )
    return { root, folders: written, [Symbol.asyncDispose]: remove }
  } catch (error) {
    await remove()
    throw error
  }
}
