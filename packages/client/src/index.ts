/**
 * DaprChatClient: conversations with any large language model through Dapr, token by token.
 *
 * @module client
 */

// For authors of middleware.
export type { ConversationCall, ConversationEvent, Converse, FinishReason, Middleware } from '@dapr-chat/protocol'
export type { SidecarMetadata } from '@dapr-chat/protocol/dapr'
export type { ChatFinishReason, ChatToolCall, ChatUsage } from '@dapr-chat/protocol/openai'
export type { ChatCompletionChunk } from './chat-stream.ts'
export { ChatStream } from './chat-stream.ts'
export type { ComponentInfo } from './client.ts'
export { DaprChatClient } from './client.ts'
export type { ContextBudget, ContextSelection, ContextStrategy, TokenCounter } from './conversation/context.ts'
export { approxTokens, custom, dropOldest } from './conversation/context.ts'
export type { Conversation } from './conversation/conversation.ts'
export type { DaprStateStoreOptions } from './conversation/dapr-state-store.ts'
export { daprStateStore } from './conversation/dapr-state-store.ts'
export type { ContextOptions, ContextReport, ConversationJson, ConversationOptions } from './conversation/options.ts'
export type {
  ConversationAddition,
  ConversationStore,
  StoreCall,
  StoredConversation,
  StoredSummary,
  StoredTurn,
} from './conversation/store.ts'
export { memoryStore } from './conversation/store.ts'
export type { SummarizeOptions } from './conversation/summarize.ts'
export { summarize } from './conversation/summarize.ts'
export type { ChatErrorCode, ChatErrorDetails, PartialAnswer, ProviderErrorReason } from './errors.ts'
export {
  AbortedError,
  ComponentNotFoundError,
  ContextOverflowError,
  DaprChatError,
  InvalidRequestError,
  PromptTemplateError,
  ProviderError,
  RuntimeVersionError,
  SidecarUnavailableError,
  StoreConflictError,
  StreamInterruptedError,
  StructuredOutputError,
  TimeoutError,
  ToolExecutionError,
  ToolInputError,
  UnknownToolError,
  UnsupportedFeatureError,
} from './errors.ts'
export type { ChatContentPart } from './media.ts'
export type { ChatAssistantMessage, ChatInput, ChatMessage } from './message.ts'
export type { Metrics } from './metrics.ts'
export { formatMetrics } from './metrics.ts'
export type { CallOptions, ChatResponseFormat, ClientOptions, Endpoint, GenerateOptions } from './options.ts'
export type { OutputMode, OutputOptions, OutputReading, OutputSpec } from './output/output-spec.ts'
export { array, choice, json, object } from './output/shapes.ts'
export type { ModelPrice, PriceTable } from './pricing.ts'
export type { CallSummary, ChatChoice, ChatResult, StopReason } from './result.ts'
export type { RetryPolicy } from './retry/policy.ts'
export type { DescribedSchema, InputSchema } from './schema/input-schema.ts'
export { jsonSchema } from './schema/input-schema.ts'
export type { Step } from './step.ts'
export type { StreamEvent } from './stream-event.ts'
export type { ChatTool, ChatToolChoice, ChatToolFunction } from './tools/chat-tool.ts'
export type { Approval, ApprovalRequest, Approve } from './tools/run-tool.ts'
export type { Tool, ToolContext, ToolOptions } from './tools/tool.ts'
export { tool } from './tools/tool.ts'
export type { ToolCallOptions, ToolExecution } from './tools/tool-policy.ts'
export type { ToolResult } from './tools/tool-runs.ts'
// For authors of transports.
export type { HttpTransportOptions } from './transport/http-transport.ts'
export { HttpTransport } from './transport/http-transport.ts'
export type {
  AnswerSource,
  CallContext,
  InvokeTarget,
  SourceAnswer,
  SourceCall,
  StreamingMode,
  StreamSource,
  Transport,
} from './transport/transport.ts'
export type { TextWriter, TypedStream, TypewriterOptions } from './typewriter.ts'
export { typewriter } from './typewriter.ts'
export type { ChatWarning } from './warning.ts'
