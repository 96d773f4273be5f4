/**
 * Checks what no compiler sees: that the files carry no path of the machine they were written on, no leftovers of work in
 * progress, and that every dependency has one exact version. `npm run check -- repository` runs it.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryFiles, repositoryRoot } from './repository.ts'

/** Something a line of a file must not contain. */
interface LineRule {
  readonly pattern: RegExp
  readonly problem: string
  /** Whether the rule holds for this file. */
  readonly applies: (path: string, text: string) => boolean
}

const everywhere = () => true
const lineRules: readonly LineRule[] = [
  { pattern: /(?<![\w.-])\/work\//, problem: 'contains a path of one machine', applies: everywhere },
  {
    pattern: /(?<![\w.-])\/tmp\//,
    problem: 'contains a path of one machine',
    applies: (path, text) => !(path.endsWith('.test.ts') && text.includes('tmpdir()')),
  },
  { pattern: /\b(?:TO(?:DO)|FIX(?:ME))\b/, problem: 'contains a note about unfinished work', applies: everywhere },
  { pattern: /\.only\(/, problem: 'runs one test and hides the others', applies: (path) => path.endsWith('.ts') },
  {
    pattern: /"resolved": "https?:/,
    problem: 'names the registry a package came from',
    applies: (path) => path.endsWith('package-lock.json'),
  },
]

/** One version, of the package itself or of another one under its name. */
const exactVersion = /^(?:npm:[\w@/.-]+@)?\d+\.\d+\.\d+(?:-[\w.]+)?$/
const exactFields = ['dependencies', 'devDependencies', 'optionalDependencies'] as const

/** What is wrong with one file, as sentences that begin with its path and line. */
export function problemsOf(path: string, text: string): string[] {
  const rules = lineRules.filter((rule) => rule.applies(path, text))
  const problems = text.split('\n').flatMap((line, index) => {
    const broken = rules.filter((rule) => rule.pattern.test(line))
    return broken.map((rule) => `${path}:${index + 1}: ${rule.problem}: ${line.trim().slice(0, 160)}`)
  })
  return /(?:^|\/)package\.json$/.test(path) ? [...problems, ...looseVersions(path, text)] : problems
}

function looseVersions(path: string, text: string): string[] {
  const manifest: Partial<Record<string, Record<string, string>>> = JSON.parse(text)
  return exactFields.flatMap((field) =>
    Object.entries(manifest[field] ?? {})
      .filter(([, version]) => !exactVersion.test(version))
      .map(([name, version]) => `${path}: the version of ${name} must be exact: current value is "${version}"`),
  )
}

const binary = /\.(?:png|jpg|ico|woff2|wasm|gz|tgz|binpb|bin)$/

/** What is wrong in the whole tree under `root`. */
export function checkRepository(root: string = repositoryRoot): string[] {
  return repositoryFiles(['**/*', '**/.*', '.ci/**/*'], root)
    .filter((path) => !binary.test(path) && path !== '.env')
    .flatMap((path) => problemsOf(path, readFileSync(join(root, path), 'utf8')))
}

if (import.meta.main) {
  const problems = checkRepository()
  for (const problem of problems) console.error(problem)
  console.log(`repository: ${problems.length} problems`)
  process.exitCode = problems.length === 0 ? 0 : 1
}
