/** The component that asks the replayed provider. Nothing in it is a secret: that provider asks for no key. */
import type { AnyProviderDefinition } from '@dapr-chat/sidecar'
import { shortType } from '../commands/components.ts'
import { componentHead, vendorVariables } from '../init/component-file.ts'

/** Stands in the first line, by which a file is known to be one that may be written again. */
export const REPLAY_MARK = '# Written by dapr-chat replay'

/** The text of its file. */
export function componentYaml(definition: AnyProviderDefinition, name: string, endpoint: string): string {
  const { type, settings } = definition
  const needed = Object.keys(vendorVariables[shortType(type)] ?? {})
  const values = Object.entries({
    ...Object.fromEntries(needed.map((setting) => [setting, settings[setting]?.sensitive ? 'not-a-key' : 'replay'])),
    model: 'replay',
    endpoint,
  })
  return [
    `${REPLAY_MARK}, which answers as long as it runs.`,
    ...componentHead(name, type),
    '  metadata:',
    ...values.flatMap(([setting, value]) => [`    - name: ${setting}`, `      value: ${JSON.stringify(value)}`]),
    '',
  ].join('\n')
}
