/**
 * `dapr-chat run -- app`: a sidecar and an app together, as `dapr run` has it. The app starts when the sidecar is ready;
 * when one of the two ends, or somebody wants both to, the other one ends too.
 */
import { fillFolder, type SidecarSettings } from '@dapr-chat/sidecar'
import type { FlagValues } from '../arguments/flag.ts'
import { choiceValue } from '../arguments/value.ts'
import { standardFolder } from '../built-in-components.ts'
import { COMMAND } from '../command-name.ts'
import { loadEnvironment } from '../environment.ts'
import { ExitError, exitCodes, signalExitCode } from '../exit-code.ts'
import { appEnvironment } from '../running/app-environment.ts'
import { startChild } from '../running/child.ts'
import { type DaprdOptions, findDaprd, startDaprd } from '../running/daprd.ts'
import { daprdFlags, flagsOfOurOwn } from '../running/daprd-flags.ts'
import { type FilledFiles, writeFilledFiles } from '../running/filled-files.ts'
import { choosePorts } from '../running/free-ports.ts'
import { untilSilent } from '../running/last-words.ts'
import { startOwnSidecar } from '../running/own-sidecar.ts'
import { passOn, standardOutputs } from '../running/prefixed-output.ts'
import { secretsIn } from '../running/secrets.ts'
import type { RunningSidecar } from '../running/sidecar.ts'
import { StopWish } from '../running/stop-wish.ts'
import { loopbackAddresses } from '../serving/addresses.ts'
import { type PortName, refuseBusyPorts } from '../serving/busy-ports.ts'
import { serveSettings } from '../serving/settings.ts'
import type { runFlags } from './run-flags.ts'
import { ignoredFlags } from './serve-flags.ts'

type Values = FlagValues<typeof runFlags>

/** How long a daprd may take to be ready, in milliseconds. */
const READY_LIMIT_MS = 60_000

/** After how long it is said that the app has not ended yet, in milliseconds. */
const PATIENCE_MS = 1_000

/** Before the lines of this command's own. */
const NOTE_PREFIX = 'dapr-chat: '

const portFlags = { httpPort: 'dapr-http-port', grpcPort: 'dapr-grpc-port', metricsPort: 'metrics-port' } as const

/**
 * Runs both until one ends or a signal comes.
 * @param words the app's program and its words.
 * @returns the app's exit code; where a signal ended it, 128 and the signal's number.
 * @throws ExitError for settings that do not hold, ports that are taken, and a sidecar or an app that does not start.
 */
export async function run(values: Values, words: readonly string[]): Promise<number> {
  if (values['run-file'] !== undefined) {
    const { runFile } = await import('../running/run-file.ts')
    return runFile(values['run-file'], values, words)
  }
  const [program, ...rest] = refuseUnsupported(values, words)
  const environment = (await loadEnvironment(process.env, process.cwd())).variables
  const given = serveSettings(values, environment, {
    folders: [standardFolder()],
    addresses: loopbackAddresses(),
  })
  const { settings, moved } = await choosePorts(given, namedPorts(values))
  for (const { name, from, to } of moved) note(`port ${from} is taken: --${portFlags[name]} is ${to}`)
  await refuseBusyPorts(settings)

  using stop = new StopWish()
  const outputs = standardOutputs()
  const log = outputs.stderr.writer(process.stderr, '== DAPR == ')
  await using stack = new AsyncDisposableStack()
  let sidecar: RunningSidecar
  try {
    const engine = engineOf(values)
    reportUnused(values, engine)
    if (engine === 'daprd') note(`starting daprd, which may take ${READY_LIMIT_MS / 1000} seconds to be ready`)
    sidecar = stack.use(
      engine === 'daprd'
        ? await startDaprd({ ...(await daprdOptions(values, settings, stack)), signal: stop.signal, log })
        : await startOwnSidecar(settings, log),
    )
  } catch (error) {
    if (stop.given === undefined) throw error
    return signalExitCode(stop.given)
  }
  if (stop.given !== undefined) return signalExitCode(stop.given)
  note(readyLine(settings, sidecar))

  const app = stack.use(
    await startChild(program, rest, {
      environment: { ...process.env, ...appEnvironment(settings, appFacts(values)) },
      readsInput: true,
      title: 'the app',
    }),
  )
  const stdout = outputs.stdout.writer(process.stdout, '== APP == ')
  const stderr = outputs.stderr.writer(process.stderr, '== APP == ')
  const passedOn = Promise.all([passOn(app.stdout, stdout), passOn(app.stderr, stderr)])
  const { failure, signal } = await Promise.race([
    app.ended.then(() => ({ failure: undefined, signal: undefined })),
    sidecar.ended.then((end) => ({ failure: end.failure, signal: undefined })),
    stop.came.then((came) => ({ failure: undefined, signal: came })),
  ])
  const waiting = setTimeout(() => {
    outputs.stderr
      .writer(process.stderr, NOTE_PREFIX)
      .write('waiting for the app to end; a second Ctrl-C does not wait\n')
  }, PATIENCE_MS)
  const { exitCode } = await app.stop(signal ?? 'SIGTERM')
  clearTimeout(waiting)
  await untilSilent(passedOn, [app.stdout, app.stderr], [stdout, stderr])
  if (failure !== undefined)
    throw new ExitError(exitCodes.failure, `The sidecar failed, and the app was stopped: ${failure}`)
  if (exitCode !== exitCodes.ok && signal === undefined) {
    // The app may have left a line without an end.
    outputs.stderr.writer(process.stderr, NOTE_PREFIX).write(`the app ended with exit code ${exitCode}\n`)
  }
  return exitCode
}

