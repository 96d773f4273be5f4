import { openai } from '../../src/providers/openai/openai.ts'
import type { NetworkContract } from '../contract/contract.ts'
import { chatContract } from './chat.ts'

/** OpenAI itself, and the servers that speak its wire. */
export const openaiContract: NetworkContract = {
  ...chatContract,
  definition: openai,
  metadata: (endpoint) => ({ key: chatContract.secret, model: 'gpt-4.1', endpoint }),
  differs: {},
}

/** Azure OpenAI: the same wire by another address. */
export const azureContract: NetworkContract = {
  ...openaiContract,
  // The names of tests begin with the type, and tell the two apart by it.
  definition: { ...openai, type: `${openai.type} (Azure)` },
  metadata: (endpoint) => ({
    ...openaiContract.metadata(endpoint),
    apiType: 'azure',
    apiVersion: '2025-01-01-preview',
  }),
}
