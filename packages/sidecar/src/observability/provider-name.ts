/** What OpenTelemetry calls those who run a component's models (attribute `gen_ai.provider.name`). */

/** Those whose name is not the end of the component's type. */
const names: Readonly<Record<string, string>> = {
  'conversation.googleai': 'gcp.gemini',
  'conversation.mistral': 'mistral_ai',
}

/** The name for a component's type, as it stands in the registry, and its settings. */
export function providerName(type: string, settings: Readonly<Record<string, unknown>>): string {
  const { apiType } = settings
  if (type === 'conversation.openai' && typeof apiType === 'string' && apiType.toLowerCase() === 'azure') {
    return 'azure.ai.openai'
  }
  return names[type] ?? type.replace(/^conversation\./, '')
}
