import { SidecarUnavailableError } from '../errors.ts'

/**
 * The error where nothing answers at an address: both sidecar transports throw it.
 * @param variables the environment variables that say where the sidecar is.
 */
export function unreachable(address: string, variables: string, cause: unknown): SidecarUnavailableError {
  return new SidecarUnavailableError(`Cannot reach the sidecar at ${address}: it must be running and listen there`, {
    hint: `Start one with "npx dapr-chat serve", or set ${variables} to where it listens.`,
    cause,
  })
}
