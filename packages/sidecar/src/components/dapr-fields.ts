/**
 * Which metadata the conversation components of daprd read, and what of a component file is therefore lost or read
 * otherwise by one. `config check --against dapr` asks.
 */
import { findProvider } from '../providers/registry.ts'
import { DocumentError, YamlDocument } from './document.ts'
import { type ComponentManifest, splitDocuments } from './manifest.ts'
import { aliasWarning, isOwnAlias } from './resolve.ts'

/** One thing that a daprd does not take as this sidecar does. */
export interface DaprDifference {
  /** `differs`: it reads something else. `ignored`: it goes on without. */
  readonly kind: 'differs' | 'ignored'
  /** One sentence with file and line. */
  readonly message: string
  /** What to write instead. */
  readonly fix: string
}

const vendor = ['key', 'model', 'responseCacheTTL', 'cacheTTL']

/** As the components of daprd 1.18 declare them. */
const fields: Readonly<Record<string, readonly string[]>> = {
  'conversation.echo': [],
  'conversation.openai': [...vendor, 'endpoint', 'apiType', 'apiVersion'],
  'conversation.anthropic': [...vendor, 'endpoint'],
  'conversation.googleai': vendor,
  'conversation.mistral': vendor,
  'conversation.deepseek': ['key', 'model', 'endpoint', 'maxTokens'],
  'conversation.huggingface': [...vendor, 'endpoint'],
  'conversation.ollama': [...vendor, 'endpoint'],
  'conversation.aws.bedrock': [
    'region',
    'model',
    'endpoint',
    'accessKey',
    'secretKey',
    'sessionToken',
    'assumeRoleArn',
    'trustAnchorArn',
    'trustProfileArn',
    'responseCacheTTL',
    'cacheTTL',
  ],
}

/** The metadata of a type that daprd reads; `undefined` for a type that it does not have. */
export function daprFields(type: string): readonly string[] | undefined {
  return fields[type.toLowerCase()]
}

/** The metadata of a component that daprd passes over, because only this sidecar has it. */
export function ignoredByDapr(manifest: ComponentManifest): DaprDifference[] {
  const known = daprFields(manifest.type)?.map((name) => name.toLowerCase())
  const settings = findProvider(manifest.type)?.settings
  if (known === undefined || settings === undefined) return []
  return manifest.metadata.flatMap((entry): DaprDifference[] => {
    const given = entry.name.toLowerCase()
    const setting = Object.entries(settings).find(([name, { aliases = [] }]) =>
      [name, ...aliases].some((candidate) => candidate.toLowerCase() === given),
    )
    // A name that this sidecar does not know either is reported without daprd.
    if (setting === undefined || known.includes(given)) return []
    const [name] = setting
    if (isOwnAlias(given) && known.includes(name.toLowerCase())) {
      return [{ kind: 'differs', message: aliasWarning(manifest, entry, name), fix: `write "${name}"` }]
    }
    const message = `${manifest.name}: metadata "${entry.name}" has no effect in daprd: it is this sidecar's own (${manifest.file}:${entry.line})`
    return [{ kind: 'ignored', message, fix: 'expect the behaviour without it there' }]
  })
}

/** The values of components in a file that daprd reads letter by letter, where this sidecar fills in variables. */
export function variablesIn(text: string, file: string): DaprDifference[] {
  return splitDocuments(text).flatMap(({ source, line }) => {
    try {
      const document = new YamlDocument(source, line)
      if (document.at('kind') !== 'Component') return []
      return Array.from({ length: document.count('spec', 'metadata') }, (_, i) => i).flatMap((index) =>
        variablesOf(document, index, file),
      )
    } catch (error) {
      // Reported by the loader.
      if (error instanceof DocumentError) return []
      throw error
    }
  })
}

function variablesOf(document: YamlDocument, index: number, file: string): DaprDifference[] {
  const path = ['spec', 'metadata', index] as const
  const texts = document.textsIn(...path, 'value').map(({ text }) => text)
  const form = texts.map((text) => /\$\{[^}]*\}?/.exec(text)?.[0]).find((found) => found !== undefined)
  if (form === undefined) return []
  const [, variable] = /^\$\{([A-Za-z_]\w*)/.exec(form) ?? []
  const name = document.at('metadata', 'name')
  const message = `${name}: metadata "${document.at(...path, 'name')}" must be written without ${form}, which daprd takes as it stands (${file}:${document.line(...path, 'value')})`
  const fix =
    variable === undefined
      ? 'write the value itself'
      : `write "envRef: ${variable}" in the place of "value", or use a secret store`
  return [{ kind: 'differs', message, fix }]
}
