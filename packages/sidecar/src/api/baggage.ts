/**
 * W3C baggage of a request: checked and given back, as by daprd. Nothing here reads it, and it goes no further: a
 * provider has no business with it.
 */
import type { Metadata } from '@grpc/grpc-js'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isHealthRoute } from './endpoints.ts'
import { sendText } from './reply.ts'

/** What callers are told whose baggage is none. */
export const INVALID_BAGGAGE = 'invalid baggage header: it must be a list of key=value, at most 64 and 8192 bytes long'

/** W3C Baggage §3.3: what a receiver must be able to take. */
const MAX_BYTES = 8_192
const MAX_MEMBERS = 64

const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+"
const VALUE = '[\\x21\\x23-\\x2B\\x2D-\\x3A\\x3C-\\x5B\\x5D-\\x7E]*'
const MEMBER = new RegExp(
  `^[ \\t]*${TOKEN}[ \\t]*=[ \\t]*${VALUE}[ \\t]*(?:;[ \\t]*${TOKEN}[ \\t]*(?:=[ \\t]*${VALUE}[ \\t]*)?)*$`,
)

/** Whether a header holds baggage and nothing else. */
export function isBaggage(text: string): boolean {
  if (text.length > MAX_BYTES) return false
  const members = text.split(',')
  return members.length <= MAX_MEMBERS && members.every((member) => MEMBER.test(member))
}

/** The baggage of a call over gRPC; `undefined` where it has none. */
export function grpcBaggage(metadata: Pick<Metadata, 'get'>): string | undefined {
  const values = metadata.get('baggage')
  return values.length === 0 ? undefined : values.map(String).join(',')
}

/** Gives the baggage of a request back, or refuses one whose baggage is none. The result says whether it did. */
export function refuseBaggage(request: FastifyRequest, reply: FastifyReply): boolean {
  const { baggage } = request.headers
  if (typeof baggage !== 'string' || baggage === '' || isHealthRoute(request.routeOptions.url)) return false
  if (!isBaggage(baggage)) {
    sendText(reply, 400, INVALID_BAGGAGE)
    return true
  }
  reply.raw.setHeader('baggage', baggage)
  return false
}
