/**
 * Uses the built packages as somebody else's project would: they are packed, unpacked into an empty project outside the
 * repository, and see there only what their manifests declare. Every entry is loaded, the programs of `tools/consumer` are
 * compiled as Node and as bundlers resolve types, and run. `build.ts` calls it last.
 */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { repositoryRoot } from './repository.ts'
import { runCommand } from './run-command.ts'

/** A package that has been built. */
export interface BuiltPackage {
  /** Where it stands. */
  readonly folder: string
  readonly manifest: {
    readonly name: string
    readonly exports?: Readonly<Record<string, unknown>>
    readonly bin?: Readonly<Record<string, string>>
    readonly dependencies?: Readonly<Record<string, string>>
    readonly peerDependencies?: Readonly<Record<string, string>>
  }
}

/** What the consumer itself has. */
const ownDependencies = ['zod', '@types/node'] as const

/** Entries that hold types and nothing to run. */
const typesOnly: readonly string[] = ['@dapr-chat/protocol/console']

const programs = ['core.ts', 'node.ts'] as const

/** What is the same wherever the consumer compiles; declarations of the packages are checked too. */
const strict = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  target: 'es2024',
  moduleDetection: 'force',
  skipLibCheck: false,
  rewriteRelativeImportExtensions: true,
  verbatimModuleSyntax: true,
  rootDir: '.',
  lib: ['es2024', 'esnext.disposable', 'dom', 'dom.iterable', 'dom.asynciterable'],
}

/** The ways to find types. A page has none of Node's. */
const resolutions: Readonly<Record<string, { readonly compilerOptions: object; readonly files: readonly string[] }>> = {
  node16: {
    compilerOptions: { module: 'node16', moduleResolution: 'node16', types: ['node'], outDir: 'out' },
    files: ['entries.ts', ...programs],
  },
  bundler: {
    compilerOptions: { module: 'esnext', moduleResolution: 'bundler', types: ['node'], noEmit: true },
    files: ['entries.ts', ...programs],
  },
  'a page': {
    compilerOptions: { module: 'esnext', moduleResolution: 'bundler', types: [], noEmit: true },
    files: ['core.ts'],
  },
}

/**
 * Packs, unpacks, loads, compiles and runs.
 * @returns how many entries there are.
 * @throws Error where anything of it fails.
 */
export async function consumePackages(packages: readonly BuiltPackage[]): Promise<number> {
  const project = mkdtempSync(join(tmpdir(), 'dapr-chat-consumer-'))
  try {
    writeFileSync(join(project, 'package.json'), JSON.stringify({ type: 'module', private: true }))
    for (const built of packages) await install(built, project)
    for (const name of ownDependencies) linkInstalled(name, project)
    const entries = packages.flatMap(({ manifest: { name, exports = {} } }) =>
      Object.keys(exports).map((entry) => name + entry.slice(1)),
    )
    const lines = entries.flatMap((entry, index) => [
      `import * as entry${index} from '${entry}'`,
      `if ((Object.keys(entry${index}).length === 0) !== ${typesOnly.includes(entry)}) throw new Error('${entry}')`,
    ])
    writeFileSync(join(project, 'entries.ts'), `${lines.join('\n')}\n`)
    for (const file of programs) copyFileSync(join(import.meta.dirname, 'consumer', file), join(project, file))
    for (const [name, { compilerOptions, files }] of Object.entries(resolutions)) {
      const config = join(project, `tsconfig.${name.replace(' ', '-')}.json`)
      writeFileSync(config, JSON.stringify({ compilerOptions: { ...strict, ...compilerOptions }, files }))
      await compile(name, config, project)
    }
    await runBuilt('load the entries', ['out/entries.js'], project)
    await converse(project)
    for (const { manifest } of packages) {
      for (const program of Object.values(manifest.bin ?? {})) {
        await runBuilt(`start ${program}`, [join('node_modules', manifest.name, program), '--help'], project)
      }
    }
    return entries.length
  } finally {
    rmSync(project, { recursive: true })
  }
}

/** Unpacks what npm packs, and puts beside it what the manifest asks for: dependencies for it alone, peers for all. */
async function install({ folder, manifest }: BuiltPackage, project: string): Promise<void> {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', project]
  const listing = await must(`Cannot pack ${manifest.name}`, 'npm', args, folder)
  const [archive]: readonly { readonly filename: string }[] = Object.values(JSON.parse(listing))
  const place = join(project, 'node_modules', manifest.name)
  mkdirSync(place, { recursive: true })
  const tarball = join(project, archive?.filename ?? '')
  await must(`Cannot unpack ${manifest.name}`, 'tar', ['-xzf', tarball, '-C', place, '--strip-components=1'], project)
  for (const name of Object.keys(manifest.dependencies ?? {})) {
    // Our own packages are those that have been unpacked before.
    if (!existsSync(join(project, 'node_modules', name))) linkInstalled(name, place)
  }
  for (const name of Object.keys(manifest.peerDependencies ?? {})) linkInstalled(name, project)
}

/** Lets a folder find a package that is installed in the repository. */
function linkInstalled(name: string, folder: string): void {
  const place = join(folder, 'node_modules', name)
  if (existsSync(place)) return
  mkdirSync(dirname(place), { recursive: true })
  symlinkSync(join(repositoryRoot, 'node_modules', name), place, 'junction')
}

/**
 * Compiles the programs. Declarations are checked too, but only the program's and those of the packages count: those of
 * others, which lie outside the project, are not always right under every setting.
 */
async function compile(resolution: string, config: string, project: string): Promise<void> {
  const { exitCode, output } = await runCommand('tsc', ['-p', config, '--pretty', 'false'], { cwd: project })
  const problems = output.split('\n').filter((line) => /\berror TS\d+:/.test(line) && !line.startsWith('../'))
  // The compiler's own failure is not a problem of a declaration.
  if (exitCode > 2) problems.push(output)
  if (problems.length === 0) return
  throw new Error(`Cannot compile against the packages as ${resolution} finds types:\n${problems.join('\n')}`)
}

/** Runs the program, with the echo of the command's own components, and looks at what was said. */
async function converse(project: string): Promise<void> {
  const components = join(project, 'node_modules/dapr-chat/components')
  const said = await runBuilt('hold a conversation', ['out/node.js', components], project)
  const memory = 'Be brief.\nseven'
  const next = `${memory}\n${memory}\neight`
  const wanted = ['one two', 'three four', memory, next, 'finish 0 2', 'nine', 'echo', 'ten']
  if (said.trim() !== JSON.stringify(wanted)) {
    throw new Error(`Cannot use the packages: they must say ${JSON.stringify(wanted)}: current value is ${said.trim()}`)
  }
}

/** Runs a compiled program in Node that is told not to read TypeScript. */
function runBuilt(what: string, args: readonly string[], project: string): Promise<string> {
  return must(`Cannot ${what} of the packages`, process.execPath, ['--no-strip-types', ...args], project)
}

async function must(failure: string, command: string, args: readonly string[], cwd: string): Promise<string> {
  const { exitCode, stdout, output } = await runCommand(command, args, { cwd })
  if (exitCode !== 0) throw new Error(`${failure}: ${command} ${args.join(' ')} must succeed:\n${output}`)
  return stdout
}
