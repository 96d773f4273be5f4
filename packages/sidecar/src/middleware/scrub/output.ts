/** Takes personal data out of an answer where the caller asked for that, before anything keeps the answer. */
import type { ConversationEvent, Middleware } from '@dapr-chat/protocol'
import { JsonScrubber } from './json-scrubber.ts'
import { type Scrubber, TextScrubber } from './text-scrubber.ts'

/** What of an answer in progress is held back until it is safe, in bytes of UTF-8: counted when asked, and not before. */
export interface HeldBack {
  readonly heldBytes: number
}

/**
 * A middleware for what comes out. Calls that did not ask pass as they are.
 * @param answers has the answers in progress, for whoever wants to know how much of them waits.
 */
export function scrubOutput(answers: Set<HeldBack>): Middleware {
  return (next) => (call) =>
    call.request.scrub?.output
      ? scrubEvents(next(call), call.request.responseFormat !== undefined, answers)
      : next(call)
}

async function* scrubEvents(
  stream: AsyncIterable<readonly ConversationEvent[]>,
  json: boolean,
  answers: Set<HeldBack>,
): AsyncGenerator<readonly ConversationEvent[]> {
  const answer = new AnswerScrubber(json)
  answers.add(answer)
  try {
    for await (const batch of stream) {
      const events = batch.flatMap((event) => answer.scrub(event))
      if (events.length > 0) yield events
    }
  } catch (thrown) {
    // What arrived is delivered before the failure; it is all there is of the text.
    const rest = answer.end()
    if (rest.length > 0) yield rest
    throw thrown
  } finally {
    answers.delete(answer)
  }
  const rest = answer.end()
  if (rest.length > 0) yield rest
}

/** One run of text of an answer, with how its pieces are made into events. */
interface Lane {
  readonly scrubber: Scrubber
  readonly choice: number
  delta(piece: string): ConversationEvent
  /** The vendor's signature of the run, kept back until it is known whether the run is still what was signed. */
  signature?: string
}

/** One answer: each kind of text of each choice, and the arguments of each call, are scrubbed on their own. */
class AnswerScrubber implements HeldBack {
  readonly #lanes = new Map<string, Lane>()
  /** Whether the text was asked for as JSON, and must stay it. */
  readonly #json: boolean

  constructor(json: boolean) {
    this.#json = json
  }

  get heldBytes(): number {
    let bytes = 0
    for (const { scrubber } of this.#lanes.values()) bytes += scrubber.heldBytes
    return bytes
  }

  scrub(event: ConversationEvent): readonly ConversationEvent[] {
    switch (event.type) {
      case 'text-delta':
      case 'refusal-delta':
        return this.#push(this.#textLane(event.type, event.choice), event.text)
      case 'reasoning-delta': {
        const lane = this.#textLane(event.type, event.choice)
        if (event.signature) lane.signature = event.signature
        return this.#push(lane, event.text)
      }
      case 'tool-call-delta':
        return this.#push(this.#callLane(event.choice, event.index), event.arguments)
      case 'tool-call-end': {
        const key = callKey(event.choice, event.index)
        return [...this.#end(([name]) => name === key), event]
      }
      case 'finish':
        return [...this.#end(([, { choice }]) => choice === event.choice), event]
      case 'message-start':
      case 'tool-call-start':
      case 'usage':
        return [event]
    }
  }

  /** What is left of all. */
  end(): ConversationEvent[] {
    return this.#end(() => true)
  }

  #push(lane: Lane, piece: string): readonly ConversationEvent[] {
    const safe = lane.scrubber.push(piece)
    return safe === '' ? [] : [lane.delta(safe)]
  }

  #end(which: (entry: [string, Lane]) => boolean): ConversationEvent[] {
    return [...this.#lanes].filter(which).flatMap(([key, lane]) => {
      this.#lanes.delete(key)
      const rest = lane.scrubber.end()
      const event = lane.delta(rest)
      // The vendor refuses a signature of other words than it signed.
      const signature = lane.scrubber.changed ? undefined : lane.signature
      if (signature && event.type === 'reasoning-delta') return [{ ...event, signature }]
      return rest === '' ? [] : [event]
    })
  }

  #textLane(type: 'text-delta' | 'reasoning-delta' | 'refusal-delta', choice: number): Lane {
    return this.#lane(`${type} ${choice}`, () => ({
      scrubber: type === 'text-delta' && this.#json ? new JsonScrubber() : new TextScrubber(),
      choice,
      delta: (text) => ({ type, choice, text }),
    }))
  }

  #callLane(choice: number, index: number): Lane {
    return this.#lane(callKey(choice, index), () => ({
      scrubber: new JsonScrubber(),
      choice,
      delta: (piece) => ({ type: 'tool-call-delta', choice, index, arguments: piece }),
    }))
  }

  #lane(key: string, make: () => Lane): Lane {
    let lane = this.#lanes.get(key)
    if (!lane) {
      lane = make()
      this.#lanes.set(key, lane)
    }
    return lane
  }
}

function callKey(choice: number, index: number): string {
  return `call ${choice} ${index}`
}
