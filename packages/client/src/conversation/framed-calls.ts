/** How a conversation asks: as the client does, with itself around the call. */
import type { CallFrame } from '../call-frame.ts'
import type { ChatStream } from '../chat-stream.ts'
import type { ChatMessage } from '../message.ts'
import type { GenerateOptions } from '../options.ts'
import type { ChatResult } from '../result.ts'

/** Calls with surroundings. */
export interface FramedCalls {
  /** As `DaprChatClient.generate`. */
  generate(input: readonly ChatMessage[], options: GenerateOptions, frame?: CallFrame): Promise<ChatResult>
  /** As `DaprChatClient.generateStream`. */
  generateStream(input: readonly ChatMessage[], options: GenerateOptions, frame: CallFrame): ChatStream
}
