/** Whom the page talks to, and whether it may. Everything else of the page waits for it. */
import type { ConsoleSession } from '@dapr-chat/protocol/console'
import { computed, signal } from '@preact/signals'
import { logIn, logOut, readSession } from '../api/console.ts'
import { ApiError } from '../api/http.ts'
import type { CodeTarget } from '../text/code.ts'

/** How long the page waits before it looks for the sidecar again, in milliseconds. */
const RETRY_MS = 2_000

export type SessionState =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'login'; readonly problem?: string }
  | { readonly kind: 'unreachable'; readonly problem: string }
  | { readonly kind: 'open'; readonly about: ConsoleSession }

const state = signal<SessionState>({ kind: 'unknown' })
let retry: ReturnType<typeof setTimeout> | undefined

async function look(): Promise<void> {
  clearTimeout(retry)
  try {
    state.value = { kind: 'open', about: await readSession() }
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    if (error instanceof ApiError && error.status === 401) state.value = { kind: 'login' }
    else state.value = { kind: 'unreachable', problem }
    if (state.value.kind === 'unreachable') retry = setTimeout(() => void look(), RETRY_MS)
  }
}

/** Logs in with the sidecar's token. */
async function enter(token: string): Promise<void> {
  try {
    await logIn(token)
    await look()
  } catch (error) {
    const wrong = error instanceof ApiError && error.status === 401
    const problem = wrong ? 'That is not the token of this sidecar.' : String((error as Error).message)
    state.value = { kind: 'login', problem }
  }
}

/** Logs out; whoever looks next has to log in again. */
async function leave(): Promise<void> {
  await logOut().catch(() => {
    // Whether it worked is seen when the session is looked at again.
  })
  await look()
}

/** Whom the code of a request asks. */
const target = computed<CodeTarget>(() => ({
  origin: location.origin,
  needsToken: state.value.kind === 'open' && state.value.about.loggedIn,
}))

export const session = { state, target, look: () => void look(), enter, leave }
