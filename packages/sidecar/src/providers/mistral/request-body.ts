/**
 * What Mistral wants otherwise in a request on OpenAI's wire. Its API refuses members that it does not know, and ids of
 * calls that are not of its own form.
 */
import { createHash } from 'node:crypto'
import { asFields, asList, asText, type Fields } from '@dapr-chat/protocol/openai'

/** The body for Mistral, from one as OpenAI takes it. */
export function writeMistralBody(body: Fields): Fields {
  // Usage comes unasked.
  const { stream_options, prompt_cache_retention, seed, max_completion_tokens, tool_choice, ...rest } = body
  const messages = asList(body.messages).map((message) => writeMessage(asFields(message) ?? {}))
  const last = messages.at(-1)
  return {
    ...rest,
    ...(seed !== undefined && { random_seed: seed }),
    ...(max_completion_tokens !== undefined && { max_tokens: max_completion_tokens }),
    ...(tool_choice !== undefined && { tool_choice: tool_choice === 'required' ? 'any' : tool_choice }),
    // A conversation may end in the beginning of the answer only if that is said.
    messages: last?.role === 'assistant' ? [...messages.slice(0, -1), { ...last, prefix: true }] : messages,
  }
}

function writeMessage({ name, refusal, ...message }: Fields): Fields {
  const content = Array.isArray(message.content) ? message.content.map(writePart) : message.content
  switch (message.role) {
    case 'tool':
      return { ...message, content, tool_call_id: callId(message.tool_call_id) }
    case 'assistant':
      return {
        ...message,
        content: asText(content) ?? refusal ?? content,
        ...(Array.isArray(message.tool_calls) && { tool_calls: message.tool_calls.map(writeCall) }),
      }
    default:
      return { ...message, content }
  }
}

function writeCall(value: unknown): Fields {
  const call = asFields(value) ?? {}
  return { ...call, id: callId(call.id) }
}

/** Nine letters and digits: the id itself where it is of that form, otherwise always the same nine for the same id. */
function callId(id: unknown): string {
  const text = asText(id) ?? ''
  if (/^[A-Za-z0-9]{9}$/.test(text)) return text
  return createHash('sha256').update(text).digest('hex').slice(0, 9)
}

function writePart(value: unknown): unknown {
  const part = asFields(value)
  switch (part?.type) {
    case 'input_audio':
      return { type: 'input_audio', input_audio: asFields(part.input_audio)?.data }
    case 'file': {
      const { file_data, filename } = asFields(part.file) ?? {}
      return { type: 'document_url', document_url: file_data, document_name: filename }
    }
    default:
      return value
  }
}
