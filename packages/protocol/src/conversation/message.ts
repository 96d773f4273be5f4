import type { ToolCall } from './tool.ts'

/** Where the bytes of an image, a recording or a document come from: an address the provider fetches, or the bytes. */
export type MediaSource =
  | { readonly url: string; readonly mediaType?: string }
  | { readonly data: Uint8Array; readonly mediaType: string }

/** A run of text. */
export interface TextPart {
  readonly type: 'text'
  readonly text: string
}

/** How closely a model looks at a picture, in OpenAI's words. */
export type ImageDetail = 'auto' | 'low' | 'high'

/** Whether a value that came over a wire is one of the words. */
export function isImageDetail(value: unknown): value is ImageDetail {
  return value === 'auto' || value === 'low' || value === 'high'
}

/** A picture. */
export interface ImagePart {
  readonly type: 'image'
  readonly source: MediaSource
  readonly detail?: ImageDetail
}

/** A recording. */
export interface AudioPart {
  readonly type: 'audio'
  readonly source: MediaSource
}

/** A document, such as a PDF. */
export interface FilePart {
  readonly type: 'file'
  readonly source: MediaSource
  readonly filename?: string
}

/** One piece of a message. */
export type ContentPart = TextPart | ImagePart | AudioPart | FilePart

/** An instruction or a question: what a system, a developer or a user says. */
export interface PromptMessage {
  readonly role: 'system' | 'developer' | 'user'
  readonly content: readonly ContentPart[]
  /** The participant's name. */
  readonly name?: string
}

/** What the model said in an earlier turn. */
export interface AssistantMessage {
  readonly role: 'assistant'
  readonly content: readonly ContentPart[]
  readonly toolCalls: readonly ToolCall[]
  readonly name?: string
  /** The thinking that led to the answer, where the provider wants it back. */
  readonly reasoning?: string
  /** The vendor's signature of the thinking: opaque, and to be sent back as it came. May stand without `reasoning`. */
  readonly reasoningSignature?: string
  readonly refusal?: string
}

/** What a tool answered to one of the model's calls. */
export interface ToolMessage {
  readonly role: 'tool'
  readonly content: readonly ContentPart[]
  /** The id of the call that this answers; empty where the caller gave none. */
  readonly toolCallId: string
  /** The tool's name; empty where the caller gave none. */
  readonly name: string
}

/** One turn of a conversation. */
export type Message = PromptMessage | AssistantMessage | ToolMessage

/** The text of a message's parts, joined without a separator; other kinds of part are passed over. */
export function textOf(content: readonly ContentPart[]): string {
  let text = ''
  for (const part of content) if (part.type === 'text') text += part.text
  return text
}
