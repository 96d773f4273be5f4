/**
 * A component's metadata, made into the typed settings that its provider declares. `registry.ts` calls it for each
 * component before it creates the provider.
 */
import type { Setting, SettingsDeclaration, SettingsOf } from '../providers/provider.ts'
import { ComponentError } from './component-error.ts'
import type { MetadataEntry } from './entry.ts'
import type { ComponentManifest } from './manifest.ts'
import { nearest } from './nearest.ts'
import { type Environment, environmentValue, parseBoolean, parseDuration } from './value.ts'

/** Variables that settings need and that are not set. */
export interface UnsetVariables {
  readonly names: readonly string[]
  /** The line of the first value that needs one. */
  readonly line: number
}

/** What the metadata comes to: settings, or the variables that are missing. */
export type Resolution<D extends SettingsDeclaration> = {
  /** One sentence for each unknown name that looks like a slip of the pen, and for each name that daprd would not take. */
  readonly warnings: readonly string[]
} & (
  | { readonly settings: SettingsOf<D>; readonly unset?: undefined }
  | { readonly settings?: undefined; readonly unset: UnsetVariables }
)

/** Aliases that daprd does not have, in lower case: for files that were written for other programs. */
const OWN_ALIASES = new Set(['apikey'])

/** Whether daprd does not have this alias. */
export function isOwnAlias(name: string): boolean {
  return OWN_ALIASES.has(name.toLowerCase())
}

/**
 * Resolves all settings of a declaration. Names are compared without case; a setting's own name wins over its aliases,
 * and its environment variable over both (as daprd's model variables do). An empty value counts as none.
 * @throws ComponentError where a required value is empty, a value has the wrong form, or a name is given twice.
 */
export function resolveMetadata<const D extends SettingsDeclaration>(
  manifest: ComponentManifest,
  declaration: D,
  environment: Environment,
): Resolution<D> {
  const entries = entriesByName(manifest)
  const values: Record<string, string | number | boolean | undefined> = {}
  const unset: MetadataEntry[] = []
  const warnings = misspellings(manifest, declaration)
  for (const [name, setting] of Object.entries(declaration)) {
    const entry = entryOf(name, setting, entries)
    const override = setting.environment && environmentValue(environment, setting.environment)
    if (override) {
      values[name] = parseAs(setting, override, () => `${place(manifest, entry)}: variable ${setting.environment}`)
    } else if (entry && isUnset(entry, setting)) {
      unset.push(entry)
    } else if (entry && entry.value !== '') {
      const shown = entry.fromSecretStore ? { ...setting, sensitive: true } : setting
      values[name] = parseAs(shown, entry.value, () => `${place(manifest, entry)}: metadata "${entry.name}"`)
      const given = entry.name.toLowerCase()
      if (given !== name.toLowerCase() && isOwnAlias(given)) warnings.push(aliasWarning(manifest, entry, name))
    } else if (setting.required) {
      throw new ComponentError(`${place(manifest, entry)}: metadata "${name}" must be set: current value is empty`)
    } else {
      values[name] = defaultOf(setting)
    }
  }
  const [first] = unset
  if (!first) return { settings: values as SettingsOf<D>, warnings }
  return { unset: { names: [...new Set(unset.flatMap((entry) => entry.unset))], line: first.line }, warnings }
}

/** Where two entries have the very same name the last one holds, because daprd's metadata is a map. */
function entriesByName(manifest: ComponentManifest): ReadonlyMap<string, MetadataEntry> {
  const entries = new Map<string, MetadataEntry>()
  for (const entry of manifest.metadata) {
    const key = entry.name.toLowerCase()
    const earlier = entries.get(key)
    if (earlier && earlier.name !== entry.name) {
      const lines = `${manifest.file}:${earlier.line} and ${manifest.file}:${entry.line}`
      throw new ComponentError(`failed to resolve aliases: key ${key} is duplicate in the metadata: ${lines}`)
    }
    entries.set(key, entry)
  }
  return entries
}

function entryOf(
  name: string,
  setting: Setting,
  entries: ReadonlyMap<string, MetadataEntry>,
): MetadataEntry | undefined {
  const given = [name, ...(setting.aliases ?? [])].flatMap((key) => entries.get(key.toLowerCase()) ?? [])
  return given.find((entry) => entry.value !== '' || entry.unset.length > 0) ?? given[0]
}

/** A `${VAR}` is needed wherever it stands; an `envRef` only where there must be a value. */
function isUnset(entry: MetadataEntry, setting: Setting): boolean {
  return entry.unset.length > 0 && (!entry.byReference || setting.required === true)
}

function defaultOf(setting: Setting): string | number | boolean | undefined {
  return typeof setting.default === 'string'
    ? parseAs(setting, setting.default, () => 'Cannot declare a setting: its default')
    : setting.default
}

function parseAs(setting: Setting, text: string, subject: () => string): string | number | boolean {
  const fail = (mustBe: string): never => {
    const current = setting.sensitive ? 'not shown' : JSON.stringify(text)
    throw new ComponentError(`${subject()} must be ${mustBe}: current value is ${current}`)
  }
  switch (setting.type) {
    case 'string': {
      if (!setting.choices) return text
      const choice = setting.choices.find((candidate) => candidate.toLowerCase() === text.toLowerCase())
      return choice ?? fail(`one of ${setting.choices.join(', ')}`)
    }
    case 'integer': {
      const value = Number(text)
      return /^[+-]?\d+$/.test(text) && Number.isSafeInteger(value) ? value : fail('a whole number')
    }
    case 'number': {
      const value = Number(text)
      return text.trim() !== '' && Number.isFinite(value) ? value : fail('a number')
    }
    case 'boolean':
      return parseBoolean(text)
    case 'duration':
      return parseDuration(text) ?? fail('a duration such as 500ms, 10s or 1h30m')
  }
}

/** The beginning of a message about an entry, or about the component where it has no such entry. */
function place(manifest: ComponentManifest, entry: MetadataEntry | undefined): string {
  return `Cannot load component "${manifest.name}" from ${manifest.file}:${entry?.line ?? manifest.line}`
}

export function aliasWarning(manifest: ComponentManifest, entry: MetadataEntry, name: string): string {
  return `${manifest.name}: metadata "${entry.name}" is taken as "${name}"; daprd itself knows only "${name}" (${manifest.file}:${entry.line})`
}

/** Unknown names are no error, because daprd takes them; those close to a known one are hardly meant. */
export function misspellings(manifest: ComponentManifest, declaration: SettingsDeclaration): string[] {
  const names = Object.entries(declaration).flatMap(([name, { aliases }]) => [name, ...(aliases ?? [])])
  const known = new Set(names.map((name) => name.toLowerCase()))
  return manifest.metadata.flatMap(({ name, line }) => {
    const meant = known.has(name.toLowerCase()) ? undefined : nearest(name, names)
    if (meant === undefined) return []
    return `${manifest.name}: metadata "${name}" is unknown and has no effect; did you mean "${meant}"? (${manifest.file}:${line})`
  })
}
