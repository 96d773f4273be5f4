/**
 * `dapr-chat dev`, which is `npm run dapr:dev`: the development helper of dapr-agents. It reads `.env`, says which keys
 * there are, looks the components through, and runs a sidecar until somebody ends it.
 */
import { resolve } from 'node:path'
import type { SidecarSettings } from '@dapr-chat/sidecar'
import type { FlagValues } from '../arguments/flag.ts'
import { secondsValue } from '../arguments/value.ts'
import { builtInComponents } from '../built-in-components.ts'
import type { Environment } from '../environment.ts'
import { ExitError, exitCodes, signalExitCode } from '../exit-code.ts'
import { startDaprd } from '../running/daprd.ts'
import { type FilledFiles, writeFilledFiles } from '../running/filled-files.ts'
import { choosePorts } from '../running/free-ports.ts'
import { startOwnSidecar } from '../running/own-sidecar.ts'
import { PrefixedOutput } from '../running/prefixed-output.ts'
import { secretsIn } from '../running/secrets.ts'
import type { RunningSidecar } from '../running/sidecar.ts'
import { StopWish } from '../running/stop-wish.ts'
import { loopbackAddresses } from '../serving/addresses.ts'
import { refuseBusyPorts } from '../serving/busy-ports.ts'
import { serveSettings } from '../serving/settings.ts'
import { whileWaiting } from '../terminal/while-waiting.ts'
import { buildDaprd } from './build.ts'
import { type CheckedFolder, checkFolder } from './checked-folder.ts'
import { type ReadyFacts, startDetached, tellStarter } from './detach.ts'
import { devEnvironment, reportKeys } from './dev-environment.ts'
import type { devFlags } from './dev-flags.ts'
import { vendorKeys } from './keys.ts'

type Values = FlagValues<typeof devFlags>

/** Takes a line for whoever started the helper. */
type Say = (line: string) => void

const APP_ID = 'test-app'
const METRICS_PORT = '9091'
const PLACEMENT = 'localhost:50005'

/** What is to be started. */
interface Plan {
  readonly settings: SidecarSettings
  readonly folder: CheckedFolder
  /** The daprd to start; `undefined` for our own sidecar. */
  readonly daprd: string | undefined
  readonly limitMs: number
}

/**
 * Runs the helper.
 * @returns 0 after Ctrl-C, 128 and the signal's number after another one, and 1 for everything that is wrong with the
 * components or the sidecar.
 * @throws ExitError for flags that do not hold, and for ports that are taken.
 */
export async function dev(values: Values): Promise<number> {
  if (values.detach && !values['dry-run']) return detach(values)
  const say: Say = (line) => (values.json ? process.stderr : process.stdout).write(`${line}\n`)
  say('🧪 Dapr Development Helper')
  say('='.repeat(40))
  const environment = await devEnvironment(values, say)
  reportKeys(environment, say)
  const daprd = values.build ? await buildDaprd(say) : values.daprd
  const plan = await planOf(values, environment, daprd, say)
  if (plan === undefined) return exitCodes.failure
  if (values.placement && daprd === undefined) say('⚠️  Warning: --placement has no effect without a daprd')
  await refuseBusyPorts(plan.settings, { httpPort: '--port', grpcPort: '--grpc-port', metricsPort: '--metrics-port' })
  return values['dry-run'] ? dryRun(values, plan, say) : run(values, plan, say)
}

