/** The address of an API, as a component's `endpoint` gives it. */

/** An address, taken apart. */
export interface BaseAddress {
  /** Scheme, host and port. */
  readonly origin: string
  /** What comes before the API's own paths, without a slash at its end. */
  readonly path: string
}

/**
 * Reads the metadata field `endpoint`.
 * @throws Error where it is no http or https address.
 */
export function parseBaseAddress(endpoint: string): BaseAddress {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new Error(
      `metadata "endpoint" must be an http or https address: current value is ${JSON.stringify(endpoint)}`,
    )
  }
  return { origin: url.origin, path: url.pathname.replace(/\/+$/, '') }
}
