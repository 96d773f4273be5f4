/** What `doctor` looks at, one function for each. Keys and addresses of proxies are told by name, never by value. */

import { constants, existsSync } from 'node:fs'
import { access } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { BUILT_PAGE, checkFolders, defaultSettings } from '@dapr-chat/sidecar'
import { OWN_FOLDER } from '../built-in-components.ts'
import { COMMAND } from '../command-name.ts'
import type { Environment } from '../environment.ts'
import { vendorVariables } from '../init/component-file.ts'
import { findDaprd } from '../running/daprd.ts'
import { isPortFree, portHolder } from '../serving/ports.ts'
import { sidecarAddress } from '../sidecar-access.ts'
import type { Check } from './check.ts'
import { otlpChecks } from './otlp.ts'

/** How long a sidecar may take to answer, in milliseconds. */
const ANSWER_MS = 1_000

/**
 * All checks, in the order of the report.
 * @param begin is told what is looked at next, where that may take a while.
 */
export async function checkMachine(environment: Environment, begin: (what: string) => void): Promise<readonly Check[]> {
  begin('looking for a sidecar')
  const sidecar = await sidecarCheck(environment)
  begin('looking up components and their secrets')
  const components = await componentChecks(environment)
  begin('looking for collectors')
  const collectors = await otlpChecks(environment)
  begin('looking at ports and programs')
  return [
    // An older Node than needed says so before any command begins.
    { check: 'node', state: 'ok', result: process.versions.node },
    ...(await portChecks(sidecar.state === 'ok')),
    sidecar,
    ...components,
    keysCheck(environment),
    await programCheck('daprd', () => findDaprd(environment)),
    await programCheck('dapr', () => findOnPath('dapr', environment)),
    consoleCheck(),
    ...collectors,
    proxyCheck(environment),
  ]
}

/** Whoever has a sidecar running has its ports taken, and that is well. */
async function portChecks(isRunning: boolean): Promise<Check[]> {
  const ports = [
    [defaultSettings.httpPort, '--dapr-http-port'],
    [defaultSettings.grpcPort, '--dapr-grpc-port'],
    [defaultSettings.metricsPort, '--metrics-port'],
  ] as const
  return Promise.all(ports.map(([port, flag]) => portCheck(port, flag, isRunning)))
}

/** Looks at one port of this machine. */
export async function portCheck(port: number, flag: string, isRunning: boolean): Promise<Check> {
  const check = `port ${port}`
  if (await isPortFree(port, '127.0.0.1')) return { check, state: 'ok', result: 'free' }
  const holder = await portHolder(port)
  const result = `taken by ${holder === undefined ? 'another process' : `${holder.name} (pid ${holder.pid})`}`
  if (isRunning) return { check, state: 'note', result }
  return { check, state: 'failed', result, todo: `stop it, or choose another port with ${flag}` }
}

async function sidecarCheck(environment: Environment): Promise<Check> {
  const check = 'sidecar'
  const { http, setBy } = sidecarAddress(environment)
  const token = environment.DAPR_API_TOKEN
  try {
    const signal = AbortSignal.timeout(ANSWER_MS)
    const headers = token ? { 'dapr-api-token': token } : {}
    const health = await fetch(`${http}/v1.0/healthz/outbound`, { signal })
    await health.body?.cancel()
    if (!health.ok) {
      const todo = 'wait until it is ready, or look at its log'
      return { check, state: 'failed', result: `${http} answers that it is not ready (${health.status})`, todo }
    }
    const metadata = await fetch(`${http}/v1.0/metadata`, { headers, signal })
    if (!metadata.ok) {
      const todo = 'set DAPR_API_TOKEN to the token that the sidecar was started with'
      return { check, state: 'failed', result: `${http} refuses its metadata (${metadata.status})`, todo }
    }
    return { check, state: 'ok', result: `healthy at ${http}, ${versionIn(await metadata.json())}` }
  } catch {
    if (setBy === undefined) return { check, state: 'note', result: `none at ${http}`, todo: `${COMMAND} serve` }
    const todo = `start a sidecar there, or unset ${setBy}`
    return { check, state: 'failed', result: `none at ${http}, where ${setBy} points`, todo }
  }
}

