import { asFields } from '@dapr-chat/protocol/openai'
import { bedrock } from '../../src/providers/bedrock/bedrock.ts'
import type { NetworkContract } from '../contract/contract.ts'
import { placeSchema } from '../contract/questions.ts'
import { awsFrame, bedrockWire } from '../wires/bedrock.ts'

const secret = 'not-a-real-key-0123456789'

const withPart = (part: Readonly<Record<string, { format: string; source: { bytes: string } }>>) => ({
  messages: [{ role: 'user', content: [part] }],
})
const event = (name: string, payload: object) =>
  awsFrame({ ':message-type': 'event', ':event-type': name, ':content-type': 'application/json' }, payload)

export const bedrockContract: NetworkContract = {
  definition: bedrock,
  metadata: (endpoint) => ({
    region: 'us-east-1',
    accessKey: 'AKIANOTAREALKEY',
    secretKey: secret,
    model: 'amazon.nova-pro-v1:0',
    endpoint,
  }),
  wire: bedrockWire,
  secret,
  sends: {
    tool: { toolConfig: { tools: [{ toolSpec: { name: 'find', inputSchema: { json: placeSchema } } }] } },
    forcedTool: { toolConfig: { toolChoice: { tool: { name: 'find' } } } },
    someTool: { toolConfig: { toolChoice: { any: {} } } },
    // The API has no word for that; a model that is told of no tools calls none.
    noTool: (body) => asFields(body.toolConfig) === undefined,
    schema: {
      toolConfig: { tools: [{ toolSpec: { inputSchema: { json: placeSchema } } }], toolChoice: { any: {} } },
    },
    imageBytes: withPart({ image: { format: 'png', source: { bytes: 'AQID' } } }),
    file: withPart({ document: { format: 'pdf', source: { bytes: 'AQID' } } }),
    temperature: { inferenceConfig: { temperature: 0 } },
    limit: { inferenceConfig: { maxTokens: 50 } },
    parameters: { inferenceConfig: { topP: 0.5 }, additionalModelRequestFields: { vendor_option: 'x' } },
  },
  wordForLength: 'max_tokens',
  differs: {
    refusals: { missing: 'the models refuse in plain text; a guardrail is the finish reason `content_filter`' },
    'structured output': {
      emulated: 'the API has no schema for answers: the model is made to call a tool whose arguments are the answer',
    },
    'images by address': { refused: 'the API takes the bytes of media only' },
    audio: { refused: 'the API takes text, images and documents' },
    'thinking tokens': { missing: 'the API counts thinking among the completion tokens' },
  },
  detailedEnd: () => [
    event('messageStop', { stopReason: 'end_turn' }),
    event('metadata', {
      usage: { inputTokens: 6, cacheReadInputTokens: 4, outputTokens: 8, totalTokens: 18 },
      metrics: { latencyMs: 1 },
    }),
  ],
}
