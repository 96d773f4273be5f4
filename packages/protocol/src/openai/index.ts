/** OpenAI's chat wire, both ways. */
export type { ChatChunkWriterOptions } from './chat-chunk.ts'
export { ChatChunkReader, ChatChunkWriter } from './chat-chunk.ts'
export type { ChatCompletionOptions } from './chat-completion.ts'
export { writeChatCompletion } from './chat-completion.ts'
export type { ReasoningHistory } from './chat-message.ts'
export { readChatMessages } from './chat-message.ts'
export type { ChatRequest, WriteChatRequestOptions } from './chat-request.ts'
export { readChatRequest, writeChatRequest } from './chat-request.ts'
export type { ChatStreamReaderOptions } from './chat-stream.ts'
export { ChatStreamReader } from './chat-stream.ts'
export type { ChatErrorBody, ProviderFailure } from './error.ts'
export { providerError, readChatError, writeChatError } from './error.ts'
export { readFinishReason } from './finish-reason.ts'
export type { Fields } from './lenient.ts'
export { asFields, asList, asNumber, asText } from './lenient.ts'
export { writeToolCall } from './tool-call.ts'
export { ToolCallReader } from './tool-call-reader.ts'
export type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatDelta,
  ChatFinish,
  ChatFinishReason,
  ChatToolCall,
  ChatUsage,
} from './types.ts'
export { readUsage, writeUsage } from './usage.ts'
