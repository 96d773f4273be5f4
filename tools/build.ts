/**
 * Makes what is published: each package compiled to JavaScript with declarations under `build/<package>`, its manifest pointing
 * there. Then it is proved: npm packs it, a strict consumer compiles against it, and plain Node, told not to read TypeScript,
 * imports every entry and starts the command. `npm run build` runs it; nothing in the repository itself needs it.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { repositoryFiles, repositoryRoot } from './repository.ts'
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

/** The compiled file of a source: `./src/x.ts` gives `./src/x.js`. */
export function compiledFile(source: string): string {
  return source.replace(/\.ts$/, '.js')
}

/** The exports of a published manifest: every TypeScript source becomes its declarations and its JavaScript. */
export function publishedExports(
  exports: Readonly<Record<string, string>>,
): Record<string, { types: string; default: string }> {
  return Object.fromEntries(
    Object.entries(exports).map(([entry, source]) => [
      entry,
      { types: source.replace(/\.ts$/, '.d.ts'), default: compiledFile(source) },
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
      declaration: true,
      rewriteRelativeImportExtensions: true,
      rootDir: source,
      outDir: `./${folder}`,
      paths: Object.fromEntries(paths),
    },
    include: [`${source}/src`, `${source}/testing`],
    exclude: [`${source}/**/*.test.ts`],
  }
  const file = join(out, `tsconfig.${folder}.json`)
  writeFileSync(file, JSON.stringify(config, undefined, 2))
  await must('tsc', ['-p', file])
}

/** Copies what is not compiled, and writes the manifest. */
function complete(folder: string): void {
  const source = join(repositoryRoot, 'packages', folder)
  const target = join(out, folder)
  const files = repositoryFiles(['{src,testing,bin,components}/**/*'], source)
  for (const file of files.filter((name) => !/(?<!\.d)\.ts$|(?:^|\/)(?:testdata|fixtures)\//.test(name))) {
    mkdirSync(dirname(join(target, file)), { recursive: true })
    copyFileSync(join(source, file), join(target, file))
    if (!file.startsWith('bin/')) continue
    writeFileSync(join(target, file), publishedProgram(readFileSync(join(source, file), 'utf8')))
  }
  for (const name of ['README.md', 'LICENSE']) {
    const own = join(source, name)
    const file = existsSync(own) ? own : join(repositoryRoot, name)
    if (existsSync(file)) copyFileSync(file, join(target, name))
  }
  const { exports, ...manifest } = manifestOf(folder)
  const entries = exports === undefined ? {} : { exports: publishedExports(exports) }
  writeFileSync(join(target, 'package.json'), `${JSON.stringify({ ...manifest, ...entries }, undefined, 2)}\n`)
}

/** Lets built packages find each other by name, before those of the repository. */
function link(folder: string): void {
  const place = join(out, 'node_modules', manifestOf(folder).name)
  mkdirSync(dirname(place), { recursive: true })
  symlinkSync(join(out, folder), place, 'junction')
}

/** The files npm would publish; throws when one that the manifest names is missing, or a test is among them. */
async function pack(folder: string): Promise<readonly string[]> {
  const listing = await must('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], join(out, folder))
  const packed: { readonly files: readonly { readonly path: string }[] }[] = Object.values(JSON.parse(listing))
  const files = packed.flatMap((archive) => archive.files.map(({ path }) => path))
  const { exports = {}, bin = {} } = manifestOf(folder)
  const entries = Object.values(publishedExports(exports)).flatMap((entry) => Object.values(entry))
  for (const entry of [...entries, ...Object.values(bin), 'LICENSE']) {
    const path = entry.replace(/^\.\//, '')
    if (!files.includes(path)) throw new Error(`Cannot publish ${folder}: the package must contain ${path}`)
  }
  // Components that a package brings are found by their place in it, so nothing but this would miss them.
  for (const path of repositoryFiles(['components/*'], join(repositoryRoot, 'packages', folder))) {
    if (!files.includes(path)) throw new Error(`Cannot publish ${folder}: the package must contain ${path}`)
  }
  const stray = files.find((path) => /\.test\.|(?<!\.d)\.ts$/.test(path))
  if (stray !== undefined) throw new Error(`Cannot publish ${folder}: the package must not contain ${stray}`)
  return files
}

/** Compiles and runs a program that imports every entry of every built package. */
async function consume(): Promise<number> {
  const entries = published.flatMap((folder) => {
    const { name, exports = {} } = manifestOf(folder)
    return Object.keys(exports).map((entry) => name + entry.slice(1))
  })
  const consumer = join(out, 'consumer')
  mkdirSync(consumer, { recursive: true })
  writeFileSync(join(consumer, 'package.json'), JSON.stringify({ type: 'module', private: true }))
  const lines = entries.flatMap((entry, index) => [
    `import * as entry${index} from '${entry}'`,
    `if (Object.keys(entry${index}).length === 0) throw new Error('${entry} exports nothing')`,
  ])
  writeFileSync(join(consumer, 'consumer.ts'), `${lines.join('\n')}\n`)
  const config = {
    extends: '../../tsconfig.json',
    // A relative path that a declaration names wrongly shows only when declarations are checked too.
    compilerOptions: {
      noEmit: false,
      rootDir: '.',
      outDir: './out',
      skipLibCheck: false,
      allowImportingTsExtensions: false,
    },
    include: ['consumer.ts'],
  }
  writeFileSync(join(consumer, 'tsconfig.json'), JSON.stringify(config))
  await must('tsc', ['-p', consumer])
  await must(process.execPath, ['--no-strip-types', 'out/consumer.js'], consumer)
  for (const program of Object.values(manifestOf('cli').bin ?? {})) {
    await must(process.execPath, ['--no-strip-types', join(out, 'cli', program), '--help'], consumer)
  }
  return entries.length
}

async function main(): Promise<void> {
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out, { recursive: true })
  for (const folder of published) {
    await compile(folder)
    complete(folder)
    link(folder)
    const files = await pack(folder)
    console.log(`${basename(folder)}: ${files.length} files in build/${folder}`)
  }
  console.log(`build: ${published.length} packages, ${await consume()} entries imported, the command started`)
}

if (import.meta.main) {
  try {
    await main()
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
