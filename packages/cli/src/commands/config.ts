/** `dapr-chat config check`: folders of resources, looked at by the sidecar's own loader without starting anything. */

import { existsSync } from 'node:fs'
import { checkFolders, type Finding } from '@dapr-chat/sidecar'
import type { FlagValues } from '../arguments/flag.ts'
import { choiceValue } from '../arguments/value.ts'
import { OWN_FOLDER } from '../built-in-components.ts'
import { loadEnvironment } from '../environment.ts'
import { ExitError, exitCodes } from '../exit-code.ts'
import { write } from '../terminal/output.ts'
import { type Style, styleFor } from '../terminal/style.ts'
import { whileWaiting } from '../terminal/while-waiting.ts'
import type { configFlags } from './table.ts'

/**
 * Checks and prints.
 * @returns the code for usage where something cannot be used.
 * @throws ExitError for operands that are none.
 */
export async function config(
  values: FlagValues<typeof configFlags>,
  [action, ...named]: readonly string[],
): Promise<number> {
  if (action !== 'check') {
    throw new ExitError(
      exitCodes.usage,
      `Cannot look at the configuration: what follows must be check: current value is "${action ?? ''}"`,
    )
  }
  const againstDapr = values.against !== undefined && choiceValue('against', values.against, ['dapr']) === 'dapr'
  const { variables } = await loadEnvironment(process.env, process.cwd())
  const folders = named.length > 0 ? named : defaultFolders()
  const { components, findings } = await whileWaiting(
    'looking up components and their secrets',
    checkFolders({ folders, appId: values['app-id'] ?? 'dapr-chat', environment: variables, againstDapr }),
  )
  const ok = !findings.some(({ severity }) => severity === 'error')
  const style = styleFor(process.stdout)
  const text = values.json
    ? `${JSON.stringify({ ok, components, findings }, null, 2)}\n`
    : [
        ...findings.map((finding) => findingText(finding, style)),
        `${components.map(({ name, type, state }) => `${name} (${type}): ${state}`).join(', ') || 'no components'}\n`,
        `${count(findings, 'error')}, ${count(findings, 'warning')}\n`,
      ].join('')
  await write(process.stdout, text)
  return ok ? exitCodes.ok : exitCodes.usage
}

function defaultFolders(): readonly string[] {
  if (existsSync(OWN_FOLDER)) return [OWN_FOLDER]
  throw new ExitError(
    exitCodes.usage,
    'Cannot check the configuration: a folder must be named, as there is no ./components: current value is empty',
  )
}

function findingText({ severity, message, fix }: Finding, style: Style): string {
  const mark = { error: style.bad, warning: style.warning, note: style.dim }[severity]
  const indent = ' '.repeat('warning  '.length)
  return `${mark(severity.padEnd('warning'.length))}  ${message}\n${fix === undefined ? '' : `${indent}fix: ${fix}\n`}`
}

function count(findings: readonly Finding[], severity: Finding['severity']): string {
  const number = findings.filter((finding) => finding.severity === severity).length
  return `${number} ${severity}${number === 1 ? '' : 's'}`
}
