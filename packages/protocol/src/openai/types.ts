/** The shapes of OpenAI's chat wire, as far as this project writes them. Reading is lenient and needs no types. */

/** A tool call of an assistant message. */
export interface ChatToolCall {
  id: string
  type: 'function'
  function: { name: string; arguments: string }
  /** The vendor's signature of the call, to be sent back as it came. No member of OpenAI's. */
  signature?: string
}

/** Token counts in OpenAI's names. */
export interface ChatUsage {
  prompt_tokens: number
  completion_tokens: number
  total_tokens: number
  prompt_tokens_details?: { cached_tokens?: number; audio_tokens?: number }
  completion_tokens_details?: {
    reasoning_tokens?: number
    audio_tokens?: number
    accepted_prediction_tokens?: number
    rejected_prediction_tokens?: number
  }
}

/** OpenAI's finish reasons. */
export type ChatFinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter'

/** Why a choice ended. The second and the third member are none of OpenAI's. */
export interface ChatFinish {
  finish_reason: ChatFinishReason
  /** The provider's own word, where it differs. */
  native_finish_reason?: string
  /** Present where the provider gave no reason, or one without a common name: `finish_reason` is the nearest then. */
  finish_reason_known?: false
}

/** What one chunk adds to a choice. */
export interface ChatDelta {
  role?: 'assistant'
  content?: string
  /** Thinking, in the name that most compatible servers use. */
  reasoning_content?: string
  /** The vendor's signature of the thinking, to be sent back as it came; the last one holds. No member of OpenAI's. */
  reasoning_signature?: string
  refusal?: string
  tool_calls?: {
    index: number
    id?: string
    type?: 'function'
    function?: { name?: string; arguments?: string }
    signature?: string
  }[]
}

/** One chunk of a streamed answer. */
export interface ChatCompletionChunk {
  id: string
  object: 'chat.completion.chunk'
  /** Seconds since 1970. */
  created: number
  model: string
  choices: ({ index: number; delta: ChatDelta; logprobs: null } & (ChatFinish | { finish_reason: null }))[]
  usage?: ChatUsage | null
}

/** A whole answer. */
export interface ChatCompletion {
  id: string
  object: 'chat.completion'
  /** Seconds since 1970. */
  created: number
  model: string
  choices: ({
    index: number
    message: {
      role: 'assistant'
      content: string | null
      refusal: string | null
      reasoning_content?: string
      reasoning_signature?: string
      tool_calls?: ChatToolCall[]
    }
    logprobs: null
  } & ChatFinish)[]
  usage?: ChatUsage
}
