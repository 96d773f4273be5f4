/** What must not be shown of the things that a daprd is given. */
import type { FilledFolder } from '@dapr-chat/sidecar'
import type { Environment } from '../environment.ts'

/** Variables that are called like this hold what nobody else may know. */
const SECRET_NAME = /(?:KEY|TOKEN|SECRET|PASSWORD|CREDENTIALS)$/i

/** A shorter text is no secret, and taking it out of a log would take other words out too. */
const SHORTEST = 6

/** The secrets of the components and of the environment, the longest first, as one may stand within another. */
export function secretsIn(folders: readonly FilledFolder[], environment: Environment): string[] {
  const values = [
    ...folders.flatMap(({ files }) => files.flatMap(({ secrets }) => secrets)),
    ...Object.entries(environment).flatMap(([name, value]) => (value && SECRET_NAME.test(name) ? [value] : [])),
  ]
  // A value of several lines is logged line by line.
  const lines = values.flatMap((value) => value.split(/\r?\n/)).filter((line) => line.length >= SHORTEST)
  return [...new Set(lines)].sort((a, b) => b.length - a.length)
}
