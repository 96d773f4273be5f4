/**
 * Requests and answers of ConverseAlpha1, for the sidecar only: our client speaks alpha2. The parts and tools that Dapr's
 * unreleased stream added to the same request are read too.
 */
import { create } from '@bufbuild/protobuf'
import type { JsonObject } from '../conversation/json.ts'
import type { Message } from '../conversation/message.ts'
import type { ConversationRequest } from '../conversation/request.ts'
import type { ConversationResult } from '../conversation/result.ts'
import type { ToolCall, ToolDefinition } from '../conversation/tool.ts'
import { ConversationError } from '../error.ts'
import { readParameters } from './any.ts'
import type {
  ConversationInput,
  ConversationRequest as ConversationRequestAlpha1,
  ConversationResponse,
  Tool,
} from './gen/dapr/proto/runtime/v1/ai_pb.js'
import { ConversationResponseSchema } from './gen/dapr/proto/runtime/v1/ai_pb.js'
import { readInputs } from './scrub.ts'

/**
 * Reads a request. Roles are read without case, because Java sends them in capitals; an unknown or absent one is a user.
 * @throws ConversationError `missing_inputs`, or `invalid_params` where a tool's schema is not JSON.
 */
export function readAlpha1Request(wire: ConversationRequestAlpha1): ConversationRequest {
  if (wire.inputs.length === 0) throw new ConversationError('missing_inputs', 'missing inputs in request')
  const parameters = readParameters(wire.parameters)
  return {
    ...readInputs(
      wire.inputs.map((input) => ({ messages: readInput(input), scrub: input.scrubPII ?? false })),
      wire.scrubPII ?? false,
    ),
    ...(wire.contextID && { contextId: wire.contextID }),
    ...(wire.temperature !== undefined && { temperature: wire.temperature }),
    ...(wire.tools.length > 0 && { tools: wire.tools.map(readTool) }),
    ...(parameters && { parameters }),
    ...(Object.keys(wire.metadata).length > 0 && { metadata: wire.metadata }),
  }
}

/** Writes an answer: the text of the first choice, with the request's context id and parameters given back untouched. */
export function writeAlpha1Response(
  result: ConversationResult,
  request: ConversationRequestAlpha1,
): ConversationResponse {
  return create(ConversationResponseSchema, {
    ...(request.contextID && { contextID: request.contextID }),
    outputs: [{ result: result.choices[0]?.text ?? '', parameters: request.parameters }],
  })
}

/** One input is one message, and one more for each answer of a tool among its parts. */
function readInput(input: ConversationInput): Message[] {
  const texts: string[] = input.parts.length === 0 ? [input.content] : []
  const toolCalls: ToolCall[] = []
  const answers: Message[] = []
  for (const { contentType } of input.parts) {
    switch (contentType.case) {
      case 'text':
        texts.push(contentType.value.text)
        break
      case 'toolCall': {
        const { id, name, arguments: text } = contentType.value
        toolCalls.push({ id, name, arguments: text })
        break
      }
      case 'toolResult': {
        const { toolCallId, name, content } = contentType.value
        answers.push({ role: 'tool', content: [{ type: 'text', text: content }], toolCallId, name })
      }
    }
  }
  if (texts.length === 0 && toolCalls.length === 0 && answers.length > 0) return answers
  const content = texts.map((text) => ({ type: 'text' as const, text }))
  return [readRole(input.role ?? '', content, toolCalls), ...answers]
}

function readRole(role: string, content: Message['content'], toolCalls: readonly ToolCall[]): Message {
  switch (role.toLowerCase()) {
    case 'system':
      return { role: 'system', content }
    case 'assistant':
    case 'ai':
      return { role: 'assistant', content, toolCalls }
    case 'tool':
      return { role: 'tool', content, toolCallId: '', name: '' }
    default:
      return { role: 'user', content }
  }
}

function readTool({ name, description, parameters }: Tool): ToolDefinition {
  return {
    name,
    ...(description !== '' && { description }),
    ...(parameters !== '' && { parameters: readSchema(name, parameters) }),
  }
}

function readSchema(name: string, text: string): JsonObject {
  try {
    const schema: unknown = JSON.parse(text)
    if (typeof schema === 'object' && schema !== null && !Array.isArray(schema)) return schema as JsonObject
  } catch {
    // Falls through to the same answer: whoever wrote the tool has to look at it.
  }
  throw new ConversationError('invalid_params', `invalid params: parameters of tool ${name} must be a JSON object`)
}
