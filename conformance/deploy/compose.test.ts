import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { VERSION } from '@dapr-chat/sidecar'
import { startSidecar } from '@dapr-chat/sidecar/testing'
import { parse } from 'yaml'
import { repositoryRoot } from '../../tools/repository.ts'
import { runCommand } from '../../tools/run-command.ts'
import { imageName } from './manifests.ts'
import { readServe } from './serve-command.ts'

interface Service {
  readonly image: string
  readonly profiles?: readonly string[]
  readonly command?: readonly string[]
  readonly entrypoint?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly volumes?: readonly string[]
  readonly ports?: readonly string[]
  readonly stop_grace_period?: string
}

const folder = join(repositoryRoot, 'deploy/compose')
const read = (file: string) => parse(readFileSync(join(folder, file), 'utf8'))
const { services, volumes }: { services: Record<string, Service>; volumes: object } = read('compose.yaml')
const { sidecar, app, prometheus, grafana } = services
assert.ok(sidecar && app && prometheus && grafana)

test('the sidecar and the app run the image of this version, and the rest waits for its profile', () => {
  assert.deepEqual([sidecar.image, app.image], [`${imageName}:${VERSION}`, `${imageName}:${VERSION}`])
  const always = Object.keys(services).filter((name) => services[name]?.profiles === undefined)
  assert.deepEqual(always, ['sidecar', 'app'])
  assert.deepEqual([prometheus.profiles, grafana.profiles], [['observability'], ['observability']])
})

test('the flags of the sidecar exist, and its ports are those that are published and asked', () => {
  const { settings } = readServe(sidecar.command ?? [])
  assert.deepEqual(
    sidecar.ports,
    [settings.httpPort, settings.grpcPort].map((port) => `127.0.0.1:${port}:${port}`),
  )
  assert.equal(app.environment?.DAPR_HTTP_ENDPOINT, `http://sidecar:${settings.httpPort}`)
  const { scrape_configs: jobs } = read('prometheus.yaml')
  assert.deepEqual(jobs[0].static_configs[0].targets, [`sidecar:${settings.metricsPort}`])
  assert.equal(settings.metricsListenAddress, '0.0.0.0')
  assert.ok(sidecar.volumes?.includes(`./components:${settings.resourcesPaths.join()}:ro`))
  assert.ok(Number.parseInt(sidecar.stop_grace_period ?? '', 10) * 1000 > settings.gracefulShutdownMs + 2000)
})

test('every file that is mounted exists, and every volume is declared', () => {
  for (const source of Object.values(services).flatMap((service) =>
    (service.volumes ?? []).map((each) => each.split(':')[0] ?? ''),
  )) {
    if (source.startsWith('.')) assert.ok(existsSync(join(folder, source)), source)
    else assert.ok(Object.hasOwn(volumes, source), source)
  }
})

test('no port is open to other machines, and no key stands in the file', () => {
  for (const { ports = [], environment = {} } of Object.values(services)) {
    for (const port of ports) assert.match(port, /^127\.0\.0\.1:/)
    for (const [name, value] of Object.entries(environment)) {
      if (/KEY|TOKEN|PASSWORD/.test(name)) assert.match(value, new RegExp(`^\\$\\{${name}:[?-]`), name)
    }
  }
})

test('Grafana finds Prometheus, and the dashboard where its provider looks', () => {
  const { datasources } = read('grafana/datasource.yaml')
  assert.equal(datasources[0].url, 'http://prometheus:9090')
  const { providers } = read('grafana/dashboards.yaml')
  const path: string = providers[0].options.path
  assert.ok(grafana.volumes?.includes(`../../docs/grafana:${path}:ro`))
  assert.equal(grafana.environment?.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH, `${path}/dapr-chat.json`)
  assert.ok(existsSync(join(repositoryRoot, 'docs/grafana/dapr-chat.json')))
})

test('the app streams what the component of the Compose file answers, word by word', async () => {
  const components = join(folder, 'components')
  const files = readdirSync(components).map((file) => [file, readFileSync(join(components, file), 'utf8')])
  const apiToken = 'token-of-the-test'
  await using running = await startSidecar([], { apiToken, listenAddresses: ['0.0.0.0'] }, Object.fromEntries(files))
  const port = new URL(running.http).port
  await using program = startApp({ DAPR_HTTP_ENDPOINT: `http://127.0.0.1:${port}`, DAPR_API_TOKEN: apiToken })
  const words = Array.from({ length: 20 }, (_, index) => `word${index}`).join(' ')
  const response = await fetch(`${await program.address()}?question=${encodeURIComponent(words)}`)
  const pieces: string[] = []
  for await (const piece of response.body ?? []) pieces.push(new TextDecoder().decode(piece))
  assert.equal(pieces.join(''), `${words}\n`)
  assert.ok(pieces.length >= 3, `${pieces.length} pieces`)
})

test('an app without the token says so, and nothing else', async () => {
  await using running = await startSidecar(undefined, { apiToken: 'token-of-the-test' })
  await using program = startApp({ DAPR_HTTP_ENDPOINT: running.http })
  const response = await fetch(await program.address())
  assert.equal(response.status, 502)
  assert.match(await response.text(), /token/)
})

test('beyond loopback the sidecar does not start without DAPR_API_TOKEN, and says what to do', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'dapr-chat-compose-'))
  try {
    const program = join(repositoryRoot, 'packages/cli/bin/dapr-chat.js')
    const flags = [...(sidecar.command ?? []), '--dapr-http-port=0', '--dapr-grpc-port=0', '--metrics-port=0']
    const env = { DAPR_API_TOKEN: '' }
    const { exitCode, output } = await runCommand(process.execPath, [program, ...flags], {
      cwd,
      env,
      timeoutMs: 60_000,
    })
    assert.equal(exitCode, 2)
    assert.match(output, /Cannot listen on 0\.0\.0\.0: .* set DAPR_API_TOKEN/)
  } finally {
    rmSync(cwd, { recursive: true })
  }
})

/** The app's program, on a port of its own. */
function startApp(env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [join(folder, 'app.ts')], {
    env: { PATH: process.env.PATH ?? '', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const line = once(child.stdout.setEncoding('utf8'), 'data')
  return {
    address: async () => /http:\S+/.exec(String(await line))?.[0] ?? '',
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await once(child, 'close')
    },
  }
}
