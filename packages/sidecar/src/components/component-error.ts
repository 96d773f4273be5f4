/** The failure that stops the start: thrown where components are loaded, shown by the command line without a stack. */
import { type ComponentManifest, logName } from './manifest.ts'

/** Components cannot be loaded, and the sidecar must not start: the message says what must hold, and where. */
export class ComponentError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ComponentError'
  }
}

/**
 * What was thrown while a component was initialised, as daprd words it, with the place in the file. What the component
 * has from a secret store is masked, whatever setting it is for.
 */
export function initFailure(manifest: ComponentManifest, thrown: unknown): ComponentError {
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  const place = thrown instanceof ComponentError ? '' : ` (${manifest.file}:${manifest.line})`
  const masked = secretsOf(manifest).reduce((text, secret) => text.replaceAll(secret, '***'), message)
  return new ComponentError(
    `[INIT_COMPONENT_FAILURE]: initialization error occurred for ${logName(manifest)}: ${masked}${place}`,
    // Not the cause of a masked message, which says the same unmasked.
    masked === message && !(thrown instanceof ComponentError) ? { cause: thrown } : {},
  )
}

/** As they are, and as they stand between quotation marks. */
function secretsOf(manifest: ComponentManifest): string[] {
  return manifest.metadata.flatMap(({ fromSecretStore, value }) =>
    fromSecretStore ? [value, JSON.stringify(value).slice(1, -1)] : [],
  )
}
