/**
 * A component of each type as a user would write it: what its page shows, and what `npm run test:live` asks. A value
 * in `${…}` is read from the environment, as in every component file.
 */

/** An example of one component. */
export interface ComponentExample {
  readonly type: string
  /** The component's name, and the file's. */
  readonly name: string
  /** Variables without which the real vendor cannot be asked. */
  readonly needs: readonly string[]
  readonly metadata: Readonly<Record<string, string>>
}

/** The value of a variable, perhaps with a default behind `:-`. */
const from = (variable: string) => `\${${variable}}`

function keyed(name: string, variable: string, metadata: Readonly<Record<string, string>> = {}): ComponentExample {
  return { type: `conversation.${name}`, name, needs: [variable], metadata: { key: from(variable), ...metadata } }
}

/** In the order of the registry. */
export const componentExamples: readonly ComponentExample[] = [
  { type: 'conversation.echo', name: 'echo', needs: [], metadata: { delay: '50ms' } },
  keyed('openai', 'OPENAI_API_KEY', { model: 'gpt-4.1-nano' }),
  keyed('anthropic', 'ANTHROPIC_API_KEY', { model: 'claude-sonnet-4-5' }),
  keyed('googleai', 'GOOGLE_API_KEY', { model: 'gemini-2.5-flash-lite' }),
  keyed('mistral', 'MISTRAL_API_KEY', { model: 'mistral-small-latest' }),
  keyed('deepseek', 'DEEPSEEK_API_KEY'),
  keyed('huggingface', 'HF_TOKEN', {
    model: 'openai/gpt-oss-20b',
    endpoint: 'https://router.huggingface.co/v1',
  }),
  {
    type: 'conversation.ollama',
    name: 'ollama',
    needs: ['OLLAMA_HOST'],
    metadata: { model: 'llama3.2:latest', endpoint: 'http://localhost:11434/v1' },
  },
  {
    type: 'conversation.aws.bedrock',
    name: 'bedrock',
    needs: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
    metadata: {
      region: from('AWS_REGION:-us-east-1'),
      accessKey: from('AWS_ACCESS_KEY_ID'),
      secretKey: from('AWS_SECRET_ACCESS_KEY'),
      model: 'amazon.nova-lite-v1:0',
    },
  },
]

/** The component file of an example. */
export function componentYaml({ type, name, metadata }: ComponentExample): string {
  const entries = Object.entries(metadata).flatMap(([entry, value]) => [
    `    - name: ${entry}`,
    `      value: ${JSON.stringify(value)}`,
  ])
  return [
    'apiVersion: dapr.io/v1alpha1',
    'kind: Component',
    'metadata:',
    `  name: ${name}`,
    'spec:',
    `  type: ${type}`,
    '  version: v1',
    ...(entries.length > 0 ? ['  metadata:', ...entries] : []),
    '',
  ].join('\n')
}
