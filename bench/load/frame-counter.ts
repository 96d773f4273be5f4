const LINE_END = 0x0a

/** Counts the events of a stream by the blank lines that end them, wherever the bytes are cut. */
export class FrameCounter {
  #endsInLineEnd = false

  /** How many events these bytes complete. */
  count(bytes: Buffer): number {
    let frames = 0
    let from = 0
    if (this.#endsInLineEnd && bytes[0] === LINE_END) {
      frames = 1
      from = 1
    }
    for (;;) {
      const at = bytes.indexOf('\n\n', from, 'latin1')
      if (at < 0) break
      frames += 1
      from = at + 2
    }
    this.#endsInLineEnd = from < bytes.length && bytes[bytes.length - 1] === LINE_END
    return frames
  }
}
