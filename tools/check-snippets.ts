/**
 * Checks every code block of README.md, those of the packages and the examples, and docs/: TypeScript must compile, YAML and
 * JSON must parse, shell must be shell.
 * A block below `<!-- run -->` is also executed, against a sidecar with the project's own components (echo needs no key);
 * the default ports written in it stand for that sidecar's. Shell that is not run must be such that all it calls is there
 * (`shell-commands.ts`), or stand below `<!-- not run: REASON -->`. `npm run check -- snippets` runs it.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { findProgram } from './find-program.ts'
import { apiFolder, repositoryFiles, repositoryRoot } from './repository.ts'
import { runCommand } from './run-command.ts'
import { commandProblems } from './shell-commands.ts'
import { type Snippet, snippetsOf } from './snippets.ts'

/** What was done, and what was wrong, as sentences that begin with a page and a line. */
export interface SnippetReport {
  readonly compiled: number
  readonly run: number
  readonly parsed: number
  readonly skipped: readonly string[]
  readonly problems: readonly string[]
}

/** The sidecar that snippets run against. */
export interface RunningSidecar {
  /** Base URL of the HTTP API. */
  readonly http: string
  /** Address of the gRPC API. */
  readonly grpc: string
  /** Base URL of the metrics. */
  readonly metrics: string
  close(): Promise<void>
}

/** Programs that a machine may be without; a block that needs a missing one is not run, and said to be so. */
const optionalPrograms = ['curl', 'jq', 'grpcurl', 'docker', 'dapr', 'python3', 'bun', 'deno']

const runLimitMs = 60_000

/**
 * Checks snippets. The sidecar is started once, when the first snippet wants to run, and closed at the end.
 * @param startSidecar brings up the sidecar to run against.
 */
