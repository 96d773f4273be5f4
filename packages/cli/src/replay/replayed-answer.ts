/** A recording as an answer: all at once, at a pace, or at the times of the recording; whole, or broken off. */
import { setTimeout as pause } from 'node:timers/promises'
import { type Piece, reset, type ScriptedAnswer } from '@dapr-chat/sidecar/testing'
import type { RecordedEvent, Recording } from './recording.ts'

/** How it is answered. */
export interface Replay {
  readonly recording: Recording
  /** When an event leaves, in milliseconds after the request; `undefined` sends all at once. */
  readonly due: ((event: RecordedEvent, index: number) => number) | undefined
  /** After how many bytes the connection breaks. */
  readonly cut: number | undefined
}

/**
 * The answer to one request.
 * @param signal says that nobody reads it any more; its reason is thrown.
 */
export function replayedAnswer({ recording, due, cut }: Replay, signal: AbortSignal): ScriptedAnswer {
  const { status, headers, events } = recording
  const pieces = due === undefined ? [whole(events)] : paced(events, due, signal)
  return { status, headers, body: cut === undefined ? pieces : broken(pieces, cut) }
}

function whole(events: readonly RecordedEvent[]): Uint8Array {
  return Buffer.concat(events.map(({ bytes }) => bytes))
}

async function* paced(
  events: readonly RecordedEvent[],
  due: NonNullable<Replay['due']>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const begun = performance.now()
  for (const [index, event] of events.entries()) {
    const waitMs = begun + due(event, index) - performance.now()
    if (waitMs > 0) await pause(waitMs, undefined, { signal })
    yield event.bytes
  }
}

async function* broken(pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>, cut: number): AsyncGenerator<Piece> {
  let left = cut
  for await (const piece of pieces) {
    yield piece.subarray(0, left)
    left -= piece.length
    if (left <= 0) yield reset
  }
}
