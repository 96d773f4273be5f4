/** A recorded answer, read from its file: bytes as the provider sent them, cut into events, with times where the file has them. */
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { ExitError, exitCodes } from '../exit-code.ts'
import { eventStreamParts, frameParts } from './parts.ts'

/** One event, with what ends it. */
export interface RecordedEvent {
  readonly bytes: Uint8Array
  /** After the request, in milliseconds. */
  readonly atMs?: number
}

/** What is answered. */
export interface Recording {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly events: readonly RecordedEvent[]
  /** Of the whole body. */
  readonly bytes: number
  /** The first thing that is said, parsed, by which one sees whose answer it is; `undefined` in binary frames. */
  readonly first: unknown
}

/** What may lie beside `NAME.sse`, as `NAME.expected.json`: more is known of the answer than its body. */
interface Companion {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** These belong to the connection that was recorded. */
const CONNECTION_HEADERS = [
  'connection',
  'content-encoding',
  'content-length',
  'date',
  'keep-alive',
  'transfer-encoding',
]

/**
 * Reads a file.
 * @throws ExitError where it cannot be read, or holds no answer.
 */
export async function readRecording(file: string): Promise<Recording> {
  const body = await readFile(file).catch((cause: Error) => {
    throw refusal(file, `it must be a file that can be read: ${cause.message}`, cause)
  })
  const { contentType, events, first } = bodyOf(file, body)
  const { status = 200, headers = {} } = await companionOf(file)
  const kept = Object.entries(headers).filter(([name]) => !CONNECTION_HEADERS.includes(name.toLowerCase()))
  return {
    status,
    headers: {
      'content-type': contentType,
      ...Object.fromEntries(kept.map(([name, value]) => [name.toLowerCase(), value])),
    },
    events,
    bytes: events.reduce((sum, { bytes }) => sum + bytes.length, 0),
    first,
  }
}

interface Body extends Pick<Recording, 'events' | 'first'> {
  readonly contentType: string
}

function bodyOf(file: string, body: Buffer): Body {
  const frames = frameParts(body)
  if (frames !== undefined) {
    return {
      contentType: 'application/vnd.amazon.eventstream',
      events: frames.map((bytes) => ({ bytes })),
      first: undefined,
    }
  }
  const text = body.toString('utf8')
  if (/\.(?:jsonl|ndjson)$/i.test(file)) return linesOf(file, text)
  const whole = parsed(text)
  if (whole !== undefined) return { contentType: 'application/json', events: [{ bytes: body }], first: whole }
  const data = /^data: ?(.*)$/m.exec(text)?.[1]
  if (data === undefined) {
    throw refusal(
      file,
      'it must hold an event stream, a JSON body, JSON lines in a file that ends in .jsonl, or frames of AWS',
    )
  }
  const events = eventStreamParts(body).map((bytes) => ({ bytes }))
  return { contentType: 'text/event-stream', events, first: parsed(data) }
}

/** Each line is the data of an event; or it says when the event came, and has the data inside. */
function linesOf(file: string, text: string): Body {
  const events = text.split(/\r?\n/).flatMap((line, index) => {
    if (line.trim() === '') return []
    const value = parsed(line)
    if (value === undefined) throw refusal(file, `line ${index + 1} must be JSON`)
    const timed = timedEvent(value)
    const data = timed ? timed.data : value
    const shown = typeof data === 'string' ? data : timed ? JSON.stringify(data) : line.trim()
    return [{ data, bytes: Buffer.from(`data: ${shown}\n\n`), ...(timed && { atMs: timed.at }) }]
  })
  const [first] = events
  if (first === undefined) throw refusal(file, 'it must hold at least one event')
  return { contentType: 'text/event-stream', events, first: first.data }
}

function timedEvent(value: unknown): { readonly at: number; readonly data: unknown } | undefined {
  if (typeof value !== 'object' || value === null || !('at' in value && 'data' in value)) return undefined
  return typeof value.at === 'number' && value.at >= 0 ? { at: value.at, data: value.data } : undefined
}

async function companionOf(file: string): Promise<Companion> {
  const path = file.replace(/\.[^./\\]+$/, '.expected.json')
  if (path === file) return {}
  const text = await readFile(path, 'utf8').catch(() => '')
  return (parsed(text) as Companion | undefined) ?? {}
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function refusal(file: string, must: string, cause?: Error): ExitError {
  return new ExitError(exitCodes.usage, `Cannot replay ${basename(file)}: ${must}`, cause && { cause })
}
