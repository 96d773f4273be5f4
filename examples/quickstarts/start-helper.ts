/** Starts the development helper by the very words that a quickstart's page shows, on free ports, for the tests. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { devNull } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { repositoryRoot } from '../../tools/repository.ts'

/** A helper that is ready; `await using` ends it. */
export interface RunningHelper extends AsyncDisposable {
  readonly http: string
  /** The names of the components that are ready. */
  readonly components: readonly string[]
}

/**
 * Starts it.
 * @param words `npm run dapr:dev -- --flags`; npm itself is left out, and its script is what `package.json` says.
 */
export async function startHelper(words: readonly string[]): Promise<RunningHelper> {
  const { scripts } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8'))
  assert.deepEqual(words.slice(0, 4), ['npm', 'run', 'dapr:dev', '--'])
  const [node, ...script] = String(scripts['dapr:dev']).split(' ')
  assert.equal(node, 'node')
  const free = ['--port', '0', '--grpc-port', '0', '--metrics-port', '0', '--json', '--env-file', devNull]
  const child = spawn(process.execPath, [...script, ...words.slice(4), ...free], {
    cwd: repositoryRoot,
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const ended = once(child, 'exit')
  for await (const line of createInterface(child.stdout)) {
    const facts: { http: string; components: readonly { name: string }[] } = JSON.parse(line)
    return {
      http: facts.http,
      components: facts.components.map(({ name }) => name),
      async [Symbol.asyncDispose]() {
        child.kill('SIGTERM')
        await ended
      },
    }
  }
  throw new Error(`"${words.join(' ')}" must start a sidecar: it ended with ${(await ended)[0]}`)
}
