/**
 * Checks that imports only go in the directions of `import-rules.ts`, that no relative import leaves its package, that
 * portable code imports nothing of Node, and that no files import each other in a circle. `npm run check -- imports` runs it.
 */
import { type Import, importCycles, readImports } from './import-graph.ts'
import { nodeOnly, packageDirections, portable, sharedFiles, sidecarDirections, sidecarSource } from './import-rules.ts'
import { repositoryRoot } from './repository.ts'

type Rule = (found: Import) => string | undefined

const rules: readonly Rule[] = [packageDirection, insidePackage, folderDirection, portability, sourceAloneInProduction]

/** What is wrong with these imports, as sentences that begin with a file and a line. */
export function importProblems(imports: readonly Import[]): string[] {
  const wrong = imports.flatMap((found) =>
    rules.flatMap((rule) => {
      const problem = rule(found)
      return problem === undefined ? [] : [`${found.from}:${found.line}: imports ${found.specifier}: ${problem}`]
    }),
  )
  return [
    ...wrong,
    ...importCycles(imports).map((cycle) => `files import each other in a circle: ${cycle.join(' -> ')}`),
  ]
}

/** `packages/x` for a file of that package, the empty string for a file of the folders beside the packages. */
function packageOf(file: string): string {
  return /^packages\/[^/]+/.exec(file)?.[0] ?? ''
}

/** `@dapr-chat/x` or `dapr-chat` for an import of one of our packages by name. */
function ourPackage(specifier: string): string | undefined {
  return /^(?:@dapr-chat\/[^/]+|dapr-chat)(?=\/|$)/.exec(specifier)?.[0]
}

function isTest(file: string): boolean {
  return file.endsWith('.test.ts') || /^packages\/[^/]+\/(?:test|testing)\//.test(file)
}

function packageDirection({ from, specifier }: Import): string | undefined {
  const name = ourPackage(specifier)
  const allowed = packageDirections[packageOf(from)]
  if (name === undefined || packageOf(from) === '' || allowed?.includes(name)) return undefined
  // A test may come in by its own package's front door.
  if (isTest(from) && packageOf(from) === `packages/${name.replace('@dapr-chat/', '').replace('dapr-chat', 'cli')}`) {
    return undefined
  }
  return `${packageOf(from)} may import ${listed(allowed ?? [])}`
}

function insidePackage({ from, file }: Import): string | undefined {
  if (file === undefined || packageOf(from) === packageOf(file)) return undefined
  return 'a relative import must stay in its package; another package is imported by its name'
}

function folderDirection({ from, file, specifier }: Import): string | undefined {
  // A test may use its folder's neighbours to show the folder at work.
  if (!from.startsWith(`${sidecarSource}/`) || isTest(from)) return undefined
  const shared = sharedFiles.includes(from)
  const folder = sidecarFolder(from)
  if (folder === undefined && !shared) return undefined
  const allowed = folder === undefined ? [] : sidecarDirections[folder]
  if (allowed === undefined) return `${sidecarSource}/${folder} must have a line in tools/import-rules.ts`
  // A manifest is data about the package, not a part of it.
  if (file?.endsWith('.json')) return undefined
  const target = file === undefined ? ourPackage(specifier) : (sidecarFolder(file) ?? file)
  if (target === undefined || target === folder || allowed.includes(target) || sharedFiles.includes(target)) {
    return undefined
  }
  return `${folder ?? from} may import ${listed(allowed)}`
}

function sidecarFolder(file: string): string | undefined {
  return file.startsWith(`${sidecarSource}/`) ? /^([^/]+)\//.exec(file.slice(sidecarSource.length + 1))?.[1] : undefined
}

function portability({ from, file, specifier }: Import): string | undefined {
  if (isTest(from)) return undefined
  const place = portable.find(({ folder }) => from.startsWith(folder))
  const exceptionOf = (path: string) => place?.except.find((beginning) => path.startsWith(beginning))
  if (place === undefined || exceptionOf(from) !== undefined) return undefined
  if (nodeOnly.some((prefix) => specifier.startsWith(prefix))) return 'this file also runs in browsers'
  const exception = file && exceptionOf(file)
  return exception ? `this file also runs in browsers, and ${exception}* only in Node` : undefined
}

function sourceAloneInProduction({ from, file }: Import): string | undefined {
  const isSource = /^packages\/[^/]+\/src\//.test(from) && !isTest(from)
  return isSource && file !== undefined && isTest(file) ? 'what is published must not import tests' : undefined
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'nothing of ours' : `of ours only ${names.join(', ')}`
}

if (import.meta.main) {
  const imports = readImports(repositoryRoot)
  const problems = importProblems(imports)
  for (const problem of problems) console.error(problem)
  console.log(`imports: ${imports.length} checked, ${problems.length} problems`)
  process.exitCode = problems.length === 0 ? 0 : 1
}
