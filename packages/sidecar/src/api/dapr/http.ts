/**
 * Dapr's conversation API over HTTP, alpha1 and alpha2: protojson in, protojson out, and with
 * `Accept: text/event-stream` the same answer as a stream.
 */
import {
  type CallOrigin,
  type ConversationError,
  type ConversationRequest,
  type ConversationResult,
  collect,
  errorRow,
} from '@dapr-chat/protocol'
import {
  Alpha1StreamWriter,
  Alpha2StreamWriter,
  ConversationRequestAlpha1Schema,
  ConversationRequestAlpha2Schema,
  ConversationResponseAlpha1Schema,
  ConversationResponseAlpha2Schema,
  ConversationStreamResponseAlpha1Schema,
  errorHeaders,
  readAlpha1Request,
  readAlpha2Request,
  readRequestJson,
  streamErrorBody,
  writeAlpha1Response,
  writeAlpha2Response,
  writeErrorBody,
  writeJson,
} from '@dapr-chat/protocol/dapr'
import { encodeSse } from '@dapr-chat/protocol/sse'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ApiContext } from '../context.ts'
import { converseOverHttp, failureOverHttp, openHttpCall } from '../http-call.ts'
import { parameterAfter } from '../path.ts'
import { sendJson } from '../reply.ts'
import { type StreamWire, streamAnswer } from '../stream-answer.ts'

/** What one version of the wire makes of a request's body. */
interface Exchange {
  /** Reads and checks the request; only after the component is known to exist. */
  request(): ConversationRequest
  /** The whole answer as JSON. */
  answer(result: ConversationResult): string
  /** The answer as frames. */
  stream(): Pick<StreamWire, 'write' | 'end'>
}

type Version = (body: Uint8Array) => Exchange

const alpha1: Version = (body) => {
  const wire = readRequestJson(ConversationRequestAlpha1Schema, body)
  return {
    request: () => readAlpha1Request(wire),
    answer: (result) => writeJson(ConversationResponseAlpha1Schema, writeAlpha1Response(result, wire)),
    stream: () => {
      const writer = new Alpha1StreamWriter(wire)
      return {
        write: (batch) =>
          writer.messages(batch).map((frame) => writeJson(ConversationStreamResponseAlpha1Schema, frame)),
        end: () => [writeJson(ConversationStreamResponseAlpha1Schema, writer.end())],
      }
    },
  }
}

const alpha2: Version = (body) => {
  const wire = readRequestJson(ConversationRequestAlpha2Schema, body)
  return {
    request: () => readAlpha2Request(wire),
    answer: (result) => writeJson(ConversationResponseAlpha2Schema, writeAlpha2Response(result, wire.contextId)),
    stream: () => {
      const writer = new Alpha2StreamWriter(wire.contextId)
      return {
        write: (batch) => writer.json(batch).map((frame) => JSON.stringify(frame)),
        end: () => writer.endJson().map((frame) => JSON.stringify(frame)),
      }
    },
  }
}

/** Adds the two routes. */
export function registerDaprHttp(app: FastifyInstance, context: ApiContext): void {
  const converse = (version: Version) => (request: FastifyRequest, reply: FastifyReply) =>
    answer(version, context, request, reply)
  app.post('/v1.0-alpha1/conversation/:name/converse', converse(alpha1))
  app.post('/v1.0-alpha2/conversation/:name/converse', converse(alpha2))
}

async function answer(version: Version, context: ApiContext, request: FastifyRequest, reply: FastifyReply) {
  const name = parameterAfter('conversation', request.raw.url ?? '')
  const streamed = wantsStream(request)
  const origin: CallOrigin = { surface: 'dapr-http', streamed }
  try {
    const exchange = version((request.body as Uint8Array | undefined) ?? new Uint8Array())
    const component = context.components.get(name)
    const conversation = exchange.request()
    const call = openHttpCall(context, reply.raw)
    try {
      const stream = converseOverHttp(component, conversation, request.raw, call, origin)
      if (!streamed) return sendJson(reply, exchange.answer(await collect(stream)))
      const error = (failure: ConversationError) => encodeSse(streamErrorBody(failure.about(name)), 'error')
      await streamAnswer(stream, reply.raw, { ...exchange.stream(), error }, context)
      return reply.hijack()
    } finally {
      call.close()
    }
  } catch (thrown) {
    const failure = failureOverHttp(context, request.raw, { component: name, origin }, thrown)
    return sendDaprError(reply, failure.about(name))
  }
}

/** Answers with Dapr's error body. */
export function sendDaprError(reply: FastifyReply, error: ConversationError): FastifyReply {
  const { http } = errorRow(error.code)
  return sendJson(reply.code(http).headers(errorHeaders(error)), writeErrorBody(error))
}

function wantsStream(request: FastifyRequest): boolean {
  return request.headers.accept?.toLowerCase().includes('text/event-stream') ?? false
}
