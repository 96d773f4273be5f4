import { ollama } from '../../src/providers/ollama/ollama.ts'
import type { NetworkContract } from '../contract/contract.ts'
import { chatContract } from './chat.ts'

const { audio, file, ...sends } = chatContract.sends
const whereSaid = { passedOn: 'told where the server says it' }
const noSuchMedia = { refused: 'the API takes text and images' }

export const ollamaContract: NetworkContract = {
  ...chatContract,
  definition: ollama,
  metadata: (endpoint) => ({ key: chatContract.secret, endpoint }),
  sends,
  differs: {
    refusals: { missing: 'open models refuse in plain text' },
    'forced tool': { passedOn: 'the wish is sent, and servers do not hold their models to it (ollama/ollama#17921)' },
    'cached tokens': whereSaid,
    'thinking tokens': whereSaid,
    audio: noSuchMedia,
    files: noSuchMedia,
  },
}
