/** The kinds of component that this sidecar has. A new provider is one more line here. */
import { deepseek } from './deepseek/deepseek.ts'
import { echo } from './echo/echo.ts'
import { huggingface } from './huggingface/huggingface.ts'
import { ollama } from './ollama/ollama.ts'
import { openai } from './openai/openai.ts'
import type { AnyProviderDefinition } from './provider.ts'

/** All providers, in the order in which documents list them. */
export const providers: readonly AnyProviderDefinition[] = [echo, openai, deepseek, huggingface, ollama]

/** The provider of a component type, compared without case as in daprd. */
export function findProvider(type: string): AnyProviderDefinition | undefined {
  const wanted = type.toLowerCase()
  return providers.find((provider) => provider.type.toLowerCase() === wanted)
}
