/** What stands in the playground: the draft, kept in the address, and the runs that were made of it. */
import { computed, signal } from '@preact/signals'
import { bodyOf, type Draft, emptyDraft, packDraft, problemsOf, unpackDraft } from './draft.ts'
import { go, hrefOf, route } from './route.ts'
import { Run } from './run.ts'

/** How long the address waits for somebody to stop typing, in milliseconds. */
const KEEP_MS = 300

export const draft = signal<Draft>(emptyDraft)

/** The runs of the last send, one for each component. */
export const runs = signal<readonly Run[]>([])

export const isRunning = computed(() => runs.value.some(({ state }) => state.value === 'running'))

/** Whether somebody tried to send: from then on it is said what is missing. */
export const tried = signal(false)

let timer: ReturnType<typeof setTimeout> | undefined
let kept = ''

/** The address of the playground with a draft in it. */
export function playgroundHref(wanted: Draft): string {
  const packed = packDraft(wanted)
  return hrefOf('playground', [], packed === '' ? undefined : new URLSearchParams({ draft: packed }))
}

/** Changes the draft, and soon the address. */
export function change(changes: Partial<Draft>): void {
  draft.value = { ...draft.value, ...changes }
  clearTimeout(timer)
  timer = setTimeout(() => {
    kept = packDraft(draft.value)
    if (route.value.view === 'playground') go(playgroundHref(draft.value), { replace: true })
  }, KEEP_MS)
}

/** Takes the draft of the address, where it is another one than was written there. */
export function takeAddress(): void {
  const packed = route.value.query.get('draft') ?? ''
  if (packed === kept || packed === '') return
  kept = packed
  draft.value = unpackDraft(packed)
}

/** Sends the draft, to each of its components at once. Does nothing while an answer is coming, or while it has problems. */
export function sendDraft(): void {
  tried.value = true
  if (isRunning.value || Object.keys(problemsOf(draft.value)).length > 0) return
  tried.value = false
  runs.value = draft.value.models.map((model) => new Run(bodyOf(draft.value, model)))
}

/** Stops every answer that is coming. */
export function stopRuns(): void {
  for (const run of runs.value) run.stop()
}
