/**
 * Requests of ConverseAlpha2 and its stream, to and from the vocabulary: the sidecar reads them, the client writes them.
 */
import type { MessageInitShape, JsonObject as ProtobufObject } from '@bufbuild/protobuf'
import { create } from '@bufbuild/protobuf'
import type { JsonObject } from '../conversation/json.ts'
import type { Message } from '../conversation/message.ts'
import type { ConversationRequest, ResponseFormat } from '../conversation/request.ts'
import type { ToolChoice, ToolDefinition } from '../conversation/tool.ts'
import { ConversationError } from '../error.ts'
import { readToolCall, writeToolCall } from './alpha2-response.ts'
import { readParameters, writeAny } from './any.ts'
import type {
  ConversationMessage,
  ConversationMessageSchema,
  ConversationRequestAlpha2,
  ConversationTools,
} from './gen/dapr/proto/runtime/v1/ai_pb.js'
import { ConversationRequestAlpha2Schema } from './gen/dapr/proto/runtime/v1/ai_pb.js'
import { readContent, writeContent } from './media.ts'
import { readInputs, splitInputs } from './scrub.ts'

const REQUIRED_WITHOUT_TOOLS =
  "tool choice must be 'auto', 'none', 'required', or a specific tool name matching the tools available to be used"
const UNKNOWN_TOOL =
  "tool choice selected was not found. Must be 'auto', 'none', 'required', or a specific tool name matching the tools available to be used"

/**
 * Reads a request with daprd's checks in daprd's order. The component's existence is checked before, by the caller. The
 * messages of all inputs become one conversation, which is empty where the inputs have no messages.
 * @throws ConversationError `missing_inputs` or `invalid_params`.
 */
export function readAlpha2Request(wire: ConversationRequestAlpha2): ConversationRequest {
  if (wire.inputs.length === 0) throw new ConversationError('missing_inputs', 'missing inputs in request')
  const conversation = readInputs(
    wire.inputs.map((input) => ({ messages: input.messages.map(readMessage), scrub: input.scrubPii ?? false })),
    wire.scrubPii ?? false,
  )
  const tools = readTools(wire.tools)
  const toolChoice = readToolChoice(wire.toolChoice, wire.tools.length > 0, tools)
  const parameters = readParameters(wire.parameters)
  const responseFormat = wire.responseFormat && readResponseFormat(wire.responseFormat as JsonObject)
  const retention = wire.promptCacheRetention
  if (wire.maxTokens !== undefined && wire.maxTokens <= 0) throw invalid('max tokens must be greater than 0')
  return {
    ...conversation,
    ...(wire.contextId && { contextId: wire.contextId }),
    ...(wire.model && { model: wire.model }),
    ...(wire.temperature !== undefined && { temperature: wire.temperature }),
    ...(wire.maxTokens !== undefined && { maxTokens: wire.maxTokens }),
    ...(tools.length > 0 && { tools }),
    ...(toolChoice && { toolChoice }),
    ...(responseFormat && { responseFormat }),
    ...(retention && {
      promptCacheRetentionMs: Number(retention.seconds) * 1000 + Math.round(retention.nanos / 1e6),
    }),
    ...(parameters && { parameters }),
    ...(Object.keys(wire.metadata).length > 0 && { metadata: wire.metadata }),
  }
}

/** Writes a request to the component `name`. A stock daprd passes over what is our extension. */
export function writeAlpha2Request(request: ConversationRequest, name: string): ConversationRequestAlpha2 {
  const { contextId, model, temperature, maxTokens, toolChoice, responseFormat, promptCacheRetentionMs } = request
  return create(ConversationRequestAlpha2Schema, {
    name,
    inputs: splitInputs(request.messages, request.scrub).map(({ messages, scrub }) => ({
      messages: messages.map(writeMessage),
      ...(scrub && { scrubPii: true }),
    })),
    ...(request.scrub?.output && { scrubPii: true }),
    tools: (request.tools ?? []).map(writeTool),
    parameters: Object.fromEntries(
      Object.entries(request.parameters ?? {}).map(([key, value]) => [key, writeAny(value)]),
    ),
    metadata: { ...request.metadata },
    ...(contextId !== undefined && { contextId }),
    ...(model !== undefined && { model }),
    ...(temperature !== undefined && { temperature }),
    ...(maxTokens !== undefined && { maxTokens }),
    ...(toolChoice !== undefined && { toolChoice: typeof toolChoice === 'string' ? toolChoice : toolChoice.name }),
    ...(responseFormat && { responseFormat: writeResponseFormat(responseFormat) }),
    ...(promptCacheRetentionMs !== undefined && { promptCacheRetention: writeDuration(promptCacheRetentionMs) }),
  })
}

function invalid(reason: string): ConversationError {
  return new ConversationError('invalid_params', `invalid params: ${reason}`)
}

