/**
 * Plain HTTP for tests: what goes out is what stands here, paths and headers as they are written, and a connection of
 * its own for each request. Nothing is read with the project's own readers.
 */
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'

/** An answer, read to its end. */
export interface PlainAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** What to send; the path goes out exactly as it is written. */
export interface PlainRequest {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  readonly signal?: AbortSignal
}

/** Sends a request and hands out the answer as soon as its headers are there. */
export function open(base: string, path: string, given: PlainRequest = {}): Promise<IncomingMessage> {
  const { hostname, port } = new URL(base)
  const { method = given.body === undefined ? 'GET' : 'POST', headers = {}, body, signal } = given
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      hostname: hostname.replace(/[[\]]/g, ''),
      port,
      path,
      method,
      headers,
      agent: false,
      ...(signal && { signal }),
    })
    request.once('response', resolve)
    request.once('error', reject)
    request.end(body)
  })
}

/** Sends a request and reads the whole answer. */
export async function send(base: string, path: string, request: PlainRequest = {}): Promise<PlainAnswer> {
  const response = await open(base, path, request)
  return { status: response.statusCode ?? 0, headers: response.headers, text: await readText(response) }
}

/** Reads a body to its end. */
export async function readText(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const part of response.setEncoding('utf8')) text += part
  return text
}

/** Posts JSON. */
export function post(
  base: string,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<PlainAnswer> {
  return send(base, path, { body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } })
}

/** One event of an event stream. */
export interface PlainEvent {
  readonly event: string
  readonly data: string
}

/** The events of a finished stream that has one data line for each event, as ours have. */
export function eventsOf(text: string): PlainEvent[] {
  return text
    .split('\n\n')
    .map((block) => block.split('\n').filter((line) => line !== '' && !line.startsWith(':')))
    .filter((lines) => lines.length > 0)
    .map((lines) => {
      const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? ''
      return { event: field('event') || 'message', data: field('data') }
    })
}
