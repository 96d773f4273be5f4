/**
 * The contract between the sidecar and a kind of secret store: what it is called, which settings it takes, and how a
 * secret is looked up. `secret-stores.ts` opens the stores, `fill-secrets.ts` asks them.
 */
import type { SettingsDeclaration, SettingsOf } from '../../providers/provider.ts'
import type { Environment } from '../value.ts'

/** The question for one secret. */
export interface SecretRequest {
  readonly name: string
  /** The namespace of the component that asks; empty where its file names none. */
  readonly namespace: string
  /** Ends the question where it takes too long. */
  readonly signal: AbortSignal
}

/** A store that is open. It holds nothing that would have to be closed. */
export interface SecretStore {
  /**
   * The values of a secret by their keys; `undefined` where the store has no such secret.
   * @throws Error whose message says why the store cannot tell, and shows no secret.
   */
  get(request: SecretRequest): Promise<ReadonlyMap<string, string> | undefined>
}

/** What a store is told beside its settings. */
export interface SecretStoreContext {
  readonly environment: Environment
  /** Ends the opening where it takes too long. */
  readonly signal: AbortSignal
}

/** A kind of secret store: `secretstores.local.file` and the like. */
export interface SecretStoreDefinition<D extends SettingsDeclaration = SettingsDeclaration> {
  /** The component type, in Dapr's spelling. */
  readonly type: string
  /** Declared as a provider declares its own. */
  readonly settings: D
  /**
   * Opens a store.
   * @throws Error whose message says what must hold, and shows no secret.
   */
  open(settings: SettingsOf<D>, context: SecretStoreContext): Promise<SecretStore>
}

/** A definition of which only the declaration's general type is known. */
export type AnySecretStoreDefinition = Omit<SecretStoreDefinition, 'open'> & {
  open(settings: never, context: SecretStoreContext): Promise<SecretStore>
}

/** Declares a kind of secret store. Only infers types: the definition comes back as it is. */
export function defineSecretStore<const D extends SettingsDeclaration>(
  definition: SecretStoreDefinition<D>,
): SecretStoreDefinition<D> {
  return definition
}
