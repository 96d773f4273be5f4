/**
 * Puts the tool calls of one choice in order. Servers that speak OpenAI's wire leave out the index or the id, repeat
 * one index for all parallel calls, start counting at 1, send whole arguments, none, or an object instead of a string.
 * What comes out has an index without gaps, an id, a name, and string arguments that are never empty.
 */
import type { ConversationEvent } from '../conversation/event.ts'
import { CharacterJoiner } from '../conversation/well-formed.ts'
import { asFields, asNumber, asText } from './lenient.ts'
import { callSignatureOf } from './reasoning.ts'

interface OpenCall {
  readonly index: number
  upstreamId: string | undefined
  name: string
  /** The vendor's signature. It goes out with the start of the call, or with its end where it comes later. */
  signature: string | undefined
  signatureSent: boolean
  started: boolean
  ended: boolean
  /** Arguments that came before the name did. */
  early: string
  /** All arguments so far, as they were passed on. */
  sent: string
  readonly joiner: CharacterJoiner
}

/** The tool calls of one choice. */
export class ToolCallReader {
  readonly #choice: number
  readonly #calls: OpenCall[] = []
  readonly #byUpstreamIndex = new Map<number, OpenCall>()
  readonly #ids = new Set<string>()

  constructor(choice: number) {
    this.#choice = choice
  }

  /** Whether the choice has any call. */
  get any(): boolean {
    return this.#calls.length > 0
  }

  /** Takes in one element of `delta.tool_calls` and appends the events it makes. */
  read(value: unknown, events: ConversationEvent[]): void {
    const delta = asFields(value)
    if (!delta) return
    const fn = asFields(delta.function) ?? {}
    const name = asText(fn.name)
    const args = argumentsOf(fn.arguments)
    const call = this.#find(asNumber(delta.index), asText(delta.id), name, args)
    if (call.name === '' && name !== undefined) call.name = name
    call.signature ??= callSignatureOf(delta)
    const piece = call.joiner.push(args)
    if (!call.started && call.name === '') {
      call.early += piece
      return
    }
    this.#start(call, events)
    this.#send(call, piece, events)
  }

  /** The provider has said that the call with this index of its own is whole; OpenAI's wire never does. */
  endCall(upstreamIndex: number, events: ConversationEvent[]): void {
    const call = this.#byUpstreamIndex.get(upstreamIndex)
    if (call) this.#end(call, events)
  }

  /** The choice has finished: every call is whole now. */
  end(events: ConversationEvent[]): void {
    for (const call of this.#calls) this.#end(call, events)
  }

  #end(call: OpenCall, events: ConversationEvent[]): void {
    if (call.ended) return
    call.ended = true
    this.#start(call, events)
    this.#send(call, call.joiner.end(), events)
    // No arguments at all, `null` or "": a tool without parameters, whose arguments are the empty object.
    if (call.sent === '') this.#send(call, '{}', events)
    const late = call.signatureSent ? undefined : call.signature
    events.push({
      type: 'tool-call-end',
      choice: this.#choice,
      index: call.index,
      ...(late !== undefined && { signature: late }),
    })
  }

  #find(index: number | undefined, id: string | undefined, name: string | undefined, args: string): OpenCall {
    const last = this.#calls.at(-1)
    let call: OpenCall | undefined
    if (index !== undefined) call = this.#byUpstreamIndex.get(index)
    else if (id !== undefined) call = this.#calls.find((known) => known.upstreamId === id) ?? this.#awaitingId(name)
    else if (name === undefined || last?.name === '') call = last
    if (!call || opensAnother(call, id, name, args)) call = this.#open()
    if (index !== undefined) this.#byUpstreamIndex.set(index, call)
    call.upstreamId ??= id
    return call
  }

  /** The call under way, if an id that is new may be the one it came without. */
  #awaitingId(name: string | undefined): OpenCall | undefined {
    const last = this.#calls.at(-1)
    return last?.upstreamId === undefined && (name === undefined || last?.name === '') ? last : undefined
  }

  #open(): OpenCall {
    const call: OpenCall = {
      index: this.#calls.length,
      upstreamId: undefined,
      name: '',
      signature: undefined,
      signatureSent: false,
      started: false,
      ended: false,
      early: '',
      sent: '',
      joiner: new CharacterJoiner(),
    }
    this.#calls.push(call)
    return call
  }

  #start(call: OpenCall, events: ConversationEvent[]): void {
    if (call.started) return
    call.started = true
    // An id that another call has already would send both results to one call.
    let id = call.upstreamId?.toWellFormed()
    if (id === undefined || this.#ids.has(id)) id = `call_${crypto.randomUUID().replaceAll('-', '')}`
    this.#ids.add(id)
    events.push({
      type: 'tool-call-start',
      choice: this.#choice,
      index: call.index,
      id,
      name: call.name.toWellFormed(),
      ...(call.signature !== undefined && { signature: call.signature }),
    })
    call.signatureSent = call.signature !== undefined
    const early = call.early
    call.early = ''
    this.#send(call, early, events)
  }

  #send(call: OpenCall, piece: string, events: ConversationEvent[]): void {
    if (piece === '') return
    call.sent += piece
    events.push({ type: 'tool-call-delta', choice: this.#choice, index: call.index, arguments: piece })
  }
}

/** Whether a delta that claims the place of an open call belongs to another one. */
function opensAnother(call: OpenCall, id: string | undefined, name: string | undefined, args: string): boolean {
  if (id !== undefined && call.upstreamId !== undefined) return id !== call.upstreamId
  if (name === undefined || call.name === '') return false
  if (name !== call.name) return true
  // The same name again: a server that repeats it in every delta, or a second whole call without an id.
  return args.startsWith('{') && isWholeObject(call.sent)
}

function isWholeObject(text: string): boolean {
  if (!text.endsWith('}')) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function argumentsOf(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : JSON.stringify(value)
}
