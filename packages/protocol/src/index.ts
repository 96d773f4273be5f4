/** The vocabulary of a conversation, and the one error class. The wires are subpaths: `./dapr`, `./openai`, `./sse`. */
export type {
  Caller,
  CallObserver,
  CallOrigin,
  ConversationCall,
  Converse,
  Middleware,
  TraceContext,
} from './conversation/converse.ts'
export { compose } from './conversation/converse.ts'
export { estimateTokens } from './conversation/estimate-tokens.ts'
export type {
  ConversationEvent,
  Finish,
  FinishReason,
  MessageStart,
  ReasoningDelta,
  RefusalDelta,
  TextDelta,
  ToolCallDelta,
  ToolCallEnd,
  ToolCallStart,
  UsageEvent,
} from './conversation/event.ts'
export { isOutput } from './conversation/event.ts'
export type { JsonObject, JsonValue } from './conversation/json.ts'
export type {
  AssistantMessage,
  AudioPart,
  ContentPart,
  FilePart,
  ImageDetail,
  ImagePart,
  MediaSource,
  Message,
  PromptMessage,
  TextPart,
  ToolMessage,
} from './conversation/message.ts'
export { isImageDetail, textOf } from './conversation/message.ts'
export type { ConversationRequest, ResponseFormat, Scrub } from './conversation/request.ts'
export type { ConversationChoice, ConversationResult } from './conversation/result.ts'
export { collect, ResultFold } from './conversation/result.ts'
export { spanAttribute } from './conversation/span-attributes.ts'
export { inputMessages, outputMessages, toolDefinitions } from './conversation/span-messages.ts'
export type { ToolCall, ToolChoice, ToolDefinition } from './conversation/tool.ts'
export type { Usage } from './conversation/usage.ts'
export { sumUsage, tokenCount } from './conversation/usage.ts'
export { CharacterJoiner } from './conversation/well-formed.ts'
export type { Clock, ErrorCode, ErrorDetails, ErrorRow } from './error.ts'
export { ConversationError, errorCodes, errorRow, isErrorCode } from './error.ts'
export { adviceFor, errorAdvice, errorMeanings } from './error-advice.ts'
export {
  UNKNOWN_FIGURE,
  writtenCost,
  writtenCount,
  writtenDuration,
  writtenMoney,
  writtenRate,
  writtenShare,
} from './figure-text.ts'
