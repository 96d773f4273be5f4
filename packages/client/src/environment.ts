/**
 * Where the sidecar is and which component to ask, from Dapr's environment variables. Read when a client or a transport
 * is made; an empty variable counts as not set, and browsers have none.
 */
import { InvalidRequestError } from './errors.ts'

/** Dapr's variables that matter here. */
export interface DaprEnvironment {
  /** The base address of the HTTP API. */
  readonly httpEndpoint: string
  /** The address of the gRPC API. */
  readonly grpcEndpoint: string
  readonly apiToken: string | undefined
  /** The component to ask where nothing else says. */
  readonly component: string | undefined
}

/** Reads the environment, with Dapr's own defaults for what it does not say. */
export function readEnvironment(
  environment: Readonly<Record<string, string | undefined>> = globalThis.process?.env ?? {},
): DaprEnvironment {
  const variable = (name: string) => environment[name] || undefined
  return {
    httpEndpoint: variable('DAPR_HTTP_ENDPOINT') ?? `http://127.0.0.1:${variable('DAPR_HTTP_PORT') ?? 3500}`,
    grpcEndpoint: variable('DAPR_GRPC_ENDPOINT') ?? `127.0.0.1:${variable('DAPR_GRPC_PORT') ?? 50_001}`,
    apiToken: variable('DAPR_API_TOKEN'),
    component: variable('DAPR_LLM_COMPONENT_DEFAULT'),
  }
}

/**
 * The base address that `fetch` takes: with a scheme and without a slash at its end.
 * @throws InvalidRequestError for a text that is no address.
 */
export function readHttpEndpoint(endpoint: string): string {
  const address = (endpoint.includes('://') ? endpoint : `http://${endpoint}`).replace(/\/+$/, '')
  if (URL.canParse(address) && /^https?:/i.test(address)) return address
  throw new InvalidRequestError(
    `Cannot use the HTTP endpoint: it must be an address such as http://127.0.0.1:3500: current value is ${endpoint}`,
    { hint: 'Set the option endpoint, DAPR_HTTP_ENDPOINT or DAPR_HTTP_PORT to where the sidecar listens.' },
  )
}
