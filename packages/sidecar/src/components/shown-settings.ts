/**
 * A component's settings as they may be shown, and what may be shown nowhere. Both read the one declaration of the
 * provider. `component.ts` calls the first, the composition of the middleware the second.
 */
import type { SettingView } from '@dapr-chat/protocol/console'
import type { AnyProviderDefinition, Setting } from '../providers/provider.ts'
import type { ComponentManifest } from './manifest.ts'

/** What a component was made from. */
export interface SettingsSource {
  readonly definition: Pick<AnyProviderDefinition, 'settings'>
  /** The provider's settings, resolved. */
  readonly settings: Readonly<Record<string, string | number | boolean | undefined>>
  readonly manifest: Pick<ComponentManifest, 'metadata'>
}

/** An address with a name or a password in front of the host. */
const CREDENTIALS_IN_ADDRESS = /:\/\/[^/?#]*@/

/** The settings in effect, in the order of the declaration: of a secret only that it is set. */
export function shownSettings(source: SettingsSource): SettingView[] {
  const { definition, settings, manifest } = source
  const stored = new Set(
    manifest.metadata.flatMap((entry) => (entry.fromSecretStore ? [entry.name.toLowerCase()] : [])),
  )
  return Object.entries(settings).flatMap(([name, value]) => {
    const setting = definition.settings[name]
    if (setting === undefined || value === undefined) return []
    const text = textOf(value, setting)
    const secret =
      setting.sensitive === true ||
      [name, ...(setting.aliases ?? [])].some((key) => stored.has(key.toLowerCase())) ||
      holdsSecret(text, source) ||
      CREDENTIALS_IN_ADDRESS.test(text)
    return [secret ? { name, secret } : { name, value: text, secret }]
  })
}

/** The model that a provider asks where nobody names one, unless it is a secret. */
export function shownModel(model: string | undefined, source: SettingsSource): string | undefined {
  return model !== undefined && holdsSecret(model, source) ? undefined : model
}

/** Somebody may have written a key where none belongs. */
function holdsSecret(text: string, source: SettingsSource): boolean {
  return secretsOf(source).some((secret) => secret !== '' && text.includes(secret))
}

/** What settings declare as sensitive, and what came out of a secret store for whichever setting. */
export function secretsOf({ definition, settings, manifest }: SettingsSource): string[] {
  const sensitive = Object.entries(settings).flatMap(([name, value]) =>
    definition.settings[name]?.sensitive && typeof value === 'string' ? [value] : [],
  )
  return [...sensitive, ...manifest.metadata.flatMap((entry) => (entry.fromSecretStore ? [entry.value] : []))]
}

/** A value as it could stand in the file. */
function textOf(value: string | number | boolean, { type }: Setting): string {
  return type === 'duration' && typeof value === 'number' ? `${value / 1_000}s` : String(value)
}
