/** The requests of which the contract looks at what reaches the vendor. Each asks for one thing. */
import type { ContentPart } from '@dapr-chat/protocol'
import type { CallOptions } from '../call-of.ts'

/** The schema of the answer, and of the tool's arguments. It is one that every vendor takes as it is. */
export const placeSchema = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
} as const

const tools = [{ name: 'find', description: 'Finds a place', parameters: placeSchema }]
const bytes = Uint8Array.of(1, 2, 3)

const showing = (part: ContentPart): CallOptions => ({
  messages: [{ role: 'user', content: [{ type: 'text', text: 'What is this?' }, part] }],
})

/** The requests, by what they ask for. */
export const questions = {
  tool: { tools },
  forcedTool: { tools, toolChoice: { name: 'find' } },
  someTool: { tools, toolChoice: 'required' },
  noTool: { tools, toolChoice: 'none' },
  schema: { responseFormat: { type: 'json_schema', name: 'place', schema: placeSchema, strict: true } },
  imageBytes: showing({ type: 'image', source: { data: bytes, mediaType: 'image/png' } }),
  imageAddress: showing({ type: 'image', source: { url: 'https://example.org/a.png' } }),
  audio: showing({ type: 'audio', source: { data: bytes, mediaType: 'audio/wav' } }),
  file: showing({ type: 'file', filename: 'a.pdf', source: { data: bytes, mediaType: 'application/pdf' } }),
  temperature: { temperature: 0 },
  limit: { maxTokens: 50 },
  parameters: { parameters: { top_p: 0.5, vendor_option: 'x' } },
} as const satisfies Readonly<Record<string, CallOptions>>

/** The name of a request. */
export type Question = keyof typeof questions
