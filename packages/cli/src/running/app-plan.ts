/**
 * The file of several apps that `dapr run --run-file` takes, read into what to start: for each app the words of a `dapr-chat run`
 * of its own. The format and its rules of precedence are those of the Dapr CLI
 * (docs.dapr.io/developing-applications/local-development/multi-app-dapr-run/multi-app-template).
 */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { type Path, YamlDocument } from '@dapr-chat/sidecar'

/** One app to start. */
export interface AppPlan {
  readonly appId: string
  /** Where it works. */
  readonly folder: string
  /** The words of this command that start it and its sidecar. */
  readonly words: readonly string[]
  /** What is added to the environment. */
  readonly environment: Readonly<Record<string, string>>
}

/** What a file comes to. */
export interface RunFilePlan {
  readonly apps: readonly AppPlan[]
  /** Fields that mean nothing here, each once. */
  readonly passedOver: readonly string[]
}

/** The fields that are flags of ours; a port that is not named is any free one. */
const flags: Readonly<Record<string, string>> = {
  appPort: 'app-port',
  appProtocol: 'app-protocol',
  appChannelAddress: 'app-channel-address',
  appMaxConcurrency: 'app-max-concurrency',
  appSSL: 'app-ssl',
  daprHTTPPort: 'dapr-http-port',
  daprGRPCPort: 'dapr-grpc-port',
  metricsPort: 'metrics-port',
  logLevel: 'log-level',
  enableApiLogging: 'enable-api-logging',
  unixDomainSocket: 'unix-domain-socket',
}

const ports: readonly string[] = ['daprHTTPPort', 'daprGRPCPort', 'metricsPort']

/** These are read in ways of their own. */
const others: readonly string[] = [
  'appID',
  'appDirPath',
  'command',
  'env',
  'resourcesPath',
  'resourcesPaths',
  'configFilePath',
]

const known = new Set([...Object.keys(flags), ...others].map((name) => name.toLowerCase()))

/**
 * Reads it.
 * @param base the folder of the file, from which its paths go.
 * @throws DocumentError with the line of what is wrong.
 */
export function readRunFile(text: string, base: string): RunFilePlan {
  const document = new YamlDocument(text, 1)
  if (document.at('version') !== 1n) throw document.error(['version'], 'must be 1')
  const count = document.count('apps')
  if (count === 0) throw document.error(['apps'], 'must name at least one app')
  const apps = Array.from({ length: count }, (_, index) => new AppReader(document, base, index).plan())
  for (const [index, { appId }] of apps.entries()) {
    if (apps.findIndex((app) => app.appId === appId) !== index) {
      throw document.error(['apps', index, 'appID'], 'must be another one than that of the apps before')
    }
  }
  const sections = [document.at('common'), ...apps.map((_, index) => document.at('apps', index))]
  const names = sections.flatMap((section) => Object.keys(section ?? {}))
  return { apps, passedOver: [...new Set(names)].filter((name) => !known.has(name.toLowerCase())) }
}

class AppReader {
  readonly #document: YamlDocument
  readonly #base: string
  readonly #app: Path

  constructor(document: YamlDocument, base: string, index: number) {
    this.#document = document
    this.#base = base
    this.#app = ['apps', index]
  }

  plan(): AppPlan {
    const path = this.#document.text(...this.#app, 'appDirPath')
    if (path === '') throw this.#document.error([...this.#app, 'appDirPath'], 'must be set')
    const folder = this.#existing(path, this.#base, [...this.#app, 'appDirPath'])
    const appId = this.#document.text(...this.#app, 'appID') || basename(folder)
    const command = this.#texts([...this.#app, 'command'])
    const words = [
      ...['--app-id', appId],
      ...Object.entries(flags).flatMap(([field, flag]) => {
        const value = this.#scalar(field) ?? (ports.includes(field) ? '0' : undefined)
        return value === undefined ? [] : [`--${flag}=${value}`]
      }),
      ...this.#resources(folder).flatMap((resources) => ['--resources-path', resources]),
      ...this.#configuration(folder).flatMap((file) => ['--config', file]),
    ]
    return {
      appId,
      folder,
      words: command.length === 0 ? ['serve', ...words] : ['run', ...words, '--', ...command],
      environment: { ...this.#variables(['common', 'env']), ...this.#variables([...this.#app, 'env']) },
    }
  }

  /** The app's own, then those that lie beside it, then everybody's. */
  #resources(folder: string): string[] {
    const own = this.#paths(this.#app, ['resourcesPaths', 'resourcesPath'], folder)
    if (own.length > 0) return own
    const beside = join(folder, '.dapr', 'resources')
    return existsSync(beside) ? [beside] : this.#paths(['common'], ['resourcesPaths', 'resourcesPath'], this.#base)
  }

  #configuration(folder: string): string[] {
    const own = this.#paths(this.#app, ['configFilePath'], folder)
    if (own.length > 0) return own
    const beside = join(folder, '.dapr', 'config.yaml')
    return existsSync(beside) ? [beside] : this.#paths(['common'], ['configFilePath'], this.#base)
  }

  #paths(section: Path, fields: readonly string[], from: string): string[] {
    return fields.flatMap((field) =>
      this.#texts([...section, field]).map((path) => this.#existing(path, from, [...section, field])),
    )
  }

  #existing(path: string, from: string, at: Path): string {
    const absolute = resolve(from, path.replace(/^~(?=$|[/\\])/, homedir()))
    if (existsSync(absolute)) return absolute
    throw this.#document.error(at, `must be there: there is no ${absolute}`)
  }

  /** What the app says, or else the common section. */
  #scalar(field: string): string | undefined {
    for (const path of [
      [...this.#app, field],
      ['common', field],
    ]) {
      const value = this.#document.at(...path)
      if (value === undefined || value === null) continue
      if (typeof value === 'object') throw this.#document.error(path, 'must be one value')
      return String(value)
    }
    return undefined
  }

  /** A list of texts; one text is a list of one. */
  #texts(path: Path): string[] {
    const value = this.#document.at(...path)
    if (typeof value === 'string') return value === '' ? [] : [value]
    const count = this.#document.count(...path)
    return Array.from({ length: count }, (_, index) => {
      const entry = this.#document.at(...path, index)
      if (typeof entry === 'object') throw this.#document.error([...path, index], 'must be text')
      return String(entry)
    })
  }

  #variables(path: Path): Record<string, string> {
    const value = this.#document.at(...path) ?? {}
    if (typeof value !== 'object' || Array.isArray(value)) throw this.#document.error(path, 'must name variables')
    return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text ?? '')]))
  }
}
