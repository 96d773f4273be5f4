/** Where the repository is and which files belong to it. The tools read the tree through here. */
import { globSync } from 'node:fs'
import { join } from 'node:path'

/** The repository's root, absolute and without a slash at the end. */
export const repositoryRoot = join(import.meta.dirname, '..')

/** Where the API reference stands, which is made of the doc comments and shows signatures instead of programs. */
export const apiFolder = 'docs/api'

const notOurs = new Set(['node_modules', 'build', 'dist', '.git'])

/**
 * The files of the repository, as paths from its root with forward slashes, in alphabetical order. Installed packages and
 * built files are not among them.
 */
export function repositoryFiles(patterns: string | readonly string[], root: string = repositoryRoot): string[] {
  return globSync(patterns, { cwd: root, withFileTypes: true, exclude: (entry) => notOurs.has(entry.name) })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort()
}
