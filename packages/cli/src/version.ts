/** The command's version, for `--version`, `--build-info` and the banner. */
import { readFileSync } from 'node:fs'

/** As it stands in this package's package.json. */
export function version(): string {
  const manifest: { version: string } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return manifest.version
}

/** What `--build-info` prints: the three lines that Dapr's tools read. */
export function buildInfo(shown: string): string {
  return `Version: ${shown}\nGit Commit: unknown\nGit Version: dapr-chat-${version()}\n`
}
