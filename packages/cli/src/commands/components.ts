/** `dapr-chat components`: the kinds of components and their settings, out of the declarations that the sidecar loads by. */
import { type AnyProviderDefinition, providers, type Setting, shownDefault } from '@dapr-chat/sidecar'
import { nearest } from '@dapr-chat/sidecar/nearest'
import type { FlagValues } from '../arguments/flag.ts'
import { ExitError, exitCodes } from '../exit-code.ts'
import { columns, LINE_WIDTH, wrap } from '../terminal/columns.ts'
import type { componentsFlags } from './table.ts'

/**
 * What the command prints.
 * @throws ExitError for operands that are none, and for a type that the sidecar does not have.
 */
export function components(values: FlagValues<typeof componentsFlags>, operands: readonly string[]): string {
  const [action = 'list', type, excess] = operands
  if (action === 'list' && type === undefined) return list(values.json === true)
  if (action === 'explain' && type !== undefined && excess === undefined) return explain(type, values.json === true)
  throw new ExitError(
    exitCodes.usage,
    `Cannot show components: what follows must be list, or explain and a type: current value is "${operands.join(' ')}"`,
  )
}

function list(asJson: boolean): string {
  const rows = providers.map(({ type, description }) => ({ type, description }))
  if (asJson) return `${JSON.stringify(rows, null, 2)}\n`
  return `${columns(rows.map(({ type, description }) => [type, description])).join('\n')}\n`
}

function explain(type: string, asJson: boolean): string {
  const definition = componentType(type)
  if (asJson) return `${JSON.stringify(asData(definition), null, 2)}\n`
  const { type: name, description, settings } = definition
  const lines = [
    ...wrap(`${name}: ${description}`, LINE_WIDTH),
    '',
    'Settings (entries of spec.metadata; names are read without regard to case):',
    ...columns(Object.entries(settings).map(([setting, declared]) => settingRow(setting, declared))),
  ]
  return `${lines.join('\n')}\n`
}

/**
 * The kind of component that a user names, with or without `conversation.` before it.
 * @throws ExitError with the name that was meant, or all of them.
 */
export function componentType(given: string): AnyProviderDefinition {
  const wanted = given.toLowerCase()
  const found = providers.find(({ type }) => type === wanted || shortType(type) === wanted)
  if (found) return found
  const names = providers.map(({ type }) => shortType(type))
  const meant = nearest(shortType(wanted), names)
  const hint = meant === undefined ? `it must be one of ${names.join(', ')}` : `did you mean ${meant}?`
  throw new ExitError(exitCodes.usage, `Unknown component type "${given}": ${hint}`)
}

/** A type without what all types begin with. */
export function shortType(type: string): string {
  return type.replace(/^conversation\./, '')
}

function settingRow(name: string, setting: Setting): readonly [string, string] {
  const facts = [
    setting.choices ? `one of ${setting.choices.join(', ')}` : setting.type,
    ...(setting.required ? ['required'] : []),
    ...(setting.sensitive ? ['secret'] : []),
    ...(shownDefault(setting) === '' ? [] : [`default ${shownDefault(setting)}`]),
    ...(setting.aliases ? [`also ${setting.aliases.join(', ')}`] : []),
    ...(setting.environment ? [`variable ${setting.environment}`] : []),
  ]
  return [name, `${facts.join('; ')}. ${setting.description}`]
}

function asData({ type, description, settings }: AnyProviderDefinition): object {
  return {
    type,
    description,
    settings: Object.entries(settings).map(([name, setting]) => {
      const { sensitive: secret = false, required = false, ...rest } = setting
      // As it would be written in a file: a duration is declared in milliseconds.
      const standing = shownDefault(setting) || undefined
      return { name, required, secret, ...rest, default: standing }
    }),
  }
}
