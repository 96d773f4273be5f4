/** The address of the request log. */
import { hrefOf } from './route.ts'

/**
 * The address of the log, or of one of its requests.
 * @param search what stands in the search field.
 */
export function logHref(search: string, id?: string): string {
  return hrefOf('requests', id === undefined ? [] : [id], search === '' ? undefined : new URLSearchParams({ search }))
}
