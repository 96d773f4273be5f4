import manifest from '../package.json' with { type: 'json' }

/** The version of this sidecar. */
export const VERSION: string = manifest.version

/**
 * The version of Dapr whose conversation API this sidecar speaks. dapr-agents and the CLI refuse a runtime that reports
 * none, or one before 1.16.
 */
export const DAPR_RUNTIME_VERSION = '1.18.0'
