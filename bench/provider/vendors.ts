/** The providers whose costs are compared, in the order of the table: those on our own wire, then those in a package. */
import { contracts } from '@dapr-chat/sidecar/testing'

/** How a provider reads its vendor's answers. */
type Path = 'our own wire' | `@ai-sdk/${string}`

const vendor = (name: Exclude<keyof typeof contracts, 'echo'>, path: Path) => {
  const { definition, metadata, wire } = contracts[name]
  return { name: definition.type.replace('conversation.', ''), path, type: definition.type, metadata, wire }
}

/** A provider: its name, what it goes through, the component that asks it, and its vendor's words. */
export type Vendor = Readonly<ReturnType<typeof vendor>>

export const vendors: readonly Vendor[] = [
  vendor('openai', 'our own wire'),
  vendor('deepseek', 'our own wire'),
  vendor('huggingface', 'our own wire'),
  vendor('ollama', 'our own wire'),
  vendor('mistral', 'our own wire'),
  vendor('anthropic', '@ai-sdk/anthropic'),
  vendor('googleai', '@ai-sdk/google'),
  vendor('bedrock', '@ai-sdk/amazon-bedrock'),
]
