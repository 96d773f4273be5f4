/**
 * Makes what is published: each package compiled to JavaScript with declarations under `build/<package>`, its manifest pointing
 * there. Then it is proved: npm would pack exactly the files that the rules name, and a project of somebody else's can use them.
 * `npm run build` runs it; nothing in the repository itself needs it.
 */
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { buildConsole } from './build-console.ts'
import { type BuiltPackage, consumePackages } from './consume-packages.ts'
import {
  alwaysPublished,
  compiledFile,
  declarationFile,
  listingProblems,
  type PublishedFile,
  publishedFilesOf,
} from './published-files.ts'
import { repositoryRoot } from './repository.ts'
import { runCommand } from './run-command.ts'

/** The parts of a manifest that publishing changes or reads. */
interface Manifest {
  readonly name: string
  readonly exports?: Readonly<Record<string, string>>
  readonly bin?: Readonly<Record<string, string>>
}

/** What is published, each after what it imports. */
const published = ['protocol', 'client', 'sidecar', 'cli'] as const
const out = join(repositoryRoot, 'build')

/** The exports of a published manifest: every TypeScript source becomes its declarations and its JavaScript. */
export function publishedExports(
  exports: Readonly<Record<string, string>>,
): Record<string, { types: string; default: string }> {
  return Object.fromEntries(
    Object.entries(exports).map(([entry, source]) => [
      entry,
      { types: declarationFile(source), default: compiledFile(source) },
    ]),
  )
}

/** The text of a program in `bin/`, whose relative imports of TypeScript become those of the compiled files. */
export function publishedProgram(text: string): string {
  return text.replaceAll(/(['"])(\.{1,2}\/[^'"\n]*)\.ts\1/g, '$1$2.js$1')
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(repositoryRoot, 'packages', folder, 'package.json'), 'utf8'))
}

/** The files that the package publishes of its sources. */
function sourcesOf(folder: string): PublishedFile[] {
  return publishedFilesOf(join(repositoryRoot, 'packages', folder), Object.values(manifestOf(folder).exports ?? {}))
}

/** Runs one command of the build, and ends the build when it fails. */
async function must(command: string, args: readonly string[], cwd = repositoryRoot): Promise<string> {
  const { exitCode, stdout, output } = await runCommand(command, args, { cwd })
  if (exitCode !== 0) throw new Error(`Cannot build: ${command} ${args.join(' ')} must succeed:\n${output}`)
  return stdout
}

async function compile(folder: string): Promise<void> {
  // The packages built before are seen through their declarations, as a user will see them.
  const paths = published.slice(0, published.indexOf(folder as (typeof published)[number])).flatMap((earlier) => {
    const { name, exports = {} } = manifestOf(earlier)
    return Object.entries(publishedExports(exports)).map(([entry, { types }]) => [
      name + entry.slice(1),
      [`./${join(earlier, types)}`],
    ])
  })
  const source = `../packages/${folder}`
  const config = {
    extends: '../tsconfig.json',
    compilerOptions: {
      noEmit: false,
      noEmitOnError: true,
      declaration: true,
      rewriteRelativeImportExtensions: true,
      rootDir: source,
      outDir: `./${folder}`,
      paths: Object.fromEntries(paths),
    },
    files: sourcesOf(folder)
      .filter((file) => file.compiled || file.source.endsWith('.d.ts'))
      .map((file) => `${source}/${file.source}`),
    include: [],
  }
  const file = join(out, `tsconfig.${folder}.json`)
  writeFileSync(file, JSON.stringify(config, undefined, 2))
  await must('tsc', ['-p', file])
}

/** Copies what is not compiled, and writes the manifest. */
function complete(folder: string): void {
  const source = join(repositoryRoot, 'packages', folder)
  const target = join(out, folder)
  for (const { source: file, compiled } of sourcesOf(folder)) {
    if (compiled) continue
    mkdirSync(dirname(join(target, file)), { recursive: true })
    copyFileSync(join(source, file), join(target, file))
    if (!file.startsWith('bin/')) continue
    writeFileSync(join(target, file), publishedProgram(readFileSync(join(source, file), 'utf8')))
  }
  copyFileSync(join(source, 'README.md'), join(target, 'README.md'))
  copyFileSync(join(repositoryRoot, 'LICENSE'), join(target, 'LICENSE'))
  const { exports, ...manifest } = manifestOf(folder)
  const entries = exports === undefined ? {} : { exports: publishedExports(exports) }
  writeFileSync(join(target, 'package.json'), `${JSON.stringify({ ...manifest, ...entries }, undefined, 2)}\n`)
}

/**
 * Holds what npm would pack against what the rules name.
 * @param further files that are neither sources nor in every package.
 */
async function checkListing(folder: string, further: readonly string[]): Promise<number> {
  const listing = await must('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], join(out, folder))
  const packed: { readonly files: readonly { readonly path: string }[] }[] = Object.values(JSON.parse(listing))
  const files = packed.flatMap((archive) => archive.files.map(({ path }) => path))
  const wanted = [...alwaysPublished, ...sourcesOf(folder).flatMap((file) => file.files), ...further]
  const [problem] = listingProblems(files, wanted)
  if (problem !== undefined) throw new Error(`Cannot publish ${folder}: ${problem}`)
  return files.length
}

async function main(): Promise<void> {
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out, { recursive: true })
  const packages: BuiltPackage[] = []
  for (const folder of published) {
    await compile(folder)
    complete(folder)
    // The page that the sidecar serves.
    const page = folder === 'sidecar' ? (await buildConsole(join(out, folder, 'console'))).files : []
    const count = await checkListing(
      folder,
      page.map((file) => `console/${file}`),
    )
    console.log(`${folder}: ${count} files in build/${folder}`)
    packages.push({ folder: join(out, folder), manifest: manifestOf(folder) })
  }
  const entries = await consumePackages(packages)
  console.log(`build: ${packages.length} packages, ${entries} entries loaded, compiled against and used`)
}

if (import.meta.main) {
  try {
    await main()
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
