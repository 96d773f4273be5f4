/** A sign of life for whatever may take over a second: the commands that look at things and wait for things use it. */
import { Spinner } from './spinner.ts'
import { styleFor } from './style.ts'

/** Waits, and says on a terminal what for. */
export async function whileWaiting<T>(label: string, wait: Promise<T>): Promise<T> {
  const spinner = new Spinner(process.stderr, styleFor(process.stderr))
  spinner.start(label)
  try {
    return await wait
  } finally {
    spinner.stop()
  }
}
