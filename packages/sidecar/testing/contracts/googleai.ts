import { googleai } from '../../src/providers/googleai/googleai.ts'
import type { NetworkContract } from '../contract/contract.ts'
import { placeSchema } from '../contract/questions.ts'
import { geminiWire } from '../wires/gemini.ts'
import { sseEvent } from '../wires/provider-wire.ts'

const secret = 'not-a-real-key-0123456789'

const choosing = (functionCallingConfig: Readonly<Record<string, string | readonly string[]>>) => ({
  toolConfig: { functionCallingConfig },
})
const withPart = (part: Readonly<Record<string, Readonly<Record<string, string>>>>) => ({
  contents: [{ role: 'user', parts: [part] }],
})

/** The last chunk, with the counts as Gemini names them. */
const end = (counts: Readonly<Record<string, number>>, finished = true) =>
  sseEvent({
    candidates: [
      { content: { role: 'model', parts: [{ text: '' }] }, ...(finished && { finishReason: 'STOP' }), index: 0 },
    ],
    usageMetadata: counts,
    modelVersion: 'gemini-1',
  })

export const googleaiContract: NetworkContract = {
  definition: googleai,
  metadata: (endpoint) => ({ key: secret, model: 'gemini-2.5-flash', endpoint }),
  wire: geminiWire,
  secret,
  sends: {
    tool: { tools: [{ functionDeclarations: [{ name: 'find', parametersJsonSchema: placeSchema }] }] },
    forcedTool: choosing({ mode: 'ANY', allowedFunctionNames: ['find'] }),
    someTool: choosing({ mode: 'ANY' }),
    noTool: choosing({ mode: 'NONE' }),
    schema: { generationConfig: { responseMimeType: 'application/json', responseJsonSchema: placeSchema } },
    imageBytes: withPart({ inlineData: { mimeType: 'image/png', data: 'AQID' } }),
    imageAddress: withPart({ fileData: { mimeType: 'image/png', fileUri: 'https://example.org/a.png' } }),
    audio: withPart({ inlineData: { mimeType: 'audio/wav', data: 'AQID' } }),
    file: withPart({ inlineData: { mimeType: 'application/pdf', data: 'AQID' } }),
    temperature: { generationConfig: { temperature: 0 } },
    limit: { generationConfig: { maxOutputTokens: 50 } },
    parameters: { generationConfig: { topP: 0.5 }, vendor_option: 'x' },
  },
  wordForLength: 'MAX_TOKENS',
  differs: {
    refusals: { missing: 'Gemini refuses in plain text; a refusal by the API is the finish reason `content_filter`' },
  },
  earlyCount: () => end({ promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 }, false),
  detailedEnd: () => [
    end({
      promptTokenCount: 10,
      cachedContentTokenCount: 4,
      candidatesTokenCount: 3,
      thoughtsTokenCount: 5,
      totalTokenCount: 18,
    }),
  ],
}
