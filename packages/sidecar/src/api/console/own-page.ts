/**
 * Whether a request comes from the console itself. Other origins may be allowed to use the sidecar's API; what the console
 * reads is for no page but the console. The guard asks here.
 */
import type { FastifyRequest } from 'fastify'

/** The parts of a request that tell. */
export type FromPage = Pick<FastifyRequest, 'method' | 'headers'>

/**
 * Whether no page of another origin has sent this. Programs that are no browser send neither header.
 *
 * Browsers say where a request comes from in `Sec-Fetch-Site` (W3C Fetch Metadata), which no script can set, but only to
 * addresses with TLS and to loopback; elsewhere `Origin` says it.
 */
export function isFromNoOtherPage({ method, headers }: FromPage): boolean {
  const site = headers['sec-fetch-site']
  // `none`: somebody typed the address.
  if (site !== undefined) return site === 'same-origin' || (site === 'none' && method === 'GET')
  const { origin, host } = headers
  return origin === undefined || isOwnOrigin(origin, host)
}

/** Whether a request that comes with a cookie, which browsers add by themselves, is surely the console's. */
export function isFromConsole(request: FromPage): boolean {
  const { 'sec-fetch-site': site, origin } = request.headers
  // Browsers name the origin of whatever changes something; what only reads cannot be read by another page.
  const isSaid = site !== undefined || origin !== undefined
  return isFromNoOtherPage(request) && (isSaid || request.method === 'GET')
}

/** The scheme may be another one in front of a proxy with TLS. */
function isOwnOrigin(origin: string, host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(origin)) return false
  const { protocol, host: from } = new URL(origin)
  const own = `${protocol}//${host}`
  return URL.canParse(own) && from !== '' && new URL(own).host === from
}
