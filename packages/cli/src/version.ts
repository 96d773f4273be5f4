/** The command's version, for `--version` and the banner. */
import { readFileSync } from 'node:fs'

/** As it stands in this package's package.json. */
export function version(): string {
  const manifest: { version: string } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return manifest.version
}
