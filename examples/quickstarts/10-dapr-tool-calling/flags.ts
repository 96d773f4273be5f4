/** Reads the flags of the two programs; what is wrong with them ends the program with 2 and one line. */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'

/** The values of the flags; `--help` prints their names and ends the program. */
export function readFlags<T extends ParseArgsOptionsConfig>(options: T) {
  try {
    const { help } = parseArgs({ options: { help: { type: 'boolean' } }, strict: false }).values
    if (help !== true) return parseArgs({ options, strict: true }).values
    const flags = Object.entries(options).map(([name, { type }]) => `--${name}${type === 'string' ? ' VALUE' : ''}`)
    console.log(`Flags: ${flags.join(', ')}`)
    console.log('README.md beside this program says what they mean.')
    process.exit(0)
  } catch (error) {
    return refuse(`${error instanceof Error ? error.message : error}`)
  }
}

/** Ends the program, because it was started in a way that cannot work. */
export function refuse(why: string): never {
  console.log(`❌ ${why}`)
  process.exit(2)
}
