/** `conversation.openai`: OpenAI itself, Azure, and every server that speaks OpenAI's chat wire. */
import {
  type ConversationCall,
  ConversationError,
  type ConversationEvent,
  type Converse,
  isOutput,
} from '@dapr-chat/protocol'
import { ChatStreamReader, readChatError, writeChatRequest } from '@dapr-chat/protocol/openai'
import { Pool } from 'undici'
import { defineProvider } from '../provider.ts'
import type { ClockLimits } from '../upstream/clocks.ts'
import { Exchange } from '../upstream/exchange.ts'
import { type ChatEndpoint, chatEndpoint } from './endpoint.ts'
import { openaiSettings } from './settings.ts'

/** The most of an error's body that is read, in bytes. */
const MAX_ERROR_BYTES = 64 * 1024

export const openai = defineProvider({
  type: 'conversation.openai',
  description: 'OpenAI, Azure OpenAI, or any server that speaks the OpenAI chat wire.',
  settings: openaiSettings,
  create(settings, { environment }) {
    const endpoint = chatEndpoint(settings, environment)
    // One request at a time on a connection, or a short answer would wait behind a long one. As many connections as
    // there are calls. Timers off: the clocks of the call know what they time.
    const pool = new Pool(endpoint.origin, {
      pipelining: 1,
      connections: null,
      allowH2: false,
      headersTimeout: 0,
      bodyTimeout: 0,
      connectTimeout: 0,
      connect: { timeout: 0 },
    })
    const limits: ClockLimits = {
      connectMs: settings.connectTimeout,
      firstTokenMs: settings.firstTokenTimeout,
      idleMs: settings.idleTimeout,
      totalMs: settings.totalTimeout,
    }
    return { model: endpoint.model, converse: chatCompletions(pool, endpoint, limits), close: () => pool.destroy() }
  },
})

function chatCompletions(pool: Pool, endpoint: ChatEndpoint, limits: ClockLimits): Converse {
  const headers = { ...endpoint.headers, 'content-type': 'application/json', accept: 'text/event-stream' }
  return async function* converse(call: ConversationCall): AsyncGenerator<readonly ConversationEvent[]> {
    const model = call.request.model ?? endpoint.model
    const body = JSON.stringify(writeChatRequest(call.request, { model, stream: true, openai: endpoint.openai }))
    const exchange = new Exchange(pool, { path: endpoint.path(model), headers, body }, call.signal, limits)
    const reader = new ChatStreamReader()
    try {
      const { status, headers: answered } = await exchange.head()
      if (status < 200 || status > 299) {
        throw readChatError({ status, headers: answered, body: await readText(exchange) })
      }
      yield* readAnswer(exchange, reader)
    } finally {
      exchange.close(reader.done)
    }
  }
}

async function* readAnswer(exchange: Exchange, reader: ChatStreamReader): AsyncGenerator<readonly ConversationEvent[]> {
  let committed = false
  for (;;) {
    const bytes = await readOrEnd(exchange, reader)
    const batch = bytes ? reader.push(bytes) : reader.end()
    if (batch.length > 0) {
      if (!committed && batch.some(isOutput)) {
        committed = true
        exchange.committed()
      }
      yield batch
    }
    if (reader.failure) throw reader.failure
    if (reader.done || !bytes) return
  }
}

/** A connection that breaks after the last finish reason has lost nothing of the answer: that is an end too. */
async function readOrEnd(exchange: Exchange, reader: ChatStreamReader): Promise<Uint8Array | undefined> {
  try {
    return await exchange.read()
  } catch (thrown) {
    if (reader.finished && thrown instanceof ConversationError && thrown.code === 'interrupted') return undefined
    throw thrown
  }
}

/** The body of an error; what is beyond the limit, or behind a break of the connection, is not missed. */
async function readText(exchange: Exchange): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  while (size < MAX_ERROR_BYTES) {
    const bytes = await exchange.read()
    if (!bytes) break
    size += bytes.length
    text += decoder.decode(bytes, { stream: true })
  }
  return text
}
