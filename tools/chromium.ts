/**
 * Finds the Chromium that tests in a real browser drive: the tests of the client's page and those of the console. A machine
 * without one skips them; nothing is downloaded here.
 */
import { findProgram, isProgram } from './find-program.ts'

/** The programs' names, the smallest first: the shell has no window and starts fastest. */
const names = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
]

/** Said where a test is skipped. */
export const noChromium =
  'Chromium is not installed: put chromium-headless-shell or chromium on the PATH, or its path into CHROMIUM'

/**
 * The path of a Chromium, for `executablePath` of playwright-core; undefined where there is none.
 * `CHROMIUM` names one; otherwise the folders of `PATH` are looked through.
 */
export function findChromium(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const { CHROMIUM: named } = environment
  if (named) return isProgram(named) ? named : undefined
  return findProgram(names, environment)
}
