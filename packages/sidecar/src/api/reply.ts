import type { ServerResponse } from 'node:http'
import { errorRow } from '@dapr-chat/protocol'
import type { FastifyReply } from 'fastify'

/**
 * Answers with a JSON text as it is. A Buffer, because to a string Fastify adds a charset to the content type, which
 * Dapr's answers do not have.
 */
export function sendJson(reply: FastifyReply, json: string): FastifyReply {
  return reply.header('content-type', 'application/json').send(Buffer.from(json))
}

/** Answers with a line of plain text, as Dapr does where its JSON errors do not reach. */
export function sendText(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).header('content-type', 'text/plain; charset=utf-8').send(`${text}\n`)
}

/** The status of an answer that is over: as it was sent, or that of a caller who did not wait for it. */
export function finalStatus({ writableFinished, statusCode }: ServerResponse): number {
  return writableFinished ? statusCode : errorRow('cancelled').http
}
