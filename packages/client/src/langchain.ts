/**
 * `@dapr-chat/client/langchain`: the components of a sidecar as a chat model of LangChain.js. Apart from the client,
 * because it needs `@langchain/core`.
 *
 * @module client/langchain
 */
export type { ChatDaprCallOptions, ChatDaprOptions } from './langchain/call-options.ts'
export { ChatDapr } from './langchain/chat-dapr.ts'
