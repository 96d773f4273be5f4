/** What must be done however this process ends by itself: by an exit, or by an error that nobody caught. */

/** Does it when the process exits; disposed, not any more. It must be done at once, as nothing is waited for then. */
export function atExit(cleanUp: () => void): Disposable {
  process.on('exit', cleanUp)
  return { [Symbol.dispose]: () => void process.off('exit', cleanUp) }
}
