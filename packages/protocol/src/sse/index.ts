/** `text/event-stream`, both ways, and nothing else. */
export type { SseDecoderOptions, SseEvent } from './decode.ts'
export { MAX_EVENT_CHARS, SseDecoder } from './decode.ts'
export { encodeSse, SSE_HEADERS, SSE_PING } from './encode.ts'
