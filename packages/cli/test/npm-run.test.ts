import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { echoYaml, folder } from './command.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const noNpm = spawnSync('npm', ['--version']).status === 0 ? false : 'npm is not on the path'

/** Starts `npm run dapr:dev --` as a shell would, with a group of its own that a terminal would send Ctrl-C to. */
function startUnderNpm(flags: readonly string[]) {
  const { PATH = '', HOME = '' } = process.env
  const npm = spawn('npm', ['run', '--silent', 'dapr:dev', '--', ...flags], {
    cwd: root,
    env: { PATH, HOME },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [npm.stdout, npm.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const exit = once(npm, 'exit').then(([code, signal]) => code ?? signal)
  // These close when nobody holds them any more: not npm, not its shell, not the sidecar.
  const allGone = once(npm, 'close')
  return {
    exit,
    allGone,
    get output() {
      return output
    },
    kill: (signal: NodeJS.Signals) => void npm.kill(signal),
    /** What a terminal does for Ctrl-C: every process in the foreground gets it. */
    interrupt: () => void process.kill(-(npm.pid ?? 0), 'SIGINT'),
    async until(pattern: RegExp) {
      while (!pattern.test(output)) {
        const ended = await Promise.race([once(npm.stdout, 'data').then(() => false), exit.then(() => true)])
        if (ended && !pattern.test(output)) throw new Error(`npm ended without ${pattern}:\n${output}`)
      }
      return pattern.exec(output)
    },
    async [Symbol.asyncDispose]() {
      try {
        process.kill(-(npm.pid ?? 0), 'SIGKILL')
      } catch {
        // All are gone.
      }
      await allGone
    },
  }
}

const ports = ['--port', '0', '--grpc-port', '0', '--metrics-port', '0']

describe('npm run dapr:dev', { skip: noNpm }, () => {
  // Node takes --env-file for itself, wherever it stands, unless two dashes come before the program.
  it('warns of a named file that is missing, where Node itself would end', async () => {
    await using npm = startUnderNpm([...ports, '--dry-run', '--env-file', 'none'])
    assert.equal(await npm.exit, 0)
    assert.match(npm.output, /⚠️ {2}Warning: No \.env file found at .*none\n/)
  })

  it('passes the flags on, and its exit code', async () => {
    await using place = await folder({ 'good.yaml': echoYaml('good'), 'bad.yaml': 'kind: [' })
    await using refused = startUnderNpm(['--app-id', 'x', '--such-a-flag'])
    assert.equal(await refused.exit, 2)
    await using planned = startUnderNpm([...ports, '--app-id', 'my-app', '--components', place.path, '--dry-run'])
    assert.equal(await planned.exit, 0)
    await planned.allGone
    assert.match(planned.output, /App ID: my-app/)
    assert.ok(planned.output.includes(place.path))
  })

  for (const [how, signal, end] of [
    ['Ctrl-C in the terminal', 'SIGINT', (npm: ReturnType<typeof startUnderNpm>) => npm.interrupt()],
    ['SIGTERM to npm alone', 'SIGTERM', (npm: ReturnType<typeof startUnderNpm>) => npm.kill('SIGTERM')],
  ] as const) {
    it(`ends the sidecar and all around it on ${how}`, async () => {
      await using npm = startUnderNpm([...ports, '--app-id', 'x'])
      const ready = await npm.until(/HTTP Port: (\d+)[\s\S]*✅ Ready/)
      end(npm)
      await npm.allGone
      await assert.rejects(fetch(`http://127.0.0.1:${ready?.[1]}/v1.0/healthz`))
      assert.equal(await npm.exit, signal)
      assert.match(npm.output, /🛑 Stopping sidecar/)
    })
  }
})
