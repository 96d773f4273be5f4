/**
 * The tools that know what Helm, Kubernetes, Compose and Dapr accept. They come as Go modules and are built into a folder of
 * their own, which stays for the next run; `run.ts` asks for them.
 */
import { mkdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram, isProgram } from '../../tools/find-program.ts'
import { repositoryRoot } from '../../tools/repository.ts'
import { runCommand } from '../../tools/run-command.ts'

/** Where what is built stays. */
export const cacheFolder = join(repositoryRoot, 'node_modules/.cache/deploy-tools')

/** How long one tool may take to be fetched and built, in milliseconds. */
const BUILD_LIMIT_MS = 900_000

/** The version of Kubernetes whose schemas are taken: the oldest in which native sidecars need no switch, and a later one. */
export const kubernetesVersions = ['1.29', '1.30'] as const

/** The version whose resources and annotations the manifests use. */
const dapr = 'github.com/dapr/dapr@v1.18.2'

/** The programs by the name that they get, and where each comes from. */
const programs = {
  helm: 'helm.sh/helm/v3/cmd/helm@v3.17.4',
  'kubectl-validate': 'sigs.k8s.io/kubectl-validate@v0.0.4',
  'compose-spec': 'github.com/compose-spec/compose-go/v2/cmd@v2.16.2',
} as const

/** The name of one of them. */
export type GoProgram = keyof typeof programs

const go = () => findProgram(['go'], process.env, ['/usr/local/go/bin'])

/** Whether there is a Go to build them with. */
export function hasGo(): boolean {
  return go() !== undefined
}

/**
 * The path of a program, which is built where it is not there yet.
 * @throws Error with the output of the build.
 */
export async function goProgram(name: GoProgram): Promise<string> {
  const path = join(cacheFolder, `${name}-${programs[name].split('@')[1]}`)
  if (isProgram(path)) return path
  mkdirSync(cacheFolder, { recursive: true })
  await runGo(['install', programs[name]])
  renameSync(join(cacheFolder, name === 'compose-spec' ? 'cmd' : name), path)
  return path
}

/** What Dapr's own source says. */
export interface DaprSource {
  /** The folder with the definitions of its resources for Kubernetes. */
  readonly definitions: string
  /** The names of the annotations that its injector reads. */
  readonly annotations: ReadonlySet<string>
}

/** Fetches Dapr's source, which is a Go module. */
export async function daprSource(): Promise<DaprSource> {
  const { Dir: folder }: { Dir: string } = JSON.parse(await runGo(['mod', 'download', '-json', dapr]))
  const names = readFileSync(join(folder, 'pkg/injector/annotations/annotations.go'), 'utf8').matchAll(
    /"(dapr\.io\/[\w-]+)"/g,
  )
  return {
    definitions: join(folder, 'charts/dapr/crds'),
    annotations: new Set(Array.from(names, ([, name = '']) => name)),
  }
}

async function runGo(args: readonly string[]): Promise<string> {
  const program = go()
  if (program === undefined) throw new Error('Cannot build the tools: Go must be on the path')
  // Outside of any module, so that none is changed.
  const options = { cwd: cacheFolder, env: { GOBIN: cacheFolder, GOFLAGS: '-mod=mod' }, timeoutMs: BUILD_LIMIT_MS }
  mkdirSync(cacheFolder, { recursive: true })
  const { exitCode, stdout, output } = await runCommand(program, args, options)
  if (exitCode !== 0) throw new Error(`Cannot build the tools: go ${args.join(' ')} must succeed:\n${output}`)
  return stdout
}
