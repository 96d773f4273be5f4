/**
 * Builds the console's page: one script, one style sheet, an icon, and the document that names them. The names change with
 * what the files hold, so that browsers may keep them. The sidecar serves the folder; `npm run build:console` makes it.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { repositoryRoot } from './repository.ts'

/** The most script that the page may have, in bytes after gzip. */
export const SCRIPT_BUDGET_BYTES = 60_000

/** Where the sidecar looks for the page when nobody says otherwise. */
export const builtPage = join(repositoryRoot, 'packages/sidecar/console')

const source = join(repositoryRoot, 'packages/console/src')

/** What was built. */
export interface BuiltConsole {
  /** The names of the files. */
  readonly files: readonly string[]
  /** All scripts together after gzip, in bytes. */
  readonly scriptBytes: number
}

/**
 * Builds the page into a folder, which is emptied before.
 * @throws Error where the sources cannot be built, or where the scripts are too large.
 */
export async function buildConsole(folder: string = builtPage): Promise<BuiltConsole> {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(source, 'main.tsx'), join(source, 'style/console.css'), join(source, 'icon.svg')],
    outdir: folder,
    absWorkingDir: repositoryRoot,
    entryNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['es2023', 'chrome123', 'firefox120', 'safari17.5'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.svg': 'copy' },
    metafile: true,
    write: false,
    logLevel: 'silent',
  })
  const names = Object.fromEntries(
    Object.entries(metafile.outputs).map(([output, { entryPoint }]) => [basename(entryPoint ?? ''), basename(output)]),
  )
  const scriptBytes = outputFiles
    .filter(({ path }) => path.endsWith('.js'))
    .reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0)
  if (scriptBytes > SCRIPT_BUDGET_BYTES) {
    throw new Error(
      `Cannot build the console: its scripts must have at most ${SCRIPT_BUDGET_BYTES} bytes after gzip: current value is ${scriptBytes}`,
    )
  }
  const page = readFileSync(join(source, 'page.html'), 'utf8')
    .replace('%SCRIPT%', `/console/${names['main.tsx']}`)
    .replace('%STYLE%', `/console/${names['console.css']}`)
    .replace('%ICON%', `/console/${names['icon.svg']}`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const { path, contents } of outputFiles) writeFileSync(path, contents)
  writeFileSync(join(folder, 'index.html'), page)
  return { files: ['index.html', ...outputFiles.map(({ path }) => basename(path))], scriptBytes }
}

if (import.meta.main) {
  try {
    const { files, scriptBytes } = await buildConsole()
    console.log(`console: ${files.length} files, ${(scriptBytes / 1_000).toFixed(1)} kB of script after gzip`)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