function versionIn(metadata: unknown): string {
  const { runtimeVersion, extended } = metadata as { runtimeVersion?: unknown; extended?: Record<string, unknown> }
  const own = extended?.daprChatVersion
  return own === undefined ? `daprd ${String(runtimeVersion)}` : `dapr-chat ${String(own)}`
}

/** What they come to, and then each thing that was found: a secret that is not in its store, for one. */
async function componentChecks(environment: Environment): Promise<readonly Check[]> {
  const check = 'components'
  if (!existsSync(OWN_FOLDER)) {
    return [{ check, state: 'note', result: `there is no ${OWN_FOLDER}`, todo: `${COMMAND} init openai` }]
  }
  const { components, findings } = await checkFolders({
    folders: [OWN_FOLDER],
    appId: defaultSettings.appId,
    environment,
  })
  const found = findings.flatMap(({ severity, message, fix }): Check[] => {
    if (severity === 'note') return []
    const state = severity === 'error' ? 'failed' : 'warning'
    return [{ check, state, result: message, ...(fix !== undefined && { todo: fix }) }]
  })
  const errors = found.filter(({ state }) => state === 'failed').length
  const warnings = found.length - errors
  const ready = components.filter(({ state }) => state === 'ready').map(({ name }) => name)
  const result = `${OWN_FOLDER}: ${ready.join(', ') || 'none'} ready; errors: ${errors}, warnings: ${warnings}`
  if (found.length === 0) return [{ check, state: 'ok', result }]
  const todo = `${COMMAND} config check ${OWN_FOLDER}`
  return [{ check, state: errors > 0 ? 'failed' : 'warning', result, todo }, ...found]
}

function keysCheck(environment: Environment): Check {
  const names = Object.values(vendorVariables).flatMap((variables) => Object.values(variables))
  const set = names.filter((name) => environment[name])
  const missing = names.filter((name) => !environment[name])
  if (set.length === 0) {
    return {
      check: 'keys',
      state: 'note',
      result: 'none set',
      todo: 'set one in the shell or in .env, such as OPENAI_API_KEY',
    }
  }
  return { check: 'keys', state: 'ok', result: `set: ${set.join(', ')}; not set: ${missing.join(', ') || 'none'}` }
}

/** Neither of Dapr's programs is needed. */
async function programCheck(check: string, find: () => Promise<string>): Promise<Check> {
  try {
    return { check, state: 'ok', result: await find() }
  } catch {
    return { check, state: 'note', result: 'not found; only needed beside a real Dapr' }
  }
}

async function findOnPath(program: string, { PATH = '' }: Environment): Promise<string> {
  const name = process.platform === 'win32' ? `${program}.exe` : program
  const places = PATH.split(delimiter).filter((folder) => folder !== '')
  return Promise.any(
    places.map(async (folder) => {
      await access(join(folder, name), constants.X_OK)
      return join(folder, name)
    }),
  )
}

function consoleCheck(): Check {
  const check = 'console'
  if (existsSync(join(BUILT_PAGE, 'index.html'))) return { check, state: 'ok', result: 'built' }
  const todo = 'npm start, which builds it before it starts the sidecar; npm run build:console builds it alone'
  return { check, state: 'warning', result: 'not built, so that /console shows nothing', todo }
}

function proxyCheck(environment: Environment): Check {
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'].flatMap((name) => [name, name.toLowerCase()])
  const set = names.filter((name) => environment[name])
  if (set.length === 0) return { check: 'proxy', state: 'ok', result: 'no variables set' }
  return { check: 'proxy', state: 'note', result: `set: ${set.join(', ')}; the sidecar reaches providers directly` }
}