async function detach(values: Values): Promise<number> {
  const started = await whileWaiting('starting in the background', startDetached(values['app-id'] ?? APP_ID))
  if ('exitCode' in started) {
    process.stderr.write(started.output)
    return started.exitCode
  }
  const { facts, log } = started
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ ...facts, log })}\n`
      : `✅ Ready in ${facts.readyMs} ms at ${facts.http}\n   Output: ${log}\n   Stop it with: kill ${facts.pid}\n`,
  )
  return exitCodes.ok
}

async function planOf(
  values: Values,
  environment: Environment,
  daprd: string | undefined,
  say: Say,
): Promise<Plan | undefined> {
  const given = serveSettings(
    {
      'app-id': values['app-id'] ?? APP_ID,
      'metrics-port': values['metrics-port'] ?? METRICS_PORT,
      ...(values.port !== undefined && { 'dapr-http-port': values.port }),
      ...(values['grpc-port'] !== undefined && { 'dapr-grpc-port': values['grpc-port'] }),
      ...(values['log-level'] !== undefined && { 'log-level': values['log-level'] }),
    },
    environment,
    { folders: [resolve(values.components ?? builtInComponents)], addresses: loopbackAddresses() },
  )
  const limitMs = secondsValue('wait', values.wait ?? '60')
  const folder = await checked(values, given, say)
  if (folder === undefined) return undefined
  const config = values.config ?? folder.configuration
  // Only 0 is decided here: a standard port that is taken is refused, as the apps beside expect it.
  const { settings } = await choosePorts(given, new Set(['httpPort', 'grpcPort', 'metricsPort']))
  return { settings: { ...settings, configurationFiles: config ? [resolve(config)] : [] }, folder, daprd, limitMs }
}

/** @returns `undefined` where nothing can be started with the folder, which has been said then. */
async function checked(values: Values, settings: SidecarSettings, say: Say): Promise<CheckedFolder | undefined> {
  const [path = builtInComponents] = settings.resourcesPaths
  say(values.components === undefined ? '📝 No --components: there is echo' : `📁 Processing components in ${path}`)
  const folder = await checkFolder(path, settings, say).catch((error: Error) => {
    say(`❌ ${error.message}`)
    return undefined
  })
  if (folder !== undefined && values.components !== undefined) {
    say(`📊 ${folder.processed} processed, ${folder.skipped} skipped`)
  }
  if (folder === undefined || folder.processed === 0) {
    if (folder !== undefined) say('❌ No components were successfully processed!')
    say('❌ Failed to process components directory')
    return undefined
  }
  for (const { variable, file, line, component, entry } of folder.missing) {
    say(`⚠️  Warning: Environment variable ${variable} not found for ${file}:${line} (${entry} of ${component})`)
  }
  const needed = folder.missing.filter(({ required }) => required)
  if (needed.length === 0 || values['skip-missing']) return folder
  const list = needed.map(({ variable, component, entry }) => `${variable} (${entry} of ${component})`).join(', ')
  say(
    `❌ Cannot start: all variables that components cannot do without must be set: missing are ${list}; set them in .env, rename the file to .disabled, or give --skip-missing`,
  )
  return undefined
}

function dryRun(values: Values, plan: Plan, say: Say): number {
  const flags = daprdFlags(values, plan, '(a temporary folder)')
  announce(plan, flags, say)
  say('✅ Nothing was started, as --dry-run asks')
  if (values.json) {
    const { settings, folder, daprd } = plan
    const { files } = folder.filled
    const fact = {
      msg: 'plan',
      engine: daprd === undefined ? 'dapr-chat' : 'daprd',
      command: daprd === undefined ? null : [daprd, ...flags],
      ports: { http: settings.httpPort, grpc: settings.grpcPort, metrics: settings.metricsPort },
      keys: vendorKeys(settings.environment),
      components: files.flatMap(({ file, components }) => components.map((component) => ({ ...component, file }))),
      missing: folder.missing,
    }
    process.stdout.write(`${JSON.stringify(fact)}\n`)
  }
  return exitCodes.ok
}

async function run(values: Values, plan: Plan, say: Say): Promise<number> {
  using stop = new StopWish()
  let files: FilledFiles | undefined
  let outcome: number
  try {
    files = plan.daprd === undefined ? undefined : await writeFilledFiles([plan.folder.filled])
    const flags = daprdFlags(values, plan, files?.folders[0] ?? '')
    announce(plan, flags, say)
    outcome = await untilOver(values, plan, { flags, stop, say })
  } finally {
    await files?.[Symbol.asyncDispose]()
  }
  if (files !== undefined) say(`🧹 Cleaned up temporary directory: ${files.root}`)
  return outcome
}

async function untilOver(
  values: Values,
  plan: Plan,
  { flags, stop, say }: { readonly flags: readonly string[]; readonly stop: StopWish; readonly say: Say },
): Promise<number> {
  try {
    await using sidecar = await start(plan, flags, stop.signal)
    if (stop.given === undefined) sayReady(values, plan, sidecar, say)
    const { failure } = await Promise.race([sidecar.ended, stop.came.then(() => ({ failure: undefined }))])
    if (failure !== undefined) throw new ExitError(exitCodes.failure, failure)
    say(stop.given === undefined ? '🛑 The sidecar was asked to end' : '🛑 Stopping sidecar...')
  } catch (error) {
    if (!(error instanceof ExitError || stop.signal.aborted)) throw error
    if (!stop.signal.aborted) {
      say(`❌ Sidecar failed: ${(error as ExitError).message}`)
      return exitCodes.failure
    }
    say('🛑 Stopping sidecar...')
  }
  return stop.given === undefined || stop.given === 'SIGINT' ? exitCodes.ok : signalExitCode(stop.given)
}

async function start(plan: Plan, flags: readonly string[], signal: AbortSignal): Promise<RunningSidecar> {
  const { settings, folder, daprd, limitMs } = plan
  if (daprd === undefined) return startOwnSidecar(settings)
  const { environment, httpPort } = settings
  const log = new PrefixedOutput().writer(process.stderr, '')
  const secrets = secretsIn([folder.filled], environment)
  return startDaprd({ program: daprd, flags, httpPort, environment, limitMs, signal, log, secrets })
}

/** What the helper of dapr-agents gives daprd; a placement service is only for actors, which nobody needs here. */
function daprdFlags(values: Values, { settings }: Plan, folder: string): string[] {
  return [
    ...['--app-id', settings.appId],
    ...['--dapr-http-port', String(settings.httpPort)],
    ...['--dapr-grpc-port', String(settings.grpcPort)],
    ...['--log-level', settings.logLevel],
    '--enable-app-health-check=false',
    ...['--resources-path', folder],
    ...['--metrics-port', String(settings.metricsPort)],
    ...settings.configurationFiles.flatMap((file) => ['--config', file]),
    ...(values.placement ? ['--placement-host-address', PLACEMENT] : []),
  ]
}

function announce({ settings, daprd }: Plan, flags: readonly string[], say: Say): void {
  say('🚀 Starting Dapr sidecar...')
  say(`   Binary: ${daprd ?? 'none, dapr-chat runs in this process'}`)
  say(`   App ID: ${settings.appId}`)
  say(`   HTTP Port: ${settings.httpPort}`)
  say(`   gRPC Port: ${settings.grpcPort}`)
  say(`   Components: ${settings.resourcesPaths.join(', ')}`)
  // Keys are in the environment and in files, never in these words.
  say(`   Command: ${daprd === undefined ? servingCommand(settings) : [daprd, ...flags].map(asShellWord).join(' ')}`)
  say('📡 Sidecar output:')
  say('-'.repeat(50))
}

/** What starts the same sidecar without the helper. */
function servingCommand({ appId, httpPort, grpcPort, metricsPort, ...settings }: SidecarSettings): string {
  const words = [
    ...['dapr-chat', 'serve', '--app-id', appId, '--dapr-http-port', String(httpPort)],
    ...['--dapr-grpc-port', String(grpcPort), '--metrics-port', String(metricsPort)],
    ...['--log-level', settings.logLevel],
    ...settings.resourcesPaths.flatMap((folder) => ['--resources-path', folder]),
    ...settings.configurationFiles.flatMap((file) => ['--config', file]),
  ]
  return words.map(asShellWord).join(' ')
}

function asShellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}

function sayReady(values: Values, { settings }: Plan, { components }: RunningSidecar, say: Say): void {
  const facts: ReadyFacts = {
    msg: 'ready',
    pid: process.pid,
    http: `http://127.0.0.1:${settings.httpPort}`,
    grpc: `127.0.0.1:${settings.grpcPort}`,
    metrics: `http://127.0.0.1:${settings.metricsPort}`,
    readyMs: Math.round(process.uptime() * 1000),
    components: components.map(({ name, type }) => ({ name, type })),
  }
  say(`✅ Ready in ${facts.readyMs} ms`)
  for (const { name, type } of facts.components) say(`   - ${name} (${type})`)
  if (values.json) process.stdout.write(`${JSON.stringify(facts)}\n`)
  tellStarter(facts)
}
