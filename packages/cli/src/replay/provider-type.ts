/** Whose answer a recording is, by what it looks like, so that the component that reads it is the right one. */

/**
 * The short type of the component.
 * @param first the first thing that the recording says; `undefined` where it is in binary frames.
 */
export function providerTypeOf(first: unknown): string {
  if (first === undefined) return 'aws.bedrock'
  const said = asObject(first)
  const error = asObject(said.error)
  if ('candidates' in said || (typeof error.code === 'number' && typeof error.status === 'string')) return 'googleai'
  if ('type' in said && !('object' in said)) return 'anthropic'
  if ('stopReason' in said || ('message' in said && !('object' in said))) return 'aws.bedrock'
  const model = typeof said.model === 'string' ? said.model.toLowerCase() : ''
  if (/^(?:open-)?(?:codestral|devstral|magistral|ministral|mistral|mixtral|pixtral)/.test(model)) return 'mistral'
  return model.startsWith('deepseek') ? 'deepseek' : 'openai'
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}
