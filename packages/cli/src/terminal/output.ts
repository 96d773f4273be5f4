/** Writing to the standard streams: waits for a slow reader, and ends without a word when the reader has gone. */
import { once } from 'node:events'
import type { Writable } from 'node:stream'

/** Writes text and waits until the stream can take more. */
export async function write(stream: Writable, text: string): Promise<void> {
  if (!stream.write(text)) await once(stream, 'drain')
}

/** Lets the process end as any filter does when `head` has seen enough. Other failures of the stream stay errors. */
export function endQuietlyWithoutReader(stream: Writable): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit()
  })
}