/** @returns the words of the app. */
function refuseUnsupported(values: Values, [program = '', ...rest]: readonly string[]): [string, ...string[]] {
  const refuse = (message: string) => new ExitError(exitCodes.usage, message)
  if (values.kubernetes) throw refuse('Cannot use --kubernetes: apps are run on this machine only')
  if (program === '') {
    throw refuse(
      `Cannot run: the app's command must follow --, as in ${COMMAND} run -- node app.js: there is none; ${COMMAND} serve starts the sidecar alone`,
    )
  }
  return [program, ...rest]
}

function engineOf(values: Values): 'dapr-chat' | 'daprd' {
  const engine = values.engine === undefined ? undefined : choiceValue('engine', values.engine, ['dapr-chat', 'daprd'])
  if (engine === 'dapr-chat' && values.daprd !== undefined) {
    throw new ExitError(
      exitCodes.usage,
      'Cannot use --daprd: --engine must be daprd then: current value is "dapr-chat"',
    )
  }
  return engine ?? (values.daprd === undefined ? 'dapr-chat' : 'daprd')
}

function reportUnused(values: Values, engine: 'dapr-chat' | 'daprd'): void {
  const unused = engine === 'daprd' ? flagsOfOurOwn(values) : ignoredFlags(values)
  if (unused.length > 0) note(`ignored, as this sidecar has nothing that they concern: ${unused.join(' ')}`)
}

async function daprdOptions(
  values: Values,
  settings: SidecarSettings,
  stack: AsyncDisposableStack,
): Promise<Omit<DaprdOptions, 'signal' | 'log'>> {
  const { appId, environment, unixSocketFolder } = settings
  if (unixSocketFolder !== undefined) {
    throw new ExitError(
      exitCodes.usage,
      `Cannot use --unix-domain-socket: a daprd must listen on ports to be waited for: current value is "${unixSocketFolder}"`,
    )
  }
  const program = values.daprd ?? (await findDaprd(environment, values['runtime-path']))
  const filled = await Promise.all(
    settings.resourcesPaths.map((folder) => fillFolder(folder, { appId, environment })),
  ).catch((error: Error) => {
    throw new ExitError(exitCodes.usage, error.message, { cause: error })
  })
  for (const { variable, component, file, line } of filled.flatMap(({ files }) =>
    files.flatMap(({ missing }) => missing),
  )) {
    note(`${component}: ${variable} is not set, and the value stays empty (${file}:${line})`)
  }
  const files: FilledFiles = stack.use(await writeFilledFiles(filled))
  return {
    program,
    flags: daprdFlags(values, settings, files.folders),
    httpPort: settings.httpPort,
    environment,
    limitMs: READY_LIMIT_MS,
    secrets: secretsIn(filled, environment),
  }
}

function namedPorts(values: Values): ReadonlySet<PortName> {
  const names: readonly PortName[] = ['httpPort', 'grpcPort', 'metricsPort']
  return new Set(names.filter((name) => values[portFlags[name]] !== undefined))
}

function appFacts(values: Values) {
  return {
    protocol: values['app-protocol'] || 'http',
    channelAddress: values['app-channel-address'] || '127.0.0.1',
    ssl: values['app-ssl'] ?? false,
  }
}

function readyLine(settings: SidecarSettings, { components }: RunningSidecar): string {
  const { appId, httpPort, grpcPort, metricsPort, metricsEnabled, unixSocketFolder } = settings
  const places = [
    ...(unixSocketFolder === undefined
      ? [`HTTP on port ${httpPort}`, `gRPC on ${grpcPort}`]
      : [`sockets in ${unixSocketFolder}`]),
    ...(metricsEnabled ? [`metrics on ${unixSocketFolder === undefined ? '' : 'port '}${metricsPort}`] : []),
  ]
  const names = components.length === 0 ? 'none' : components.map(({ name, type }) => `${name} (${type})`).join(', ')
  return `the sidecar of "${appId}" is ready after ${Math.round(process.uptime() * 1000)} ms: ${places.join(', ')}; components: ${names}`
}

/** A line of this command's own, which is neither the app's nor the sidecar's. Said before the app starts. */
function note(text: string): void {
  process.stderr.write(`${NOTE_PREFIX}${text}\n`)
}
