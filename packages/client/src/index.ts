/** DaprChatClient: conversations with any large language model through Dapr, token by token. */

export type { SidecarMetadata } from '@dapr-chat/protocol/dapr'
export type { ChatFinishReason, ChatToolCall, ChatUsage } from '@dapr-chat/protocol/openai'
export type { ChatCompletionChunk } from './chat-stream.ts'
export { ChatStream } from './chat-stream.ts'
export type { ComponentInfo } from './client.ts'
export { DaprChatClient } from './client.ts'
export type { ChatErrorCode, ChatErrorDetails, PartialAnswer, ProviderErrorReason } from './errors.ts'
export {
  AbortedError,
  ComponentNotFoundError,
  DaprChatError,
  InvalidRequestError,
  ProviderError,
  SidecarUnavailableError,
  StreamInterruptedError,
  TimeoutError,
  UnsupportedFeatureError,
} from './errors.ts'
export type { ChatContentPart } from './media.ts'
export type { ChatAssistantMessage, ChatInput, ChatMessage } from './message.ts'
export type { Metrics } from './metrics.ts'
export { formatMetrics } from './metrics.ts'
export type { CallOptions, ChatResponseFormat, ClientOptions, Endpoint, GenerateOptions } from './options.ts'
export type { ChatChoice, ChatResult, ChatWarning } from './result.ts'
export type { StreamEvent } from './stream-event.ts'
export type { ChatTool, ChatToolChoice, ChatToolFunction } from './tool.ts'
// For authors of transports.
export type { HttpTransportOptions } from './transport/http-transport.ts'
export { HttpTransport } from './transport/http-transport.ts'
export type {
  AnswerSource,
  CallContext,
  SourceAnswer,
  SourceCall,
  StreamingMode,
  StreamSource,
  Transport,
} from './transport/transport.ts'
