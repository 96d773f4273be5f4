/**
 * The text of one component file, read: its component manifests, and the documents that cannot be used. Nothing here
 * throws for what stands in a file, because one bad document must not take its neighbours down (as in daprd).
 */
import { DocumentError, YamlDocument } from './document.ts'
import { type MetadataEntry, readEntry } from './entry.ts'
import { nearest } from './nearest.ts'
import { unknownFields } from './unknown-fields.ts'
import { parseDuration, type ValueScope } from './value.ts'

/** One component as its file declares it, its values filled in. */
export interface ComponentManifest {
  /** The `{name}` in the routes. */
  readonly name: string
  /** `metadata.namespace`; empty where none is given. */
  readonly namespace: string
  /** `spec.type` as written. */
  readonly type: string
  /** `spec.version` as written; empty, `v0` and `v1` all mean `v1`. */
  readonly version: string
  /** Whether the sidecar starts without this component where it fails. */
  readonly ignoreErrors: boolean
  /** How long asking for the component's secrets may take, or opening it where it is a secret store, in milliseconds. */
  readonly initTimeoutMs: number
  /** The app ids that may load it; empty means all. */
  readonly scopes: readonly string[]
  readonly metadata: readonly MetadataEntry[]
  /** The secret store that a value of this component waits for. */
  readonly secretStore?: string
  /** What to say about values when the component is loaded. */
  readonly warnings: readonly string[]
  /** The text of the document: as long as it stays the same, so does the component. */
  readonly source: string
  /** The path of the file, as messages show it. */
  readonly file: string
  /** The line of the component's name, counted from 1. */
  readonly line: number
  /** The line of its type. */
  readonly typeLine: number
}

/** A document that cannot be used. */
export interface ManifestProblem {
  readonly file: string
  /** Counted from 1. */
  readonly line: number
  /** One sentence with file, line and what must hold. */
  readonly message: string
}

/** What one file holds. */
export interface ManifestFile {
  readonly manifests: readonly ComponentManifest[]
  readonly problems: readonly ManifestProblem[]
  /** One sentence for each document of a kind that means nothing here. */
  readonly skipped: readonly string[]
}

const API_VERSION = 'dapr.io/v1alpha1'
const KIND = 'Component'
/** The kinds that somebody else in the sidecar reads. */
const READ_ELSEWHERE: ReadonlySet<unknown> = new Set(['Resiliency', 'Configuration'])
const DEFAULT_INIT_TIMEOUT_MS = 5_000

/**
 * Reads all documents of a file. Those of other kinds are passed over, in silence where somebody else reads them.
 * @param file the path to show in messages.
 */
export function parseManifests(text: string, file: string, scope: ValueScope): ManifestFile {
  const manifests: ComponentManifest[] = []
  const problems: ManifestProblem[] = []
  const skipped: string[] = []
  for (const { source, content, line } of splitDocuments(text)) {
    let name = ''
    try {
      const document = new YamlDocument(source, line)
      if (!isComponent(document)) {
        const reason = strangeKind(document)
        if (reason !== undefined) skipped.push(`${reason} (${file}:${document.line('kind')})`)
        continue
      }
      name = document.text('metadata', 'name')
      manifests.push({ ...readComponent(document, file, scope), source: content })
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error
      problems.push(problemOf(error, file, name))
    }
  }
  return { manifests, problems, skipped }
}

/** What is wrong with a document, or with a whole file, in one sentence. */
export function problemOf(error: DocumentError, file: string, name = ''): ManifestProblem {
  const subject = name === '' ? 'a component' : `component ${JSON.stringify(name)}`
  return { file, line: error.line, message: `Cannot load ${subject} from ${file}:${error.line}: ${error.message}` }
}

/** One document of a file. */
export interface DocumentSource {
  /** With the line that opens it. */
  readonly source: string
  /** Without that line and empty ones around: the same wherever the document stands. */
  readonly content: string
  /** The line of the file on which `source` begins. */
  readonly line: number
}

/** Cuts before every line that opens a document, as daprd does, so that each one is parsed by itself. */
export function splitDocuments(text: string): DocumentSource[] {
  let line = 1
  return text.split(/^(?=---(?:\s|$))/m).map((source) => {
    const part = { source, content: source.replace(/^---\s/, '').trim(), line }
    line += source.split('\n').length - 1
    return part
  })
}

