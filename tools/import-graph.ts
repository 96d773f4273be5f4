/**
 * Who imports whom: every import of every TypeScript file of the repository, as the compiler's own parser sees them, types and
 * dynamic imports included. `check-imports.ts` holds the answer against the rules.
 */
import { posix } from 'node:path'
// TypeScript 7 has no stable API yet; the version is pinned, and only what is used here has to be followed.
import type { FileSystem } from 'typescript/unstable/fs'
import { API } from 'typescript/unstable/sync'

/** One import in a file. */
export interface Import {
  /** The importing file, as a path from the repository's root. */
  readonly from: string
  /** The line it stands on, counted from 1. */
  readonly line: number
  /** What is imported, as it is written. */
  readonly specifier: string
  /** The imported file, as a path from the repository's root; absent when a package is imported. */
  readonly file: string | undefined
}

/**
 * The imports of all files that the `tsconfig.json` under `root` includes; files of a `gen` folder and declarations are left out.
 * @param files read the tree from here instead of the disk; for tests.
 */
export function readImports(root: string, files?: FileSystem): Import[] {
  const api = new API({ cwd: root, ...(files === undefined ? {} : { fs: files }) })
  try {
    const config = `${root}/tsconfig.json`
    using snapshot = api.updateSnapshot({ openProjects: [config] })
    const project = snapshot.getProject(config)
    if (project === undefined) throw new Error(`Cannot read imports: ${config} must be a TypeScript project`)
    return project.rootFiles
      .filter((name) => !name.endsWith('.d.ts') && !name.includes('/gen/'))
      .flatMap((name) => {
        const source = project.program.getSourceFile(name)
        if (source === undefined) return []
        const from = name.slice(root.length + 1)
        return source.imports.map((literal) => {
          const specifier = literal.getText(source).slice(1, -1)
          const { line } = source.getLineAndCharacterOfPosition(literal.getStart(source))
          const file = specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : undefined
          return { from, line: line + 1, specifier, file }
        })
      })
  } finally {
    api.close()
  }
}

/** The first way found from a file back to itself through imports, for every group of files that have one. */
export function importCycles(imports: readonly Import[]): string[][] {
  const targets = Map.groupBy(imports, ({ from }) => from)
  const finished = new Set<string>()
  const cycles: string[][] = []
  function visit(file: string, path: readonly string[]): void {
    const start = path.indexOf(file)
    if (start !== -1) {
      cycles.push([...path.slice(start), file])
      return
    }
    if (finished.has(file)) return
    for (const { file: target } of targets.get(file) ?? []) {
      if (target !== undefined) visit(target, [...path, file])
    }
    finished.add(file)
  }
  for (const file of targets.keys()) visit(file, [])
  return cycles
}
