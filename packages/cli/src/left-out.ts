/**
 * The components of a sidecar that nobody can ask, with the reason: what `ask` and `chat` say instead of "unknown". A
 * running sidecar tells them by the API of its console.
 */
import type { ComponentList } from '@dapr-chat/sidecar'

/** Why a component is not ready. */
export interface LeftOut {
  /** `skipped`: something that it needs is missing, such as its key. `failed`: it could not be made. */
  readonly state: 'skipped' | 'failed'
  readonly reason: string
}

/** By the names of the components. */
export type LeftOutComponents = ReadonlyMap<string, LeftOut>

/** How long a running sidecar may take to tell, in milliseconds. */
const ANSWER_MS = 2_000

/** Picks those that are not ready. */
export function leftOutAmong(
  components: readonly {
    readonly name: string
    readonly state: 'ready' | LeftOut['state']
    readonly reason?: string
  }[],
): LeftOutComponents {
  return new Map(
    components.flatMap(({ name, state, reason = state }) => (state === 'ready' ? [] : [[name, { state, reason }]])),
  )
}

/** Asks a running sidecar; none where it does not tell: a daprd has no console, and a dapr-chat may have closed its own. */
export async function leftOutAt(http: string, apiToken: string | undefined): Promise<LeftOutComponents> {
  try {
    const response = await fetch(`${http}/api/console/components`, {
      headers: apiToken === undefined ? {} : { 'dapr-api-token': apiToken },
      signal: AbortSignal.timeout(ANSWER_MS),
    })
    if (!response.ok) return new Map()
    const { components } = (await response.json()) as ComponentList
    return leftOutAmong(components)
  } catch {
    return new Map()
  }
}