export async function checkSnippets(
  snippets: readonly Snippet[],
  startSidecar: () => Promise<RunningSidecar>,
): Promise<SnippetReport> {
  const typescript = snippets.filter(({ language }) => language === 'ts' || language === 'typescript')
  const data = snippets.filter(({ language }) => language === 'yaml' || language === 'json')
  const shell = snippets.filter(({ language }) => language === 'sh' || language === 'bash')
  // Inside the repository, so that snippets find its packages; ignored by git.
  const scratch = mkdtempSync(join(repositoryRoot, '.snippets-'))
  try {
    const problems = [...(await compile(typescript, scratch)), ...data.flatMap(parseProblems)]
    for (const snippet of shell) {
      const { exitCode, output } = await runCommand('bash', ['-n', '-c', snippet.code])
      if (exitCode !== 0) problems.push(`${place(snippet)}: is not valid shell: ${output.trim()}`)
      else if (!snippet.run && snippet.notRun === undefined) {
        problems.push(...commandProblems(snippet.code).map((problem) => `${place(snippet)}: ${problem}`))
      }
    }
    const wanted = [...typescript, ...shell].filter((snippet) => snippet.run)
    const unavailable = wanted.flatMap((snippet) => {
      const missing = shell.includes(snippet) ? missingProgram(snippet.code) : undefined
      return missing === undefined ? [] : [{ snippet, missing }]
    })
    const runnable = wanted.filter((snippet) => !unavailable.some((entry) => entry.snippet === snippet))
    // What does not compile is not run: the first problem is the one to read.
    const run = problems.length === 0 ? runnable : []
    if (run.length > 0) problems.push(...(await executeAll(run, scratch, startSidecar)))
    return {
      compiled: typescript.length,
      run: run.length,
      parsed: data.length + shell.length,
      skipped: unavailable.map(({ snippet, missing }) => `${place(snippet)}: not run: ${missing} is not installed`),
      problems,
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

async function executeAll(
  snippets: readonly Snippet[],
  scratch: string,
  startSidecar: () => Promise<RunningSidecar>,
): Promise<string[]> {
  const sidecar = await startSidecar()
  const problems: string[] = []
  try {
    for (const snippet of snippets) {
      const problem = await execute(snippet, scratch, sidecar)
      if (problem !== undefined) problems.push(problem)
    }
  } finally {
    await sidecar.close()
  }
  return problems
}

/** Compiles all snippets in one go. Each stands at its own line of an otherwise empty file, so that errors name the page's line. */
async function compile(snippets: readonly Snippet[], scratch: string): Promise<string[]> {
  if (snippets.length === 0) return []
  const config = {
    extends: relative(scratch, join(repositoryRoot, 'tsconfig.json')),
    compilerOptions: { types: ['node'] },
    include: ['*.ts'],
  }
  writeFileSync(join(scratch, 'tsconfig.json'), JSON.stringify(config))
  const pages = new Map(snippets.map((snippet) => [scratchName(snippet), snippet.page]))
  for (const snippet of snippets) {
    writeFileSync(join(scratch, scratchName(snippet)), '\n'.repeat(snippet.line - 1) + snippet.code)
  }
  const { exitCode, output } = await runCommand('tsc', ['-p', scratch, '--pretty', 'false'])
  if (exitCode === 0) return []
  return output
    .trim()
    .split('\n')
    .filter((line) => /^\S/.test(line))
    .map((line) =>
      line.replace(/^\S*?([^/\s]+\.ts)\((\d+),(\d+)\)/, (whole, name: string, row: string, column: string) =>
        pages.has(name) ? `${pages.get(name)}:${row}:${column}` : whole,
      ),
    )
}

function scratchName(snippet: Snippet): string {
  return `${snippet.page.replaceAll(/[^\w.-]/g, '-')}-${snippet.line}.ts`
}

function parseProblems(snippet: Snippet): string[] {
  if (snippet.language === 'yaml') {
    return parseAllDocuments(snippet.code)
      .flatMap((document) => document.errors)
      .map((error) => `${place(snippet)}: is not valid YAML: ${error.message}`)
  }
  try {
    JSON.parse(snippet.code)
    return []
  } catch (error) {
    return [`${place(snippet)}: is not valid JSON: ${error instanceof Error ? error.message : error}`]
  }
}

async function execute(snippet: Snippet, scratch: string, sidecar: RunningSidecar): Promise<string | undefined> {
  const code = snippet.code
    .replaceAll(/\b(?:localhost|127\.0\.0\.1):3500\b/g, new URL(sidecar.http).host)
    .replaceAll(/\b(?:localhost|127\.0\.0\.1):50001\b/g, sidecar.grpc)
    .replaceAll(/\b(?:localhost|127\.0\.0\.1):9090\b/g, new URL(sidecar.metrics).host)
  const env = { DAPR_HTTP_PORT: portOf(sidecar.http), DAPR_GRPC_PORT: portOf(`http://${sidecar.grpc}`) }
  const options = { env, timeoutMs: runLimitMs }
  let result: { exitCode: number; output: string }
  if (snippet.language.startsWith('t')) {
    const file = join(scratch, scratchName(snippet))
    writeFileSync(file, code)
    result = await runCommand(process.execPath, [file], options)
  } else {
    result = await runCommand('bash', ['-euo', 'pipefail', '-c', code], options)
  }
  if (result.exitCode === 0) return undefined
  return `${place(snippet)}: ended with exit code ${result.exitCode}: ${result.output.trim()}`
}

function missingProgram(code: string): string | undefined {
  const needed = optionalPrograms.filter((name) =>
    new RegExp(`(?:^|[|;&(]|\\bthen|\\bdo)\\s*${name}\\s`, 'm').test(code),
  )
  return needed.find((name) => findProgram([name]) === undefined)
}

function place(snippet: Snippet): string {
  return `${snippet.page}:${snippet.line}`
}

function portOf(url: string): string {
  return new URL(url).port
}

async function startSidecar(): Promise<RunningSidecar> {
  // Imported when it is needed: pages that run nothing can be checked while the sidecar is being worked on.
  const { createSidecar } = await import('@dapr-chat/sidecar')
  const sidecar = await createSidecar({
    httpPort: 0,
    grpcPort: 0,
    metricsPort: 0,
    resourcesPaths: [join(repositoryRoot, 'components')],
    logLevel: 'error',
  })
  return { ...(await sidecar.listen()), close: () => sidecar.close() }
}

if (import.meta.main) {
  const pages = repositoryFiles([
    'README.md',
    'CONTRIBUTING.md',
    '{packages,examples}/**/README.md',
    'docs/**/*.md',
  ]).filter((page) => !page.startsWith(`${apiFolder}/`))
  const snippets = pages.flatMap((page) => snippetsOf(page, readFileSync(join(repositoryRoot, page), 'utf8')))
  const { compiled, run, parsed, skipped, problems } = await checkSnippets(snippets, startSidecar)
  for (const line of skipped) console.log(line)
  for (const problem of problems) console.error(problem)
  console.log(`snippets: ${compiled} compiled, ${run} run, ${parsed} parsed`)
  process.exitCode = problems.length === 0 ? 0 : 1
}
