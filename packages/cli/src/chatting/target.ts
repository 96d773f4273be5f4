/** Whom a question goes to: a component, and another model of it where one is named. Used by `ask` and `chat`. */
import { chooseComponent } from '../component-choice.ts'
import type { SidecarAccess } from '../sidecar-access.ts'

/** A component, and the model where it is not the component's own. */
export interface Target {
  readonly component: string
  readonly model?: string
}

/**
 * Reads `component` or `component/model`.
 * @param named what was named; `undefined` takes the only component there is.
 * @param example writes a command that names a component, for whoever must choose one.
 * @throws ExitError that lists the choices.
 */
export async function chooseTarget(
  named: string | undefined,
  sidecar: Pick<SidecarAccess, 'components' | 'leftOut'>,
  example?: (component: string) => string,
): Promise<Target> {
  const slash = named?.indexOf('/') ?? -1
  // The name of a component may hold a slash itself.
  const isWhole = slash === -1 || sidecar.components.some(({ name }) => name === named)
  if (named === undefined || isWhole) return { component: await chooseComponent(named, sidecar, example) }
  const model = named.slice(slash + 1)
  return { component: await chooseComponent(named.slice(0, slash), sidecar), ...(model !== '' && { model }) }
}

/** As it is written and shown. */
export function targetName({ component, model }: Target): string {
  return model === undefined ? component : `${component}/${model}`
}
