/** What the requests of the contract become on OpenAI's chat wire, and how that wire reports; most vendors share it. */
import type { NetworkContract } from '../contract/contract.ts'
import { placeSchema } from '../contract/questions.ts'
import { chunk, done, finish, usage } from '../openai-chunks.ts'
import { chatWire } from '../wires/chat.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

/** The body of a request whose only message holds such a part beside its text. */
export const withPart = (part: Readonly<Record<string, string | Readonly<Record<string, string>>>>) => ({
  messages: [{ role: 'user', content: [part] }],
})

/** The chat wire, in both directions. */
export const chatContract = {
  wire: chatWire,
  secret: 'not-a-real-key-0123456789',
  sends: {
    tool: { tools: [{ type: 'function', function: { name: 'find', parameters: placeSchema } }] },
    forcedTool: { tool_choice: { type: 'function', function: { name: 'find' } } },
    someTool: { tool_choice: 'required' },
    noTool: { tool_choice: 'none' },
    schema: { response_format: { type: 'json_schema', json_schema: { name: 'place', schema: placeSchema } } },
    imageBytes: withPart({ type: 'image_url', image_url: { url: 'data:image/png;base64,AQID' } }),
    imageAddress: withPart({ type: 'image_url', image_url: { url: 'https://example.org/a.png' } }),
    audio: withPart({ type: 'input_audio', input_audio: { data: 'AQID', format: 'wav' } }),
    file: withPart({ type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AQID' } }),
    temperature: { temperature: 0 },
    limit: { max_tokens: 50 },
    parameters: { top_p: 0.5, vendor_option: 'x' },
  },
  wordForLength: 'length',
  refusal: (text: string) => bytes(chunk({ refusal: text })),
  earlyCount: () => bytes(usage(1, 1)),
  detailedEnd: () => [
    bytes(finish('stop')),
    bytes(
      usage(10, 8, { prompt_tokens_details: { cached_tokens: 4 }, completion_tokens_details: { reasoning_tokens: 5 } }),
    ),
    bytes(done),
  ],
} satisfies Partial<NetworkContract>
