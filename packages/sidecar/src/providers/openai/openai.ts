/** `conversation.openai`: OpenAI itself, Azure, and every server that speaks OpenAI's chat wire. */
import {
  type ConversationCall,
  ConversationError,
  type ConversationEvent,
  type Converse,
  isOutput,
} from '@dapr-chat/protocol'
import { ChatStreamReader, readChatError, writeChatRequest } from '@dapr-chat/protocol/openai'
import { defineProvider } from '../provider.ts'
import type { ClockLimits } from '../upstream/clocks.ts'
import { Connections } from '../upstream/connections.ts'
import { Exchange } from '../upstream/exchange.ts'
import { type ChatEndpoint, chatEndpoint } from './endpoint.ts'
import { openaiSettings } from './settings.ts'

/** The most of an error's body that is read, in bytes. */
const MAX_ERROR_BYTES = 64 * 1024

/** A shorter key is a placeholder for a server that checks none, and may be a word of any message. */
const MIN_SECRET_CHARS = 8

export const openai = defineProvider({
  type: 'conversation.openai',
  description: 'OpenAI, Azure OpenAI, or any server that speaks the OpenAI chat wire.',
  settings: openaiSettings,
  create(settings, { environment }) {
    const endpoint = chatEndpoint(settings, environment)
    const connections = new Connections(endpoint.origin)
    const limits: ClockLimits = {
      connectMs: settings.connectTimeout,
      firstTokenMs: settings.firstTokenTimeout,
      idleMs: settings.idleTimeout,
      totalMs: settings.totalTimeout,
    }
    return {
      model: endpoint.model,
      converse: chatCompletions(connections, endpoint, limits),
      close: () => connections.close(),
    }
  },
})

function chatCompletions(connections: Connections, endpoint: ChatEndpoint, limits: ClockLimits): Converse {
  const headers = { ...endpoint.headers, 'content-type': 'application/json', accept: 'text/event-stream' }
  return async function* converse(call: ConversationCall): AsyncGenerator<readonly ConversationEvent[]> {
    const model = call.request.model ?? endpoint.model
    const body = JSON.stringify(writeChatRequest(call.request, { model, stream: true, openai: endpoint.openai }))
    const exchange = new Exchange(connections, { path: endpoint.path(model), headers, body }, call.signal, limits)
    const { n } = call.request.parameters ?? {}
    const reader = new ChatStreamReader(typeof n === 'number' ? { choices: n } : {})
    try {
      const { status, headers: answered } = await exchange.head()
      if (status < 200 || status > 299) {
        const text = await readText(exchange, call.signal)
        throw readChatError({ status, headers: answered, body: text })
      }
      yield* readAnswer(exchange, reader)
    } catch (thrown) {
      throw withoutKey(ConversationError.from(thrown), endpoint.key)
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

/** The body of an error; what is beyond the limit, or behind a break or silence of the connection, is not missed. */
async function readText(exchange: Exchange, signal: AbortSignal): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  try {
    while (size < MAX_ERROR_BYTES) {
      const bytes = await exchange.read()
      if (!bytes) break
      size += bytes.length
      text += decoder.decode(bytes, { stream: true })
    }
  } catch (thrown) {
    if (signal.aborted) throw thrown
  }
  return text
}

/** The same failure without the key, which some providers quote when they refuse it. */
function withoutKey(error: ConversationError, key: string): ConversationError {
  if (key.length < MIN_SECRET_CHARS || !error.message.includes(key)) return error
  const { status, retryAfterMs } = error
  return new ConversationError(error.code, error.message.replaceAll(key, '***'), {
    ...(status !== undefined && { status }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  })
}
