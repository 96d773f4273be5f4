/** Which component a command talks to, and what it says where that cannot be known. Used by `ask` and `chat`. */
import { nearest } from '@dapr-chat/sidecar/nearest'
import { ExitError, exitCodes } from './exit-code.ts'
import type { LeftOut } from './left-out.ts'
import type { SidecarAccess } from './sidecar-access.ts'

/**
 * The component to talk to: the one that is named, or the only one there is. Never a silent guess between two.
 * @param example writes a command that names a component, for whoever must choose one.
 * @throws ExitError that lists the choices.
 */
export async function chooseComponent(
  named: string | undefined,
  { components, leftOut }: Pick<SidecarAccess, 'components' | 'leftOut'>,
  example?: (component: string) => string,
): Promise<string> {
  const names = components.map(({ name }) => name)
  if (named !== undefined) {
    if (names.includes(named)) return named
    throw unknownComponent(named, names, (await leftOut()).get(named))
  }
  const [first, ...others] = names
  if (first !== undefined && others.length === 0) return first
  if (first !== undefined) {
    const todo = example === undefined ? '' : `\nFor example: ${example(first)}`
    throw new ExitError(
      exitCodes.usage,
      `Cannot choose a component: there are several, so --component must name one of ${names.join(', ')}${todo}`,
    )
  }
  const reasons = [...(await leftOut())].map(([name, { state, reason }]) => ` (${name} ${state}: ${reason})`).join('')
  throw new ExitError(exitCodes.usage, `Cannot choose a component: the sidecar has none for conversations${reasons}`)
}

function unknownComponent(named: string, names: readonly string[], leftOut: LeftOut | undefined): ExitError {
  if (leftOut?.state === 'skipped') {
    return new ExitError(exitCodes.auth, `Cannot use component "${named}": it was skipped: ${leftOut.reason}`)
  }
  if (leftOut !== undefined) {
    return new ExitError(exitCodes.usage, `Cannot use component "${named}": it failed: ${leftOut.reason}`)
  }
  const meant = nearest(named, names)
  const hint = names.length === 0 ? 'there is none' : `it must be one of ${names.join(', ')}`
  return new ExitError(
    exitCodes.usage,
    `Unknown component "${named}": ${meant === undefined ? hint : `did you mean ${meant}?`}`,
  )
}
