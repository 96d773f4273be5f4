/** What the measurements need of a client: whole answers and streams, with as little work per chunk as can be. */
import type { Script } from '../provider/script.ts'

/** A stream that is being received. */
export interface OpenStream {
  /** Resolves when the stream has ended, however it ended; the number of frames, or an error where it broke. */
  readonly ended: Promise<number>
  /** Leaves without waiting for the end; `ended` then resolves too. */
  cancel(): void
}

/** A client of one server. */
export interface Caller {
  /**
   * Asks for a whole answer.
   * @throws where it does not come.
   */
  whole(script: Script): Promise<void>
  /**
   * Asks for a stream.
   * @param onFrames called with the number of frames that one read brought.
   */
  stream(script: Script, onFrames: (count: number) => void): OpenStream
  /** Closes all connections. */
  close(): Promise<void>
}

/** Fails where an answer that should have had so many tokens came with fewer frames. */
export function expectFrames(frames: number, { tokens }: Script): void {
  if (frames < tokens) {
    throw new Error(`Cannot measure: a stream must bring ${tokens} tokens: it ended after ${frames} frames`)
  }
}
