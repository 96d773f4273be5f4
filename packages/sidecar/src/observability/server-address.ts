/** The server that a component asks, in the words of OpenTelemetry's conventions; spans and figures have it. */

/** Host and port. */
export interface ServerAddress {
  readonly host: string
  readonly port: number
}

/** Host and port of the component's own address; nothing where it asks the vendor's. */
export function serverAddress(endpoint: string | undefined): ServerAddress | undefined {
  if (endpoint === undefined || !URL.canParse(endpoint)) return undefined
  const { hostname: host, port, protocol } = new URL(endpoint)
  return { host, port: Number(port) || (protocol === 'http:' ? 80 : 443) }
}
