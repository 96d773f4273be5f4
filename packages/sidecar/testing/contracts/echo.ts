import { echo } from '../../src/providers/echo/echo.ts'
import type { OfflineContract } from '../contract/contract.ts'

const textOnly = { missing: 'echo says the text of the question and passes over everything else' }
const noMedia = {
  missing: 'passed over, as daprd’s echo knows text only: the answer is that to the text, and the log says so once',
}

export const echoContract: OfflineContract = {
  definition: echo,
  answer: (question) => question,
  slowly: { delay: '10s' },
  differs: {
    reasoning: { missing: 'echo does not think' },
    refusals: { missing: 'echo never refuses' },
    'tool calls': { emulated: 'one call of each tool, with the names of its parameters as arguments, as in daprd' },
    'parallel tool calls': { emulated: 'one call of each tool' },
    'forced tool': { missing: 'every tool is called, whatever is asked for' },
    'structured output': textOnly,
    'images by bytes': noMedia,
    'images by address': noMedia,
    audio: noMedia,
    files: noMedia,
    'token counts': { emulated: 'words stand for tokens' },
    'cached tokens': { missing: 'echo has no cache' },
    'thinking tokens': { missing: 'echo does not think' },
    clocks: { missing: 'echo waits for nobody' },
  },
}
