/** What the benchmark measures: the figures of one target, by name. Figures that make no sense for a target are absent. */

/** The figures of one target. */
export interface Figures {
  /** CPU time of the server per whole answer, in milliseconds. */
  unaryCpuMs?: number
  /** Whole answers per second, 32 calls at a time. */
  unaryPerSecond?: number
  /** How long a whole answer takes then, in milliseconds. */
  unaryP50Ms?: number
  unaryP99Ms?: number
  /** From the moment a call was due to its first token, one call at a time, in milliseconds. */
  firstTokenP50Ms?: number
  firstTokenP99Ms?: number
  /** CPU time of the server per token, in microseconds: answers that come at once, 20 streams at a time. */
  burstChunkMicros?: number
  /** The same for tokens that come one by one, 5 ms apart, on 50 streams. */
  singleChunkMicros?: number
  /** The longest of 99 of 100 pauses between those tokens, in milliseconds. */
  singleGapP99Ms?: number
  /** By the number of open streams. */
  streams?: StreamFigures[]
  /** What the server held in addition after its streams had been cancelled, in bytes for each. */
  cancelledHeldBytes?: number
  /** How much its resident memory had grown, in bytes for each. */
  cancelledResidentBytes?: number
  /** How many answers the provider was still sending two seconds after the last stream was cancelled. */
  cancelledStillOpen?: number
}

/** What a number of open streams costs, in a process that had none before. */
export interface StreamFigures {
  readonly streams: number
  /** Growth of resident memory, in bytes for each stream. */
  readonly residentBytes: number
  /** Growth of live objects and their buffers, in bytes for each stream. */
  readonly heldBytes: number
  /** CPU time per token, 100 ms apart on each stream, in microseconds. */
  readonly chunkMicros: number
}
