/** The contracts of the sidecar's own providers. Their tests run them, and `docs/components.md` shows them side by side. */
import { anthropicContract } from './anthropic.ts'
import { bedrockContract } from './bedrock.ts'
import { deepseekContract } from './deepseek.ts'
import { echoContract } from './echo.ts'
import { googleaiContract } from './googleai.ts'
import { huggingfaceContract } from './huggingface.ts'
import { mistralContract } from './mistral.ts'
import { ollamaContract } from './ollama.ts'
import { azureContract, openaiContract } from './openai.ts'

/** By the name of the folder that holds the provider, and Azure, which shares OpenAI's. */
export const contracts = {
  echo: echoContract,
  openai: openaiContract,
  azure: azureContract,
  anthropic: anthropicContract,
  googleai: googleaiContract,
  mistral: mistralContract,
  deepseek: deepseekContract,
  huggingface: huggingfaceContract,
  ollama: ollamaContract,
  bedrock: bedrockContract,
} as const
