/** The variables that `dev` works with, and what it says about them: names and numbers, never a value. */
import { resolve } from 'node:path'
import type { FlagValues } from '../arguments/flag.ts'
import { type Environment, loadEnvironmentFile } from '../environment.ts'
import type { devFlags } from './dev-flags.ts'
import { fillAliases, vendorKeys } from './keys.ts'

/** Reads the file of variables and fills in what one key is called beside its own name. */
export async function devEnvironment(
  values: FlagValues<typeof devFlags>,
  say: (line: string) => void,
): Promise<Environment> {
  const file = resolve(values['env-file'] ?? '.env')
  const { variables, loaded } = await loadEnvironmentFile(process.env, file, values['env-override'])
  if (loaded === undefined) {
    say(`⚠️  Warning: No .env file found at ${file}`)
  } else {
    say(`📄 Loading environment variables from ${file}`)
    say(`✅ Loaded ${loaded} environment variables`)
  }
  const filled = fillAliases(variables)
  if (filled.warning !== undefined) say(`⚠️  Warning: ${filled.warning}`)
  return filled.variables
}

/** Says which vendors have a key. */
export function reportKeys(environment: Environment, say: (line: string) => void): void {
  say('🔑 LLM Providers with keys:')
  for (const [vendor, isSet] of Object.entries(vendorKeys(environment))) {
    say(`   - ${vendor}${isSet ? '' : ' (not found in .env or environment)'}`)
  }
}
