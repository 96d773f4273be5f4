/** The text of a component file for a beginner: what the kind needs, where its key comes from, and what may be added. */
import { type AnyProviderDefinition, shownDefault } from '@dapr-chat/sidecar'
import { COMMAND } from '../command-name.ts'
import { shortType } from '../commands/components.ts'

/** The variables that vendors name for their keys, by the short type and the setting. */
export const vendorVariables: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  openai: { key: 'OPENAI_API_KEY' },
  anthropic: { key: 'ANTHROPIC_API_KEY' },
  googleai: { key: 'GOOGLE_API_KEY' },
  mistral: { key: 'MISTRAL_API_KEY' },
  deepseek: { key: 'DEEPSEEK_API_KEY' },
  huggingface: { key: 'HF_TOKEN' },
  'aws.bedrock': { region: 'AWS_REGION', accessKey: 'AWS_ACCESS_KEY_ID', secretKey: 'AWS_SECRET_ACCESS_KEY' },
}

/** What a component file is made of. */
export interface ComponentFileOptions {
  /** The name by which callers ask for the component. */
  readonly name: string
  /** The component that is a secret store, where keys come from one instead of from the environment. */
  readonly secretStore?: string | undefined
  /** The path of the schema, from the file. */
  readonly schema: string
}

/** A component file. */
export interface ComponentFile {
  readonly text: string
  /** The variables, or with a secret store the secrets, that must be there. */
  readonly needs: readonly string[]
}

/** Writes no value of a secret: only where it comes from. */
export function componentFile(definition: AnyProviderDefinition, options: ComponentFileOptions): ComponentFile {
  const { name, secretStore, schema } = options
  const { type, settings, description } = definition
  const sources = Object.entries(vendorVariables[shortType(type)] ?? {})
  const metadata = sources.flatMap(([setting, variable]) => {
    const isSecret = settings[setting]?.sensitive === true
    return secretStore === undefined || !isSecret
      ? [`    - name: ${setting}`, `      envRef: ${variable}`]
      : [`    - name: ${setting}`, '      secretKeyRef:', `        name: ${variable}`, `        key: ${variable}`]
  })
  const optional = ['model', 'endpoint', 'delay'].flatMap((setting) => {
    const declared = settings[setting]
    return declared === undefined
      ? []
      : [
          `    # ${declared.description}`,
          `    # - name: ${setting}`,
          `    #   value: ${JSON.stringify(shownDefault(declared))}`,
        ]
  })
  const hasSecrets = secretStore !== undefined && sources.some(([setting]) => settings[setting]?.sensitive)
  const lines = [
    `# yaml-language-server: $schema=${schema}`,
    `# ${description}`,
    `# All settings: ${COMMAND} components explain ${shortType(type)}`,
    ...componentHead(name, type),
    metadata.length > 0 ? '  metadata:' : '  # metadata:',
    ...metadata,
    ...optional,
    ...(hasSecrets ? ['auth:', `  secretStore: ${JSON.stringify(secretStore)}`] : []),
    '',
  ]
  return { text: lines.join('\n'), needs: sources.map(([, variable]) => variable) }
}

/** The lines of a component up to its metadata. */
export function componentHead(name: string, type: string): string[] {
  return [
    'apiVersion: dapr.io/v1alpha1',
    'kind: Component',
    'metadata:',
    // Quoted, as a name may look like a number.
    `  name: ${JSON.stringify(name)}`,
    'spec:',
    `  type: ${type}`,
    '  version: v1',
  ]
}