/** @throws DocumentError where a document means to be a component and does not quite say so. */
function isComponent(document: YamlDocument): boolean {
  const root = document.at() ?? undefined
  if (root === undefined) return false
  if (typeof root !== 'object' || Array.isArray(root))
    throw new DocumentError(document.line(), 'the document must be a mapping')
  const kind = document.at('kind')
  const apiVersion = document.at('apiVersion') ?? ''
  if (kind === KIND && apiVersion === API_VERSION) return true
  // Other systems have kinds of this name too.
  if (apiVersion !== '' && !String(apiVersion).startsWith('dapr.io/')) return false
  if (kind === KIND) throw document.error(['apiVersion'], `must be "${API_VERSION}"`)
  const misspelt = typeof kind === 'string' && nearest(kind, [KIND]) !== undefined
  if (misspelt || (apiVersion !== '' && !kind)) throw document.error(['kind'], `must be "${KIND}"`)
  return false
}

/** Why a document that is no component means nothing here; `undefined` where it is empty or read elsewhere. */
function strangeKind(document: YamlDocument): string | undefined {
  const kind = document.at('kind') ?? ''
  if ((document.at() ?? undefined) === undefined || READ_ELSEWHERE.has(kind)) return undefined
  if (typeof kind !== 'string' || kind === '') return 'a document skipped: it has no kind'
  const name = document.at('metadata', 'name')
  const subject = typeof name === 'string' ? `${kind} ${JSON.stringify(name)}` : kind
  const apiVersion = document.at('apiVersion')
  const of = typeof apiVersion === 'string' && apiVersion !== '' ? ` of ${apiVersion}` : ''
  return `${subject} skipped: resources of this kind${of} mean nothing to this sidecar`
}

function readComponent(document: YamlDocument, file: string, scope: ValueScope): Omit<ComponentManifest, 'source'> {
  const name = document.text('metadata', 'name')
  if (name === '') throw document.error(['metadata', 'name'], 'must be set')
  if (name === '.' || name === '..' || /[/%]/.test(name)) {
    throw document.error(['metadata', 'name'], 'must be a name without "/" and "%", and not "." or ".."')
  }
  const type = document.text('spec', 'type')
  if (type === '') throw document.error(['spec', 'type'], 'must be set')
  const entries = Array.from({ length: document.count('spec', 'metadata') }, (_, i) => readEntry(document, i, scope))
  const storeName = document.text('auth', 'secretStore')
  const warnings = unknownFields(document).map(({ message, line }) => `${name}: ${message} (${file}:${line})`)
  for (const { entry, warning } of entries) {
    if (warning) warnings.push(`${name}: ${warning} (${file}:${entry.line})`)
    if (entry.secretKeyRef && storeName === '' && entry.value === '') {
      warnings.push(
        `${name}: secretKeyRef of metadata "${entry.name}" must come with auth.secretStore: current value is empty; the value stays empty (${file}:${entry.line})`,
      )
    }
  }
  return {
    name,
    namespace: document.text('metadata', 'namespace'),
    type,
    version: document.text('spec', 'version'),
    ignoreErrors: document.flag('spec', 'ignoreErrors'),
    initTimeoutMs: initTimeoutOf(document.text('spec', 'initTimeout')),
    scopes: Array.from({ length: document.count('scopes') }, (_, i) => document.text('scopes', i)),
    metadata: entries.map(({ entry }) => entry),
    ...(storeName !== '' && entries.some(({ entry }) => entry.secretKeyRef) && { secretStore: storeName }),
    warnings,
    file,
    line: document.line('metadata', 'name'),
    typeLine: document.line('spec', 'type'),
  }
}

/** As in daprd, a text that is no duration of Go's means the default; so does a bare number, which is none there. */
function initTimeoutOf(text: string): number {
  const given = /^[+-]?\d+$/.test(text) ? undefined : parseDuration(text)
  return given !== undefined && given > 0 ? given : DEFAULT_INIT_TIMEOUT_MS
}

/** How daprd names a component in its messages: `NAME (TYPE/VERSION)`. */
export function logName(manifest: Pick<ComponentManifest, 'name' | 'type' | 'version'>): string {
  return `${manifest.name} (${manifest.type}/${manifest.version})`
}
