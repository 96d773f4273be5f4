/**
 * The provider of the benchmark, a process of its own: a server that answers at once, from bytes made in advance, so
 * that what is measured is what stands between it and the caller. It speaks OpenAI's words, or those of the vendor that
 * its argument names; to a vendor's words only streams are asked for. `GET /open` tells how many answers are still being
 * sent.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { announce } from '../processes/probe.ts'
import { chatAnswer, completion } from './answer.ts'
import { burst } from './answer-bytes.ts'
import { readPrompt, type Script } from './script.ts'
import { vendorAnswer } from './vendor-answer.ts'
import { vendors } from './vendors.ts'

const vendor = vendors.find(({ name }) => name === process.argv[2])
const bytes = vendor ? vendorAnswer(vendor.wire()) : chatAnswer
const { contentType, opening, token, end } = bytes
const first = Buffer.concat([opening, token])

let open = 0
const bursts = new Map<number, Buffer[]>()
const completions = new Map<number, Buffer>()

function cached<Value>(cache: Map<number, Value>, tokens: number, make: (tokens: number) => Value): Value {
  let value = cache.get(tokens)
  if (value === undefined) {
    value = make(tokens)
    cache.set(tokens, value)
  }
  return value
}

function receive(request: IncomingMessage, response: ServerResponse): void {
  if (request.method === 'GET') {
    response.end(String(open))
    return
  }
  open += 1
  response.once('close', () => {
    open -= 1
  })
  let body = ''
  request.setEncoding('latin1')
  request.on('data', (text: string) => {
    body += text
  })
  request.on('end', () => answer(body, response))
}

function answer(body: string, response: ServerResponse): void {
  const script = readPrompt(body)
  if (!vendor && !/"stream":\s*true/.test(body)) {
    const whole = cached(completions, script.tokens, completion)
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': whole.length }).end(whole)
    return
  }
  response.writeHead(200, { 'content-type': contentType, 'transfer-encoding': 'chunked' })
  // The bytes carry the chunked coding already.
  response.chunkedEncoding = false
  if (script.everyMs > 0) pace(script, response)
  else
    void pour(
      cached(bursts, script.tokens, (tokens) => burst(bytes, tokens)),
      response,
    )
}

function pace({ tokens, everyMs }: Script, response: ServerResponse): void {
  let left = tokens - 1
  response.write(first)
  const timer = setInterval(() => {
    if (left > 0) response.write(token)
    else response.end(end)
    left -= 1
  }, everyMs)
  response.once('close', () => clearInterval(timer))
}

async function pour(pieces: readonly Buffer[], response: ServerResponse): Promise<void> {
  for (const piece of pieces) {
    if (response.destroyed) return
    if (!response.write(piece)) await roomOrEnd(response)
  }
  response.end()
}

function roomOrEnd(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      response.off('drain', settle).off('close', settle)
      resolve()
    }
    response.on('drain', settle).on('close', settle)
  })
}

const server = createServer({ keepAliveTimeout: 60_000 }, receive)
server.listen(0, '127.0.0.1', 4_096, () => announce(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
