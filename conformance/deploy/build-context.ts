/** What Docker would be sent: the files of the repository without those that `.dockerignore` names. */
import { cpSync, existsSync, readFileSync } from 'node:fs'
import { join, matchesGlob, relative } from 'node:path'
import { repositoryRoot } from '../../tools/repository.ts'

/** The files that a `COPY` of the build context may take. */
export class BuildContext {
  readonly #root: string
  readonly #ignored: readonly string[]

  /** @param root the folder of the Dockerfile. */
  constructor(root: string = repositoryRoot) {
    this.#root = root
    this.#ignored = readFileSync(join(root, '.dockerignore'), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
  }

  /** Whether a path, from the root, is sent. */
  has(path: string): boolean {
    return existsSync(join(this.#root, path)) && !this.ignores(path)
  }

  /** Whether a path, or a folder that it is in, is left out. */
  ignores(path: string): boolean {
    const parts = path.split('/')
    return parts.some((_, index) => {
      const part = parts.slice(0, index + 1).join('/')
      return this.#ignored.some((pattern) => matchesGlob(part, pattern))
    })
  }

  /** Copies a file, or what is in a folder, as `COPY` does. */
  copy(path: string, target: string): void {
    cpSync(join(this.#root, path), target, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !this.ignores(relative(this.#root, source)),
    })
  }
}
