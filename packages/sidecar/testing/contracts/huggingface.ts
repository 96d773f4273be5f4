import { huggingface } from '../../src/providers/huggingface/huggingface.ts'
import type { NetworkContract } from '../contract/contract.ts'
import { chatContract } from './chat.ts'

const { audio, file, ...sends } = chatContract.sends
const whereSaid = { passedOn: 'told where the server says it' }
const noSuchMedia = { refused: 'the API takes text and images' }

export const huggingfaceContract: NetworkContract = {
  ...chatContract,
  definition: huggingface,
  metadata: (endpoint) => ({ key: chatContract.secret, model: 'org/model', endpoint }),
  sends,
  differs: {
    refusals: { missing: 'open models refuse in plain text' },
    'cached tokens': whereSaid,
    'thinking tokens': whereSaid,
    audio: noSuchMedia,
    files: noSuchMedia,
  },
}
