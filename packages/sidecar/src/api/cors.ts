/**
 * Lets web pages of other origins use the HTTP API, where an operator names their origins. Browsers ask first, without
 * a token, so that this stands before the guard; who may call is still the guard's to decide.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'

/** daprd's list of methods. */
const METHODS = 'HEAD, GET, POST, PUT, PATCH, DELETE'

/** How long a browser may remember the answer, in seconds. */
const MAX_AGE = '600'

/** Whether pages of an origin may use the API. */
export function allowsOrigin(allowed: readonly string[], origin: string): boolean {
  return allowed.includes('*') || allowed.includes(origin)
}

/** A hook that says so in the answer, answers a browser's question, and says whether it did that. */
export function createCors(allowed: readonly string[]): (request: FastifyRequest, reply: FastifyReply) => boolean {
  if (allowed.length === 0) return () => false
  return ({ method, headers }, reply) => {
    const { origin } = headers
    // Straight to Node's response: a stream takes that over, with the headers it has by then.
    const response = reply.raw
    response.setHeader('vary', 'Origin')
    if (origin === undefined || !allowsOrigin(allowed, origin)) return false
    response.setHeader('access-control-allow-origin', allowed.includes('*') ? '*' : origin)
    // What kind of error it is and when to ask again stand in headers, which a page cannot read otherwise.
    response.setHeader('access-control-expose-headers', '*')
    if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return false
    response.setHeader('access-control-allow-methods', METHODS)
    // Not `*`: to a browser that does not cover `authorization`.
    response.setHeader('access-control-allow-headers', headers['access-control-request-headers'] ?? '*')
    response.setHeader('access-control-max-age', MAX_AGE)
    reply.code(204).send()
    return true
  }
}
