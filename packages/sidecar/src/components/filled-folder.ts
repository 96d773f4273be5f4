/**
 * Folders of resources for a daprd: the same files, with the variables of their components filled in by the rules of this
 * sidecar. The command line calls it, to tell what is missing and to write the files where a real daprd reads them.
 */
import type { SettingsDeclaration } from '../providers/provider.ts'
import { findProvider } from '../providers/registry.ts'
import { ComponentError } from './component-error.ts'
import { DocumentError, type TextPlace, YamlDocument } from './document.ts'
import { type MetadataEntry, readEntry, textOfValue } from './entry.ts'
import { listFolder } from './load.ts'
import { type ComponentManifest, parseManifests, problemOf, splitDocuments } from './manifest.ts'
import { expandValue, type ValueScope } from './value.ts'
import { readYamlFile } from './yaml-file.ts'

/** A variable that a component asks for, and that is unset or empty. */
export interface MissingVariable {
  readonly variable: string
  readonly component: string
  /** The name of the metadata entry. */
  readonly entry: string
  readonly file: string
  /** Counted from 1. */
  readonly line: number
  /** Whether the component cannot do without the entry. */
  readonly required: boolean
}

/** One file, filled in. */
export interface FilledFile {
  readonly file: string
  /** What stands in the file, each value that had variables in double quotes now. */
  readonly text: string
  readonly components: readonly Pick<ComponentManifest, 'name' | 'type'>[]
  /** The kinds of its other documents. */
  readonly otherKinds: readonly string[]
  readonly missing: readonly MissingVariable[]
  /** One sentence for each document that cannot be used. */
  readonly problems: readonly string[]
  /** Values that are shown nowhere. */
  readonly secrets: readonly string[]
}

/** A folder, filled in. */
export interface FilledFolder {
  readonly folder: string
  /** The `.yaml` and `.yml` files. */
  readonly files: readonly FilledFile[]
  /** The paths of the `.disabled` files. */
  readonly disabled: readonly string[]
  /** The paths of files that are not read, hidden ones left out. */
  readonly others: readonly string[]
}

/**
 * Reads a folder and fills in what the components' `spec.metadata` asks of the environment. Other documents stay as they
 * are, byte for byte.
 * @throws ComponentError where the folder or a file cannot be read, or a value cannot be filled in where it stands.
 */
export async function fillFolder(folder: string, scope: ValueScope): Promise<FilledFolder> {
  const { files, disabled, others } = await listFolder(folder)
  return { folder, files: await Promise.all(files.map((file) => fillFile(file, scope))), disabled, others }
}

async function fillFile(file: string, scope: ValueScope): Promise<FilledFile> {
  const text = await readYamlFile(file).catch((cause: Error) => {
    const reason = cause instanceof DocumentError ? problemOf(cause, file).message : cause.message
    throw new ComponentError(`Cannot read ${file}: it must be a file of resources: ${reason}`, { cause })
  })
  const { manifests, problems } = parseManifests(text, file, scope)
  const documents = splitDocuments(text).map(({ source, line }) => ({ source, document: parsed(source, line) }))
  const isComponent = (document: YamlDocument | undefined) => document?.at('kind') === 'Component'
  return {
    file,
    text: documents
      .map(({ source, document }) =>
        document !== undefined && isComponent(document) ? fill(source, document, file, scope) : source,
      )
      .join(''),
    components: manifests.map(({ name, type }) => ({ name, type })),
    otherKinds: documents.flatMap(({ document }) => {
      const kind = document?.at('kind')
      return typeof kind === 'string' && !isComponent(document) ? [kind] : []
    }),
    missing: manifests.flatMap((manifest) => missingOf(manifest)),
    problems: problems.map(({ message }) => message),
    secrets: manifests.flatMap((manifest) => secretsOf(manifest)),
  }
}

/** A document that is none is reported with the manifests, and left as it is. */
function parsed(source: string, line: number): YamlDocument | undefined {
  try {
    return new YamlDocument(source, line)
  } catch (error) {
    if (error instanceof DocumentError) return undefined
    throw error
  }
}

function fill(source: string, document: YamlDocument, file: string, scope: ValueScope): string {
  try {
    const places = new Map<number, TextPlace>()
    for (let index = 0; index < document.count('spec', 'metadata'); index++) {
      // An anchor may be used by several entries, and is filled in once.
      for (const place of document.textsIn('spec', 'metadata', index, 'value')) places.set(place.start, place)
    }
    let filled = source
    for (const { text, start, end } of [...places.values()].sort((a, b) => b.start - a.start)) {
      const expanded = expandValue(text, scope).text
      if (expanded === text) continue
      const lineBreak = filled.slice(start, end).endsWith('\n') ? '\n' : ''
      filled = filled.slice(0, start) + quoted(expanded) + lineBreak + filled.slice(end)
    }
    compare(document, new YamlDocument(filled, document.line()), file, scope)
    return filled
  } catch (error) {
    // Reported with the manifests, and left as it is.
    if (error instanceof DocumentError) return source
    throw error
  }
}

/** What was written must read as what was meant; where values come by a merge of mappings it does not. */
function compare(before: YamlDocument, after: YamlDocument, file: string, scope: ValueScope): void {
  for (let index = 0; index < before.count('spec', 'metadata'); index++) {
    const { entry } = readEntry(before, index, scope)
    const value = after.at('spec', 'metadata', index, 'value') ?? undefined
    // What is different each time cannot be compared.
    const isFresh = before.textsIn('spec', 'metadata', index, 'value').some(({ text }) => text.includes('{uuid}'))
    if (value === undefined || isFresh || textOfValue(value, (text) => text) === entry.value) continue
    throw new ComponentError(
      `Cannot fill in metadata "${entry.name}" of ${file}:${entry.line}: its value must be written out in the entry`,
    )
  }
}

/** A text in double quotes, as every YAML reader understands it: those for YAML 1.1 take more for line breaks than JSON. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function missingOf(manifest: ComponentManifest): MissingVariable[] {
  const settings = findProvider(manifest.type)?.settings
  return manifest.metadata.flatMap((entry) => {
    const required = settings !== undefined && settingOf(entry, settings)?.required === true
    // An envRef to nothing is an empty value, which an entry that nobody needs may have.
    if (entry.byReference && !required) return []
    const place = { component: manifest.name, entry: entry.name, file: manifest.file, line: entry.line, required }
    return entry.unset.map((variable) => ({ variable, ...place }))
  })
}

/** Of a type that this sidecar does not know, any value may be a secret. */
function secretsOf(manifest: ComponentManifest): string[] {
  const settings = findProvider(manifest.type)?.settings
  return manifest.metadata.flatMap((entry) =>
    entry.value !== '' && (settings === undefined || settingOf(entry, settings)?.sensitive) ? [entry.value] : [],
  )
}

function settingOf(entry: MetadataEntry, settings: SettingsDeclaration) {
  const wanted = entry.name.toLowerCase()
  const names = Object.entries(settings).map(([name, setting]) => ({
    setting,
    names: [name, ...(setting.aliases ?? [])],
  }))
  return names.find((candidate) => candidate.names.some((name) => name.toLowerCase() === wanted))?.setting
}
