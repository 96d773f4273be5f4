/** The three ways in which a question asks for a shape, one per mode: what they change in the request. */
import type { ConversationRequest, JsonObject, Message, ResponseFormat } from '@dapr-chat/protocol'
import { textOf } from '@dapr-chat/protocol'
import { InvalidRequestError } from '../errors.ts'
import type { OutputMode } from './output-spec.ts'

/** What the model is told about the shape. */
export interface WireShape {
  readonly name: string
  readonly description: string | undefined
  /** The schema for providers, with one type at every level; absent for any JSON value. */
  readonly flat: JsonObject | undefined
  /** The schema for the model to read. */
  readonly full: JsonObject | undefined
  readonly strict: boolean | undefined
}

/**
 * The request that asks for the shape.
 * @throws InvalidRequestError where the request has a response format of its own, or tools beside mode `tool`.
 */
export function askFor(request: ConversationRequest, mode: OutputMode, shape: WireShape): ConversationRequest {
  if (request.responseFormat) {
    throw new InvalidRequestError('Cannot use option "output" beside "responseFormat": one of them must be left out')
  }
  switch (mode) {
    case 'schema':
      // Servers that can do JSON without a schema want the word in the conversation.
      return { ...(shape.flat ? request : instructed(request, shape)), responseFormat: responseFormat(shape) }
    case 'tool':
      return forced(request, shape)
    case 'prompt':
      return instructed(request, shape)
  }
}

function responseFormat({ name, description, flat, strict }: WireShape): ResponseFormat {
  if (!flat) return { type: 'json_object' }
  return {
    type: 'json_schema',
    name,
    schema: flat,
    ...(description !== undefined && { description }),
    ...(strict !== undefined && { strict }),
  }
}

function forced(request: ConversationRequest, { name, description, flat, strict }: WireShape): ConversationRequest {
  if (request.tools?.length) {
    throw new InvalidRequestError(
      'Cannot use an output of mode "tool" beside tools: the model could not call them: use the mode "schema" or "prompt"',
    )
  }
  const tool = {
    name,
    description: description ?? 'Gives the answer.',
    parameters: flat ?? { type: 'object' },
    ...(strict !== undefined && { strict }),
  }
  return { ...request, tools: [tool], toolChoice: { name } }
}

/** With the shape in words, at the end of the instructions that the conversation begins with. */
function instructed(request: ConversationRequest, { description, full }: WireShape): ConversationRequest {
  const what = description === undefined ? 'JSON' : `JSON (${description})`
  const fits = full ? ' that fits the JSON Schema below' : ''
  const rule = `Answer only with ${what}${fits}, without a code fence and without any words before or after it.`
  const instruction = full ? `${rule}\n${JSON.stringify(full)}` : rule
  const [first, ...rest] = request.messages
  if (first?.role === 'system' || first?.role === 'developer') {
    return {
      ...request,
      messages: [{ ...first, content: text(`${textOf(first.content)}\n\n${instruction}`) }, ...rest],
    }
  }
  const { scrub } = request
  return {
    ...request,
    messages: [{ role: 'system', content: text(instruction) }, ...request.messages],
    // The places of the messages to scrub move with the messages.
    ...(scrub && { scrub: { ...scrub, messages: scrub.messages.map((place) => place + 1) } }),
  }
}

function text(text: string): Message['content'] {
  return [{ type: 'text', text }]
}