function readMessage({ messageTypes: { case: type, value } }: ConversationMessage): Message {
  switch (type) {
    case 'ofDeveloper':
      return { role: 'developer', content: readContent(value.content), ...(value.name && { name: value.name }) }
    case 'ofSystem':
      return { role: 'system', content: readContent(value.content), ...(value.name && { name: value.name }) }
    case 'ofUser':
      return { role: 'user', content: readContent(value.content), ...(value.name && { name: value.name }) }
    case 'ofAssistant':
      return {
        role: 'assistant',
        content: readContent(value.content),
        toolCalls: value.toolCalls.map((call) => {
          if (call.toolTypes.case !== 'function') throw invalid('tool types cannot be nil')
          return readToolCall(call)
        }),
        ...(value.name && { name: value.name }),
        ...(value.reasoning && { reasoning: value.reasoning }),
        ...(value.reasoningSignature && { reasoningSignature: value.reasoningSignature }),
        ...(value.refusal && { refusal: value.refusal }),
      }
    case 'ofTool':
      return { role: 'tool', content: readContent(value.content), toolCallId: value.toolId ?? '', name: value.name }
    case undefined:
      throw invalid('message type cannot be nil')
  }
}

function writeMessage(message: Message): MessageInitShape<typeof ConversationMessageSchema> {
  const content = writeContent(message.content)
  const name = message.name ? { name: message.name } : {}
  switch (message.role) {
    case 'developer':
      return { messageTypes: { case: 'ofDeveloper', value: { ...name, content } } }
    case 'system':
      return { messageTypes: { case: 'ofSystem', value: { ...name, content } } }
    case 'user':
      return { messageTypes: { case: 'ofUser', value: { ...name, content } } }
    case 'assistant':
      return {
        messageTypes: {
          case: 'ofAssistant',
          value: {
            ...name,
            content,
            toolCalls: message.toolCalls.map(writeToolCall),
            ...(message.reasoning && { reasoning: message.reasoning }),
            ...(message.reasoningSignature && { reasoningSignature: message.reasoningSignature }),
            ...(message.refusal && { refusal: message.refusal }),
          },
        },
      }
    case 'tool':
      return {
        messageTypes: {
          case: 'ofTool',
          value: { ...name, content, ...(message.toolCallId && { toolId: message.toolCallId }) },
        },
      }
  }
}

/** Tools of an unknown kind are passed over, as in daprd. */
function readTools(wire: readonly ConversationTools[]): ToolDefinition[] {
  return wire.flatMap(({ toolTypes }) => {
    if (toolTypes.case !== 'function') return []
    const { name, description, parameters, strict } = toolTypes.value
    return {
      name,
      ...(description && { description }),
      ...(parameters && { parameters: parameters as JsonObject }),
      ...(strict !== undefined && { strict }),
    }
  })
}

function writeTool({ name, description, parameters, strict }: ToolDefinition) {
  return {
    toolTypes: {
      case: 'function' as const,
      value: {
        name,
        ...(description && { description }),
        ...(parameters && { parameters: parameters as ProtobufObject }),
        ...(strict !== undefined && { strict }),
      },
    },
  }
}

/** daprd's table. A name without any tools goes through, which daprd allows too; the provider then answers for it. */
function readToolChoice(choice = '', given: boolean, tools: readonly ToolDefinition[]): ToolChoice | undefined {
  switch (choice) {
    case '':
      return undefined
    case 'auto':
    case 'none':
      return choice
    case 'required':
      if (!given) throw invalid(REQUIRED_WITHOUT_TOOLS)
      return choice
    default:
      if (given && !tools.some(({ name }) => name === choice)) throw invalid(UNKNOWN_TOOL)
      return { name: choice }
  }
}

/** The Struct is the schema, in which `name`, `description` and `strict` speak about the format and not the answer. */
function readResponseFormat(struct: JsonObject): ResponseFormat | undefined {
  const { name, description, strict, ...schema } = struct
  if (Object.keys(schema).length === 0) return undefined
  if (schema.type === 'json_object') return { type: 'json_object' }
  return {
    type: 'json_schema',
    name: typeof name === 'string' && name !== '' ? name : 'response',
    schema,
    ...(typeof description === 'string' && { description }),
    ...(typeof strict === 'boolean' && { strict }),
  }
}

function writeResponseFormat(format: ResponseFormat): ProtobufObject {
  if (format.type === 'json_object') return { type: 'json_object' }
  const { name, description, strict, schema } = format
  return {
    ...(schema as ProtobufObject),
    name,
    ...(description !== undefined && { description }),
    ...(strict !== undefined && { strict }),
  }
}

function writeDuration(milliseconds: number) {
  const seconds = Math.trunc(milliseconds / 1000)
  return { seconds: BigInt(seconds), nanos: Math.round((milliseconds - seconds * 1000) * 1e6) }
}
