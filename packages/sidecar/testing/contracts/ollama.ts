import { ollama } from '../../src/providers/ollama/ollama.ts'
import type { NetworkContract } from '../contract/contract.ts'
import { chatContract } from './chat.ts'

const { audio, file, imageAddress, ...sends } = chatContract.sends
const whereSaid = { passedOn: 'told where the server says it' }
const noSuchMedia = { refused: 'the API takes text and images' }

export const ollamaContract: NetworkContract = {
  ...chatContract,
  definition: ollama,
  metadata: (endpoint) => ({ key: chatContract.secret, endpoint }),
  // The server passes over the choice; a model that is told of no tools calls none.
  sends: { ...sends, noTool: (body) => body.tools === undefined && body.tool_choice === undefined },
  differs: {
    refusals: { missing: 'open models refuse in plain text' },
    'forced tool': {
      passedOn:
        'for `none` the tools are left out; a tool that is forced, and `required`, are sent, but Ollama passes over the wish (ollama/ollama#17921), so the model may answer without a call',
    },
    'cached tokens': whereSaid,
    'thinking tokens': whereSaid,
    'images by address': { refused: 'the API takes the bytes of images only' },
    audio: noSuchMedia,
    files: noSuchMedia,
  },
}
