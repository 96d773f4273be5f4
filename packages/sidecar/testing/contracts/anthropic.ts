import { anthropic } from '../../src/providers/anthropic/anthropic.ts'
import type { NetworkContract } from '../contract/contract.ts'
import { placeSchema } from '../contract/questions.ts'
import { anthropicWire } from '../wires/anthropic.ts'
import { sseEvent } from '../wires/provider-wire.ts'
import { withPart } from './chat.ts'

const secret = 'not-a-real-key-0123456789'

export const anthropicContract: NetworkContract = {
  definition: anthropic,
  metadata: (endpoint) => ({ key: secret, model: 'claude-sonnet-4-5', endpoint }),
  wire: anthropicWire,
  secret,
  sends: {
    tool: { tools: [{ name: 'find', input_schema: placeSchema }] },
    forcedTool: { tool_choice: { type: 'tool', name: 'find' } },
    someTool: { tool_choice: { type: 'any' } },
    noTool: { tool_choice: { type: 'none' } },
    schema: { output_config: { format: { type: 'json_schema', schema: placeSchema } } },
    imageBytes: withPart({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AQID' } }),
    imageAddress: withPart({ type: 'image', source: { type: 'url', url: 'https://example.org/a.png' } }),
    file: withPart({ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'AQID' } }),
    temperature: { temperature: 0 },
    limit: { max_tokens: 50 },
    parameters: { top_p: 0.5, vendor_option: 'x' },
  },
  wordForLength: 'max_tokens',
  differs: {
    refusals: { missing: 'Claude refuses in plain text; a refusal by the API is the finish reason `content_filter`' },
    audio: { refused: 'Claude takes text, images and documents' },
    'thinking tokens': { missing: 'the API counts thinking among the completion tokens' },
  },
  detailedEnd: () => [
    sseEvent(
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn', stop_sequence: null },
        usage: { input_tokens: 6, cache_read_input_tokens: 4, output_tokens: 8 },
      },
      'message_delta',
    ),
    sseEvent({ type: 'message_stop' }, 'message_stop'),
  ],
}
