/**
 * Ends what this command started even where the command itself is killed and can do nothing any more: a small shell waits
 * for that on a pipe, which the system closes with the command. `child.ts` and `filled-files.ts` use it.
 */
import { spawn } from 'node:child_process'

// `read` comes back at the end of the pipe. The group gets as long as `Child.stop` gives it. The signals are named with
// -s, as not every shell takes a group after the short form.
const END_GROUP = `read -r _; kill -s TERM -- "-$1" || exit 0
i=0; while kill -s 0 -- "-$1" && [ $i -lt 50 ]; do sleep 0.1; i=$((i+1)); done; kill -s KILL -- "-$1"`

const REMOVE_FOLDER = `read -r _; rm -rf -- "$1"`

/** Ends a group of processes when this process is gone. Disposed, it does nothing any more. */
export function guardGroup(leader: number): Disposable {
  return guard(END_GROUP, String(leader))
}

/** Removes a folder when this process is gone. Disposed, it does nothing any more. */
export function guardFolder(path: string): Disposable {
  return guard(REMOVE_FOLDER, path)
}

function guard(script: string, operand: string): Disposable {
  // Windows has no such shell; there only the clean ends clean up.
  if (process.platform === 'win32') return { [Symbol.dispose]: () => {} }
  const shell = spawn('sh', ['-c', script, 'sh', operand], {
    // In a session of its own, because Ctrl-C and the end of the terminal go to the whole one of the command.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  // A machine without `sh` goes without this.
  shell.on('error', () => {})
  shell.stdin.on('error', () => {})
  shell.unref()
  if ('unref' in shell.stdin && typeof shell.stdin.unref === 'function') shell.stdin.unref()
  return { [Symbol.dispose]: () => void shell.kill('SIGKILL') }
}
