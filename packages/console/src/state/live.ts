/** The calls as they happen: one stream for the whole page. The log, the latest calls and the figures hang on to it. */
import type { CallSummary } from '@dapr-chat/protocol/console'
import { signal } from '@preact/signals'
import { watchCalls } from '../api/events.ts'
import { session } from './session.ts'

/** Whether the page hears of calls as they happen. */
export const connection = signal<'connecting' | 'live' | 'lost'>('connecting')

/** Whether somebody has stopped the page from changing by itself. */
export const paused = signal(false)

/** Who wants to know. */
export interface LiveListener {
  /** Some calls began, moved on or ended. */
  changed(calls: readonly CallSummary[]): void
  /** Something may have been missed: read everything again. */
  missed(): void
}

/** How long changes are gathered before the page is drawn again, in milliseconds. */
const GATHER_MS = 100

const listeners = new Set<LiveListener>()
let gathered: CallSummary[] = []

/** Hears of calls from now on. The result ends it. */
export function listen(listener: LiveListener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Stops the page from changing by itself, or lets it go on. */
export function setPaused(pause: boolean): void {
  paused.value = pause
  if (!pause) for (const listener of listeners) listener.missed()
}

/** Opens the stream. The result ends it. */
export function startLive(): () => void {
  return watchCalls({
    onCall(call) {
      if (gathered.push(call) === 1) setTimeout(tell, GATHER_MS)
    },
    onOpen() {
      connection.value = 'live'
    },
    onMissed() {
      if (!paused.value) for (const listener of listeners) listener.missed()
    },
    onLost() {
      connection.value = 'lost'
    },
    onRefused() {
      connection.value = 'lost'
      session.look()
    },
  })
}

function tell(): void {
  const calls = gathered
  gathered = []
  if (!paused.value) for (const listener of listeners) listener.changed(calls)
}
