/** The stream of calls that begin, move on and end. It closes while nobody looks, and opens again by itself. */
import type { CallSummary, ConsoleEvent } from '@dapr-chat/protocol/console'

/** Who wants to know. */
export interface EventListenerSet {
  /** A call began, moved on or ended. */
  onCall(call: CallSummary): void
  /** The stream is open, for the first time or again. */
  onOpen(): void
  /** Something happened that the stream does not tell: it has to be read. */
  onMissed(): void
  /** The stream broke; it is opened again. */
  onLost(): void
  /** The sidecar refused the stream, as it does where nobody has logged in. */
  onRefused(): void
}

/** Opens the stream. The result ends it. */
export function watchCalls(listeners: EventListenerSet): () => void {
  let source: EventSource | undefined

  function open(): void {
    source = new EventSource('/api/console/events')
    source.addEventListener('open', () => {
      listeners.onOpen()
      listeners.onMissed()
    })
    source.addEventListener('message', ({ data }: MessageEvent<string>) => {
      const event = JSON.parse(data) as ConsoleEvent
      if (event.type === 'call') listeners.onCall(event.call)
      else listeners.onMissed()
    })
    source.addEventListener('error', () => {
      if (source?.readyState === EventSource.CLOSED) listeners.onRefused()
      else listeners.onLost()
    })
  }

  // A browser has six connections to a server at most: pages in the background must not hold one each.
  function look(): void {
    if (document.hidden) close()
    else if (source === undefined) open()
  }

  function close(): void {
    source?.close()
    source = undefined
  }

  document.addEventListener('visibilitychange', look)
  look()
  return () => {
    document.removeEventListener('visibilitychange', look)
    close()
  }
}
