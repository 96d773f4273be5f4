/** The names of components that commands write files for: a name is that of its file too. */
import { ExitError, exitCodes } from '../exit-code.ts'

/** @throws ExitError for a name that cannot be one. */
export function componentName(name: string): string {
  if (/^[A-Za-z0-9][\w.-]*$/.test(name)) return name
  throw new ExitError(
    exitCodes.usage,
    `Cannot use --name: it must be letters, digits, dots, hyphens and underscores: current value is "${name}"`,
  )
}
