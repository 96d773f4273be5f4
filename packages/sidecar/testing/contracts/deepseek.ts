import { deepseek } from '../../src/providers/deepseek/deepseek.ts'
import type { NetworkContract } from '../contract/contract.ts'
import { placeSchema } from '../contract/questions.ts'
import { chatContract } from './chat.ts'

const { imageBytes, imageAddress, audio, file, ...sends } = chatContract.sends
const textOnly = { refused: 'the API takes text only' }

export const deepseekContract: NetworkContract = {
  ...chatContract,
  definition: deepseek,
  metadata: (endpoint) => ({ key: chatContract.secret, endpoint }),
  sends: {
    ...sends,
    schema: {
      response_format: { type: 'json_object' },
      messages: [
        {
          role: 'system',
          content: `Answer only with JSON that fits this JSON Schema: ${JSON.stringify(placeSchema)}`,
        },
      ],
    },
  },
  differs: {
    refusals: { missing: 'the API refuses in plain text' },
    'structured output': {
      emulated: 'the API promises JSON but no schema: the schema goes to the model as an instruction',
    },
    'images by bytes': textOnly,
    'images by address': textOnly,
    audio: textOnly,
    files: textOnly,
  },
}
