/**
 * Which files a published package holds, by rule: `build.ts` makes them, and holds what npm would pack against this list, so
 * that nothing is missing and nothing else slips in.
 */
import { repositoryFiles } from './repository.ts'

/** How a file of the repository comes into the package. */
export interface PublishedFile {
  /** The file in the repository, as a path from the package's folder. */
  readonly source: string
  /** What becomes of it, as paths inside the published package. */
  readonly files: readonly string[]
  /** Whether the compiler makes them; otherwise the file is copied. */
  readonly compiled: boolean
}

/** What every package holds beside its sources. */
export const alwaysPublished = ['LICENSE', 'README.md', 'package.json'] as const

/** The compiled file of a source: `./src/x.ts` gives `./src/x.js`. */
export function compiledFile(source: string): string {
  return source.replace(/\.ts$/, '.js')
}

/** The declarations of a source: `./src/x.ts` gives `./src/x.d.ts`. */
export function declarationFile(source: string): string {
  return source.replace(/\.ts$/, '.d.ts')
}

/**
 * The files of a package that are published. Tests and their data are not; what only tests need (`testing/`) is where the
 * manifest exports it.
 * @param files all files of the package, as paths from its folder.
 * @param entries the sources that its manifest exports.
 */
export function publishedFiles(files: readonly string[], entries: readonly string[]): PublishedFile[] {
  const folders = ['src/', 'bin/', 'components/', 'testing/'].filter(
    (folder) => folder !== 'testing/' || entries.some((entry) => entry.startsWith(`./${folder}`)),
  )
  return files
    .filter((file) => folders.some((folder) => file.startsWith(folder)))
    .filter((file) => !/\.test\.ts$|(?:^|\/)(?:testdata|fixtures)\//.test(file))
    .map((source) => {
      const compiled = /(?<!\.d)\.ts$/.test(source)
      return { source, compiled, files: compiled ? [compiledFile(source), declarationFile(source)] : [source] }
    })
}

/** The published files of the package in a folder. */
export function publishedFilesOf(folder: string, entries: readonly string[]): PublishedFile[] {
  return publishedFiles(repositoryFiles(['**/*'], folder), entries)
}

/** How a listing differs from what it must be, as sentences; none where it does not. */
export function listingProblems(listed: readonly string[], wanted: readonly string[]): string[] {
  return [
    ...wanted.filter((path) => !listed.includes(path)).map((path) => `the package must contain ${path}`),
    ...listed.filter((path) => !wanted.includes(path)).map((path) => `the package must not contain ${path}`),
  ]
}
