import { mistral } from '../../src/providers/mistral/mistral.ts'
import type { NetworkContract } from '../contract/contract.ts'
import { chatContract, withPart } from './chat.ts'

const whereSaid = { passedOn: 'told where the API says it' }

export const mistralContract: NetworkContract = {
  ...chatContract,
  definition: mistral,
  metadata: (endpoint) => ({ key: chatContract.secret, model: 'mistral-1', endpoint }),
  sends: {
    ...chatContract.sends,
    someTool: { tool_choice: 'any' },
    audio: withPart({ type: 'input_audio', input_audio: 'AQID' }),
    file: withPart({
      type: 'document_url',
      document_url: 'data:application/pdf;base64,AQID',
      document_name: 'a.pdf',
    }),
  },
  differs: {
    refusals: { missing: 'the API refuses in plain text' },
    'cached tokens': whereSaid,
    'thinking tokens': whereSaid,
  },
}
