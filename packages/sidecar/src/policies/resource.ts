/**
 * The text of one file, read for its Resiliency resources. Nothing here throws for what stands in a file: a policy that
 * cannot be used is left out with one problem, and everything around it stays.
 */
import { DocumentError, YamlDocument } from '../components/document.ts'
import { splitDocuments } from '../components/manifest.ts'
import { Fields } from './fields.ts'
import type { CircuitBreakerPolicy, RetryPolicy } from './policy.ts'
import { type ComponentTarget, type ReadPolicy, readCircuitBreaker, readRetry, readTarget } from './read-policy.ts'

/** One resource as its file declares it. */
export interface ResiliencyResource {
  readonly name: string
  /** The app ids that may load it; empty means all. */
  readonly scopes: readonly string[]
  /** Milliseconds by policy name. */
  readonly timeouts: ReadonlyMap<string, number>
  readonly retries: ReadonlyMap<string, RetryPolicy>
  readonly circuitBreakers: ReadonlyMap<string, CircuitBreakerPolicy>
  /** By component. */
  readonly targets: ReadonlyMap<string, ComponentTarget>
  /** What to say when the resource is loaded: one sentence for each policy and field that cannot be used. */
  readonly warnings: readonly string[]
  /** Whether all of its policies could be read. */
  readonly whole: boolean
  /** The text of the document. */
  readonly source: string
  /** The path of the file, as messages show it. */
  readonly file: string
  /** The line of the resource's name, counted from 1. */
  readonly line: number
}

/** What one file holds. */
export interface ResiliencyFile {
  readonly resources: readonly ResiliencyResource[]
  /** A sentence for each resource that cannot be used at all. */
  readonly problems: readonly string[]
  /** Whether all of its documents could be read, whatever they are. */
  readonly whole: boolean
}

const KIND = 'Resiliency'

/**
 * Reads all resources of a file; as in daprd only the kind decides whether a document is one. What is not YAML has no
 * kind, and is reported by the loader of components, which reads the same files.
 * @param file the path to show in messages.
 */
export function parseResiliencies(text: string, file: string): ResiliencyFile {
  const resources: ResiliencyResource[] = []
  const problems: string[] = []
  let whole = true
  for (const { source, content, line } of splitDocuments(text)) {
    const document = parse(source, line)
    if (!document) whole = false
    if (document?.at('kind') !== KIND) continue
    try {
      resources.push({ ...readResource(document, file), source: content })
    } catch (error) {
      problems.push(complaint('a Resiliency resource', file, error))
    }
  }
  return { resources, problems, whole: whole && problems.length === 0 }
}

function parse(source: string, line: number): YamlDocument | undefined {
  try {
    return new YamlDocument(source, line)
  } catch (error) {
    if (error instanceof DocumentError) return undefined
    throw error
  }
}

/** One sentence with file, line and what must hold. */
function complaint(subject: string, file: string, error: unknown): string {
  if (!(error instanceof DocumentError)) throw error
  return `Cannot load ${subject} from ${file}:${error.line}: ${error.message}`
}

function readResource(document: YamlDocument, file: string): Omit<ResiliencyResource, 'source'> {
  const spec = new Fields(document, ['spec'])
  const policies = spec.in('policies')
  const warnings: string[] = []
  const broken: string[] = []
  const section = <T>(parent: Fields, name: string, what: string, read: ReadPolicy<T>) =>
    readSection(parent, name, what, read, { file, warnings, broken })
  const read = {
    name: document.text('metadata', 'name'),
    scopes: Array.from({ length: document.count('scopes') }, (_, i) => document.text('scopes', i)),
    timeouts: section(policies, 'timeouts', 'timeout', (entries, name) => entries.duration(name, 0)),
    retries: section(policies, 'retries', 'retry', readRetry),
    circuitBreakers: section(policies, 'circuitBreakers', 'circuit breaker', readCircuitBreaker),
    targets: section(spec.in('targets'), 'components', 'target', readTarget),
    file,
    line: document.line('metadata', 'name'),
  }
  return { ...read, warnings: [...broken, ...warnings], whole: broken.length === 0 }
}

/** Reads the entries of a section by name; one that cannot be used is left out with a warning. */
function readSection<T>(
  parent: Fields,
  section: string,
  what: string,
  read: ReadPolicy<T>,
  { file, warnings, broken }: { file: string; warnings: string[]; broken: string[] },
): Map<string, T> {
  const found = new Map<string, T>()
  try {
    const entries = parent.in(section)
    for (const name of entries.names) {
      const subject = `${what} "${name}"`
      const misspelt = (error: DocumentError) => {
        warnings.push(`${subject}: ${error.message} (${file}:${error.line})`)
      }
      try {
        found.set(name, read(entries, name, misspelt))
      } catch (error) {
        broken.push(complaint(subject, file, error))
      }
    }
  } catch (error) {
    broken.push(complaint(`the ${section}`, file, error))
  }
  return found
}
