/** Paths of the HTTP API as daprd reads them, where the router's own reading is another one. */
import { posix } from 'node:path'

/**
 * The parameter that follows a segment, decoded as daprd does it, like a query: `+` is a space too, which the router's own
 * decoding does not know. A bad escape does not get here.
 */
export function parameterAfter(segment: string, url: string): string {
  const [path = ''] = url.split('?', 1)
  const segments = path.split('/').filter((each) => each !== '')
  const index = segments.indexOf(segment)
  // The router takes a segment whose letters are escaped for the same; no client writes one.
  const raw = index === -1 ? '' : (segments[index + 1] ?? '')
  return decodeURIComponent(raw.replaceAll('+', ' '))
}

/** The URL without segments of dots, which daprd resolves before it routes; the query stays as it is. */
export function withoutDots(url: string): string {
  // Nearly every request goes through here unchanged.
  if (!url.includes('/.')) return url
  const [path = ''] = url.split('?', 1)
  return posix.normalize(path) + url.slice(path.length)
}
