/** Where in the page somebody is, kept in the address after `#`, so that every place can be linked to. */
import { signal } from '@preact/signals'

/** The pages, in the order of the navigation. */
export const views = ['overview', 'requests', 'conversations', 'components', 'playground'] as const

export type View = (typeof views)[number]

/** A place in the page. */
export interface Route {
  readonly view: View
  /** What is looked at in the view, such as one request; outermost first. */
  readonly path: readonly string[]
  readonly query: URLSearchParams
}

/** Reads what stands after `#` in an address. What is no place leads to the first page. */
export function parseRoute(hash: string): Route {
  const [place = '', query = ''] = hash.replace(/^#?\/?/, '').split('?', 2)
  const [name, ...path] = place.split('/')
  const view = views.find((each) => each === name) ?? 'overview'
  return { view, path: path.filter((part) => part !== '').map(decode), query: new URLSearchParams(query) }
}

/** The address of a place. */
export function hrefOf(view: View, path: readonly string[] = [], query?: URLSearchParams): string {
  const search = query && query.size > 0 ? `?${query}` : ''
  return `#/${[view, ...path].map(encodeURIComponent).join('/')}${search}`
}

/** Where somebody is now. */
export const route = signal<Route>(parseRoute(''))

/** Follows the address from now on. */
export function followAddress(): void {
  const read = () => {
    route.value = parseRoute(location.hash)
  }
  addEventListener('hashchange', read)
  read()
}

/** Goes to a place; `replace` leaves no trace in the browser's history. */
export function go(href: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  if (!replace) location.hash = href
  else {
    history.replaceState(null, '', href)
    route.value = parseRoute(href)
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
