/** `dapr-chat init`: writes a component file that is right, and says what comes next. A key never goes into a file. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { componentSchema, providers } from '@dapr-chat/sidecar'
import type { FlagValues } from '../arguments/flag.ts'
import { OWN_FOLDER } from '../built-in-components.ts'
import { COMMAND, shellWord } from '../command-name.ts'
import { componentType, shortType } from '../commands/components.ts'
import type { initFlags } from '../commands/table.ts'
import { loadEnvironment } from '../environment.ts'
import { ExitError, exitCodes } from '../exit-code.ts'
import { write } from '../terminal/output.ts'
import { componentFile } from './component-file.ts'
import { componentName } from './component-name.ts'

/** Beside the component, for editors; loaders pass over hidden files. */
const SCHEMA_FILE = '.component-schema.json'

/**
 * Writes the file, and the schema that its first line names.
 * @throws ExitError for a type that is none, a name that cannot be one, and a file that is there already.
 */
export async function init(values: FlagValues<typeof initFlags>, operands: readonly string[]): Promise<number> {
  const [type, excess] = operands
  if (type === undefined || excess !== undefined) {
    throw new ExitError(
      exitCodes.usage,
      `Cannot write a component: one type must be named, such as openai: current value is "${operands.join(' ')}"`,
    )
  }
  const definition = componentType(type)
  const name = componentName(values.name ?? shortType(definition.type))
  const folder = values.folder || OWN_FOLDER
  const file = join(folder, `${name}.yaml`)
  const { text, needs } = componentFile(definition, {
    name,
    secretStore: values['secret-store'] || undefined,
    schema: `./${SCHEMA_FILE}`,
  })
  await mkdir(folder, { recursive: true })
  await writeNew(file, text, values.force === true)
  await writeFile(join(folder, SCHEMA_FILE), `${JSON.stringify(componentSchema(providers), null, 2)}\n`)
  await write(process.stdout, `wrote ${file}\n${await nextSteps(values, { folder, name, needs })}`)
  return exitCodes.ok
}

/** Creates the file in one step, so that nothing comes between looking and writing. */
async function writeNew(file: string, text: string, force: boolean): Promise<void> {
  try {
    await writeFile(file, text, { flag: force ? 'w' : 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new ExitError(exitCodes.usage, `Cannot write ${file}: it is there already; --force replaces it`, {
      cause: error,
    })
  }
}

async function nextSteps(
  values: FlagValues<typeof initFlags>,
  { folder, name, needs }: { folder: string; name: string; needs: readonly string[] },
): Promise<string> {
  const { variables } = await loadEnvironment(process.env, process.cwd())
  const store = values['secret-store']
  const isDefault = resolve(folder) === resolve(OWN_FOLDER)
  const missing = needs.filter((variable) => !variables[variable])
  const steps = [
    ...(store ? [`Put ${needs.join(', ')} into the secret store "${store}"`] : []),
    ...(!store && missing.length > 0 ? [`Set ${missing.join(', ')} in the shell, or in a .env file here`] : []),
    `${COMMAND} config check${isDefault ? '' : ` ${shellWord(folder)}`}`,
    `${COMMAND} serve${isDefault ? '' : ` --resources-path ${shellWord(folder)}`}`,
    ...(!store && needs.length > 0
      ? ['  Where one is running, start it again: a key is read when the sidecar starts.']
      : []),
    `${COMMAND} chat --component ${name}`,
  ]
  return `next:\n${steps.map((step) => `  ${step}\n`).join('')}`
}
