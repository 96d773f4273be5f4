/**
 * How much script the client brings into a page, and what of it: bundled and minified as applications do, from one import each.
 * `npm run client-size` prints it; with `--report` it also writes the table of docs/runtimes.md, and a test holds what the
 * page says against what is measured.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { type SectionMarks, writeSection } from './marked-section.ts'
import { repositoryRoot } from './repository.ts'

/** The page that states the sizes, and where. */
export const sizesPage = join(repositoryRoot, 'docs/runtimes.md')
const marks: SectionMarks = { begin: '<!-- sizes: written by npm run client-size -->', end: '<!-- sizes end -->' }

/** What is measured: the names that a program imports from `@dapr-chat/client`. */
export const measuredImports = {
  client: ['DaprChatClient'],
  everyday: ['DaprChatClient', 'object', 'tool'],
  tool: ['tool'],
  tokens: ['approxTokens'],
} as const satisfies Readonly<Record<string, readonly string[]>>

/** One bundle. */
export interface BundleSize {
  /** Minified, in bytes. */
  readonly bytes: number
  /** After gzip, in bytes. */
  readonly gzipBytes: number
  /** The files of which something is in the bundle, as paths from the repository's root, with the bytes of each. */
  readonly files: ReadonlyMap<string, number>
  /** What the bundle leaves to be imported when it runs. */
  readonly imports: readonly string[]
}

/**
 * Bundles a program for browsers that imports these names from the client and does nothing else.
 * @throws Error where it cannot be bundled: for a browser, nothing may be imported that only Node has.
 */
export async function measureBundle(names: readonly string[]): Promise<BundleSize> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export { ${names.join(', ')} } from '@dapr-chat/client'`, resolveDir: repositoryRoot },
    absWorkingDir: repositoryRoot,
    outfile: 'bundle.js',
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2024',
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'silent',
  })
  const contents = outputFiles[0]?.contents ?? new Uint8Array()
  const outputs = Object.values(metafile.outputs)
  const files = outputs.flatMap(({ inputs }) =>
    Object.entries(inputs).map(([file, { bytesInOutput }]) => [file, bytesInOutput] as const),
  )
  return {
    bytes: contents.length,
    gzipBytes: gzipSync(contents, { level: 9 }).length,
    files: new Map(files.filter(([, bytes]) => bytes > 0)),
    imports: outputs.flatMap(({ imports }) => imports.map(({ path }) => path)),
  }
}

/** Bytes as the page states them. */
export function kilobytes(bytes: number): string {
  return `${(bytes / 1_000).toFixed(1)} kB`
}

/** The names as the page writes them. */
export function importedNames(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ')
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { report: { type: 'boolean', default: false } } })
  const rows: string[] = []
  for (const names of Object.values(measuredImports)) {
    const { bytes, gzipBytes, files } = await measureBundle(names)
    rows.push(`| ${importedNames(names)} | ${kilobytes(bytes)} | ${kilobytes(gzipBytes)} |`)
    console.log(`${names.join(', ')}: ${kilobytes(bytes)}, ${kilobytes(gzipBytes)} after gzip`)
    for (const [place, share] of largest(files)) console.log(`  ${kilobytes(share).padStart(9)} ${place}`)
  }
  if (!values.report) return
  const head = ['| imported | minified | after gzip |', '| --- | ---: | ---: |']
  writeSection(sizesPage, marks, [[...head, ...rows].join('\n')])
}

/** The packages, and the folders of ours, that take the most. */
function largest(files: ReadonlyMap<string, number>): (readonly [place: string, bytes: number])[] {
  const shares = new Map<string, number>()
  for (const [file, bytes] of files) {
    const place = /(?:.*node_modules\/)?((?:@[^/]+\/)?[^/]+(?:\/[^/]+\/src)?)/.exec(file)?.[1] ?? file
    shares.set(place, (shares.get(place) ?? 0) + bytes)
  }
  return [...shares].sort(([, a], [, b]) => b - a).slice(0, 5)
}

if (import.meta.main) await main()
