/** The OpenAI-compatible API: chat completions and the list of models, which here are the components. */
import { randomUUID } from 'node:crypto'
import { type CallOrigin, ConversationError, collect, errorRow } from '@dapr-chat/protocol'
import { errorHeaders } from '@dapr-chat/protocol/dapr'
import {
  asFields,
  ChatChunkWriter,
  type ChatRequest,
  readChatRequest,
  writeChatCompletion,
  writeChatError,
} from '@dapr-chat/protocol/openai'
import { encodeSse } from '@dapr-chat/protocol/sse'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isReady, type ReadyComponent } from '../../components/registry.ts'
import type { ApiContext } from '../context.ts'
import { converseOverHttp, failureOverHttp, openHttpCall } from '../http-call.ts'
import { sendJson } from '../reply.ts'
import { streamAnswer } from '../stream-answer.ts'

/** Adds the routes. */
export function registerOpenAiHttp(app: FastifyInstance, context: ApiContext): void {
  app.post('/v1/chat/completions', (request, reply) => answer(context, request, reply))
  app.get('/v1/models', (_request, reply) => sendJson(reply, JSON.stringify(listModels(context))))
  app.get<{ Params: { model: string } }>('/v1/models/:model', (request, reply) => {
    try {
      return sendJson(reply, JSON.stringify(describeModel(context, request.params.model)))
    } catch (thrown) {
      return sendChatError(reply, ConversationError.from(thrown))
    }
  })
}

async function answer(context: ApiContext, request: FastifyRequest, reply: FastifyReply) {
  let named = ''
  let origin: CallOrigin = { surface: 'openai', streamed: false }
  try {
    const body = parseBody(request.body)
    // Before the request is checked, so that what is known of one that is refused is told.
    named = splitModel(context, asFields(body)?.model).name
    origin = { surface: 'openai', streamed: asFields(body)?.stream === true }
    const chat = readChatRequest(body)
    const { component, model } = findComponent(context, chat.model)
    const conversation = model === undefined ? chat.request : { ...chat.request, model }
    const call = openHttpCall(context, reply.raw)
    try {
      const stream = converseOverHttp(component, conversation, request.raw, call, origin)
      const envelope = {
        id: `chatcmpl-${randomUUID()}`,
        model: model ?? component.provider.model ?? component.name,
        created: Math.floor(Date.now() / 1_000),
      }
      if (!chat.stream) {
        return sendJson(reply, JSON.stringify(writeChatCompletion(await collect(stream), envelope)))
      }
      await streamAnswer(stream, reply.raw, streamWire(envelope, chat), context)
      return reply.hijack()
    } finally {
      call.close()
    }
  } catch (thrown) {
    return sendChatError(reply, failureOverHttp(context, request.raw, { component: named, origin }, thrown))
  }
}

function streamWire(envelope: { id: string; model: string; created: number }, { includeUsage }: ChatRequest) {
  const writer = new ChatChunkWriter({ ...envelope, includeUsage })
  return {
    write: (batch: Parameters<typeof writer.write>[0]) => writer.write(batch).map((chunk) => JSON.stringify(chunk)),
    end: () => writer.end().map((chunk) => JSON.stringify(chunk)),
    // Without a name: the `openai` packages look for `error` in the data, and some clients drop named events.
    error: (error: ConversationError) => encodeSse(JSON.stringify(writeChatError(error))),
  }
}

/** Answers with OpenAI's error body. */
export function sendChatError(reply: FastifyReply, error: ConversationError): FastifyReply {
  const { openaiStatus } = errorRow(error.code)
  return sendJson(reply.code(openaiStatus).headers(errorHeaders(error)), JSON.stringify(writeChatError(error)))
}

function findComponent(context: ApiContext, named: string): { component: ReadyComponent; model?: string } {
  const { name, ...model } = splitModel(context, named)
  return { component: context.components.get(name), ...model }
}

/** `model` names a component, or a component and one of its models with a slash between. */
function splitModel({ components }: ApiContext, named: unknown): { name: string; model?: string } {
  if (typeof named !== 'string') return { name: '' }
  const slash = named.indexOf('/')
  const known = components.has(named)
  if (known || slash < 1 || slash === named.length - 1) return { name: named }
  return { name: named.slice(0, slash), model: named.slice(slash + 1) }
}

function parseBody(body: unknown): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body as Uint8Array | undefined))
  } catch (cause) {
    throw new ConversationError('malformed_request', 'Cannot read the request: the body must be JSON in UTF-8', {
      cause,
    })
  }
}

function listModels({ components }: ApiContext): object {
  const data = components
    .list()
    .filter(isReady)
    .map((component) => modelOf(component.name, component))
  return { object: 'list', data }
}

/** @throws ConversationError `component_not_found` where the name is none that a completion could have. */
function describeModel(context: ApiContext, name: string): object {
  return modelOf(name, findComponent(context, name).component)
}

function modelOf(id: string, { type }: ReadyComponent): object {
  return { id, object: 'model', created: 0, owned_by: type }
}
