/** The components that come with the command, for whoever has none: echo, which needs no key. */
import { fileURLToPath } from 'node:url'

/** The folder that they stand in. */
export const builtInComponents: string = fileURLToPath(new URL('../components', import.meta.url))
