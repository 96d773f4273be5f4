/** What a component is made of, for what depends on it. Used by `ask` and `chat`. */
import type { SidecarAccess } from '../sidecar-access.ts'

/** Such as `conversation.echo`; nothing where the sidecar does not say. */
export function componentType(
  { components }: Pick<SidecarAccess, 'components'>,
  component: string,
): string | undefined {
  return components.find(({ name }) => name === component)?.type
}
