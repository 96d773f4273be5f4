/**
 * The contract between the sidecar and a provider: what it is called, which settings it takes, and the `Converse` it
 * makes of them. Settings are declared as data, once; the loader, redaction, the documents and `doctor` read that one
 * declaration.
 */
import type { ContentPart, Converse } from '@dapr-chat/protocol'

/** One setting of a component, as it stands in the metadata of its YAML. */
export interface Setting {
  /** `duration` is written in Go's syntax (`1m30s`) or as bare seconds, and resolves to milliseconds. */
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'duration'
  /** What holds when the metadata does not say; absent means that the setting resolves to `undefined`. */
  readonly default?: string | number | boolean
  /** Whether loading fails without a value that is not empty. */
  readonly required?: boolean
  /** Whether the value is a secret: never logged, reported or shown. */
  readonly sensitive?: boolean
  /** Other names under which the value is accepted; the setting's own name wins. */
  readonly aliases?: readonly string[]
  /** An environment variable that overrides the metadata, as daprd's model variables do. */
  readonly environment?: string
  /** The values allowed, compared without case. */
  readonly choices?: readonly string[]
  /** One sentence for the documents. */
  readonly description: string
}

/** All settings of a provider, by their names in the metadata. */
export type SettingsDeclaration = Readonly<Record<string, Setting>>

type ValueOf<S extends Setting> = S['type'] extends 'string' ? string : S['type'] extends 'boolean' ? boolean : number

/** The resolved values: present where a default or `required` makes sure of it. */
export type SettingsOf<D extends SettingsDeclaration> = {
  readonly [K in keyof D]: D[K] extends { readonly required: true }
    ? ValueOf<D[K]>
    : D[K] extends { readonly default: string | number | boolean }
      ? ValueOf<D[K]>
      : ValueOf<D[K]> | undefined
}

/** A live provider: one component's connection to its model. */
export interface Provider {
  readonly converse: Converse
  /** The model it asks when the caller names none; absent where there is no model, as with echo. */
  readonly model?: string
  /** Frees the connections. Called after the last call has ended. */
  close(): Promise<void>
}

/** What a provider is told beside its settings. */
export interface ProviderContext {
  /** The component's name. */
  readonly component: string
  /** The environment, where a provider reads the variables that its documentation names. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /**
   * Tells the operator that a part of a request was left out or changed, because the vendor cannot take it. What
   * changes the answer for the caller is better refused.
   * @param kind what it is about, such as a parameter's name; each kind is told once for a component.
   */
  warn(kind: string, message: string): void
}

/** A kind of component: `conversation.openai` and the like. */
export interface ProviderDefinition<D extends SettingsDeclaration = SettingsDeclaration> {
  /** The component type, in Dapr's spelling. */
  readonly type: string
  /** One sentence for the documents. */
  readonly description: string
  readonly settings: D
  /**
   * The kinds of media that messages may carry. Others are refused before the provider is called, with an error that
   * says so. Absent means that the provider looks for itself.
   */
  readonly accepts?: readonly Exclude<ContentPart['type'], 'text'>[]
  /**
   * Makes a live provider. Makes no network call: a wrong key is found out by the first conversation, as in daprd.
   * @throws Error whose message says what must hold, where settings do not fit together.
   */
  create(settings: SettingsOf<D>, context: ProviderContext): Provider
}

/** A provider definition of which only the declaration's general type is known: what the registry holds. */
export type AnyProviderDefinition = Omit<ProviderDefinition, 'create'> & {
  create(settings: never, context: ProviderContext): Provider
}

/** Declares a provider. Only infers types: the definition comes back as it is. */
export function defineProvider<const D extends SettingsDeclaration>(
  definition: ProviderDefinition<D>,
): ProviderDefinition<D> {
  return definition
}
