/** What `serve` prints once it is ready: where it is, what it has, and what to try next. Pure: text from data. */
import type { SidecarAddresses, SidecarComponent } from '@dapr-chat/sidecar'
import { builtInComponents, OWN_FOLDER } from '../built-in-components.ts'
import { COMMAND } from '../command-name.ts'
import type { LoadedEnvironment } from '../environment.ts'
import type { Style } from '../terminal/style.ts'

/** Everything the banner tells. */
export interface BannerFacts {
  readonly version: string
  readonly addresses: SidecarAddresses
  readonly components: readonly Pick<SidecarComponent, 'name' | 'type' | 'state'>[]
  /** The folders that the components came from. */
  readonly folders: readonly string[]
  readonly environment: Pick<LoadedEnvironment, 'loaded' | 'overridden'>
  /** From the command's start until every port answered, in milliseconds. */
  readonly readyAfterMs: number
  readonly style: Style
}

/** The banner, with a line break at its end. */
export function banner(facts: BannerFacts): string {
  const { style, addresses } = facts
  return [
    '',
    `  ${style.bold(`dapr-chat ${facts.version}`)} ${style.dim(`is ready after ${Math.round(facts.readyAfterMs)} ms`)}`,
    '',
    `  ${style.bold('HTTP')}     ${addresses.http}     ${style.dim('OpenAI-compatible at /v1')}`,
    `  ${style.bold('gRPC')}     ${addresses.grpc}`,
    `  ${style.bold('Console')}  ${addresses.console || (isOnSocket(addresses) ? 'none: browsers open no sockets' : 'off')}`,
    `  ${style.bold('Metrics')}  ${addresses.metrics === '' ? 'off' : `${addresses.metrics}/metrics`}`,
    '',
    `  ${style.bold('Components')}${style.dim(origin(facts.folders))}`,
    ...componentLines(facts),
    ...environmentLines(facts),
    '',
    ...nextLines(facts),
    '',
    `  ${style.dim('Ctrl-C stops the sidecar.')}`,
    '',
    '',
  ].join('\n')
}

function origin(folders: readonly string[]): string {
  if (!folders.includes(builtInComponents)) return ` from ${folders.join(', ')}`
  return ` that come with the command: there is no ${OWN_FOLDER}`
}

function isOnSocket({ http }: SidecarAddresses): boolean {
  return http.startsWith('unix:')
}

function componentLines({ components, style }: BannerFacts): string[] {
  if (components.length === 0) {
    return ['    none: the folder holds no component for conversations that could be loaded']
  }
  const width = Math.max(...components.map(({ name }) => name.length))
  const typeWidth = Math.max(...components.map(({ type }) => type.length))
  return components.map(({ name, type, state }) => {
    // The sidecar's log has said why, with the file and the line.
    const shown = state === 'ready' ? style.good(state) : `${style.warning(state)}, see above`
    return `    ${name.padEnd(width)}  ${style.dim(type.padEnd(typeWidth))}  ${shown}`
  })
}

function environmentLines({ environment: { loaded, overridden } }: BannerFacts): string[] {
  if (loaded === undefined) return []
  const left = overridden === 0 ? '' : `; ${overridden} more had been set before`
  return ['', `  Loaded ${loaded} ${loaded === 1 ? 'variable' : 'variables'} from .env${left}`]
}

/** Commands that work as they stand: the port is named where it is not the one that is tried first. */
function nextLines({ components, addresses, style }: BannerFacts): string[] {
  // A secret store is a component too, and nobody talks to it.
  const ready = components.filter(
    ({ state, type }) => state === 'ready' && type.toLowerCase().startsWith('conversation.'),
  )
  // A component with a model behind it shows more than echo does.
  const target = ready.find(({ type }) => type !== 'conversation.echo') ?? ready[0]
  if (target === undefined) return []
  const route = `/v1.0-alpha2/conversation/${encodeURIComponent(target.name)}/converse`
  const body = `{"inputs":[{"messages":[{"ofUser":{"content":[{"text":"Tell me a story"}]}}]}]}`
  const title = `  ${style.bold('Try it, in another terminal')}`
  const { protocol, port } = new URL(addresses.http)
  // `ask` speaks to ports only.
  if (isOnSocket(addresses)) {
    return [
      title,
      `    curl --unix-socket '${addresses.http.slice(protocol.length)}' http://localhost${route} -d '${body}'`,
    ]
  }
  const variable = port === '3500' ? '' : `DAPR_HTTP_PORT=${port} `
  const choice = ready.length === 1 ? '' : ` -m ${target.name}`
  return [
    title,
    `    ${variable}${COMMAND} ask${choice} "Tell me a story"`,
    `    curl ${addresses.http}${route} -d '${body}'`,
  ]
}
