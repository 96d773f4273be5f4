import { ollama } from '../../src/providers/ollama/ollama.ts'
import type { NetworkContract } from '../contract/contract.ts'
import { chatContract } from './chat.ts'

const { audio, file, ...sends } = chatContract.sends
const noSuchMedia = { refused: 'the API takes text and images' }

export const ollamaContract: NetworkContract = {
  ...chatContract,
  definition: ollama,
  metadata: (endpoint) => ({ key: chatContract.secret, endpoint }),
  sends,
  differs: {
    refusals: { missing: 'open models refuse in plain text' },
    audio: noSuchMedia,
    files: noSuchMedia,
  },
}
