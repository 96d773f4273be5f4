/** Versions of runtimes: `1.18.0`, `v1.19.0-rc.2`, or a word such as `edge`. */

/** Whether a runtime has what came with a version; `undefined` where its version says nothing. */
export function isAtLeast(actual: string, required: string): boolean | undefined {
  // A build from the main branch has whatever has ever been.
  if (actual === 'edge') return true
  const [is, must] = [read(actual), read(required)]
  if (!is || !must) return undefined
  return is[0] === must[0] ? is[1] >= must[1] : is[0] > must[0]
}

function read(version: string): readonly [major: number, minor: number] | undefined {
  const [, major, minor] = /^v?(\d+)\.(\d+)(?![\d])/.exec(version) ?? []
  return major === undefined || minor === undefined ? undefined : [Number(major), Number(minor)]
}
