/** The kinds of component that this sidecar has. A new provider is one more line here. */
import { anthropic } from './anthropic/anthropic.ts'
import { bedrock } from './bedrock/bedrock.ts'
import { deepseek } from './deepseek/deepseek.ts'
import { echo } from './echo/echo.ts'
import { googleai } from './googleai/googleai.ts'
import { huggingface } from './huggingface/huggingface.ts'
import { mistral } from './mistral/mistral.ts'
import { ollama } from './ollama/ollama.ts'
import { openai } from './openai/openai.ts'
import type { AnyProviderDefinition } from './provider.ts'

/** All providers, in the order in which documents list them. */
export const providers: readonly AnyProviderDefinition[] = [
  echo,
  openai,
  anthropic,
  googleai,
  mistral,
  deepseek,
  huggingface,
  ollama,
  bedrock,
]

/**
 * The provider of a component type, compared without case as in daprd.
 * @param additional kinds beyond the sidecar's own; one of the same type takes the place of ours.
 */
export function findProvider(
  type: string,
  additional: readonly AnyProviderDefinition[] = [],
): AnyProviderDefinition | undefined {
  const wanted = type.toLowerCase()
  return [...additional, ...providers].find((provider) => provider.type.toLowerCase() === wanted)
}
