/** A provider that speaks the OpenAI chat wire. The folders of the vendors say where, with which key, in which dialect. */
import {
  type ConversationCall,
  ConversationError,
  type ConversationEvent,
  type ConversationRequest,
  type Converse,
  isOutput,
} from '@dapr-chat/protocol'
import { ChatStreamReader, writeChatRequest } from '@dapr-chat/protocol/openai'
import type { Provider } from '../provider.ts'
import type { ClockLimits } from '../upstream/clocks.ts'
import { Connections } from '../upstream/connections.ts'
import { Exchange } from '../upstream/exchange.ts'
import { readFailedAnswer } from '../upstream/failed-answer.ts'
import { traceHeaders } from '../upstream/trace-headers.ts'
import type { ChatEndpoint } from './endpoint.ts'

/** What a vendor changes in a request before it is written. */
export type AdaptRequest = (request: ConversationRequest) => ConversationRequest

/** Makes the live provider of one endpoint. */
export function createChatProvider(endpoint: ChatEndpoint, limits: ClockLimits, adapt?: AdaptRequest): Provider {
  const connections = new Connections(endpoint.origin)
  return {
    model: endpoint.model,
    converse: chatCompletions(connections, endpoint, limits, adapt),
    close: () => connections.close(),
  }
}

function chatCompletions(
  connections: Connections,
  endpoint: ChatEndpoint,
  limits: ClockLimits,
  adapt: AdaptRequest | undefined,
): Converse {
  const headers = { ...endpoint.headers, 'content-type': 'application/json', accept: 'text/event-stream' }
  return async function* converse(call: ConversationCall): AsyncGenerator<readonly ConversationEvent[]> {
    const request = adapt ? adapt(call.request) : call.request
    const model = request.model ?? endpoint.model
    const written = writeChatRequest(request, { ...endpoint.dialect, model, stream: true })
    const body = JSON.stringify(endpoint.rewrite ? endpoint.rewrite(written) : written)
    const sent = { path: endpoint.path(model), headers: { ...headers, ...traceHeaders(call.trace) }, body }
    const exchange = new Exchange(connections, sent, call.signal, limits)
    const { n } = request.parameters ?? {}
    const reader = new ChatStreamReader(typeof n === 'number' ? { choices: n } : {})
    try {
      const head = await exchange.head()
      call.observer?.answered()
      if (head.status < 200 || head.status > 299) throw await readFailedAnswer(exchange, head, call.signal)
      let bytes: Uint8Array | undefined
      do {
        bytes = await readOrEnd(exchange, reader)
        const batch = bytes ? reader.push(bytes) : reader.end()
        if (batch.some(isOutput)) exchange.committed()
        if (reader.finished) exchange.finished()
        if (batch.length > 0) yield batch
        if (reader.failure) throw reader.failure
      } while (bytes && !reader.done)
    } finally {
      exchange.close(reader.done)
    }
  }
}

/** A connection that breaks, or falls silent, after the last finish reason has cost nothing of the answer: an end too. */
async function readOrEnd(exchange: Exchange, reader: ChatStreamReader): Promise<Uint8Array | undefined> {
  try {
    return await exchange.read()
  } catch (thrown) {
    const over = thrown instanceof ConversationError && (thrown.code === 'interrupted' || thrown.clock === 'idle')
    if (over && reader.finished) return undefined
    throw thrown
  }
}
