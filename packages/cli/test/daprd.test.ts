/** The program that stands in for daprd, as Dapr's own command line uses it. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { folder, run, start } from './command.ts'

const program = 'daprd'

describe('daprd', () => {
  it('prints the version of Dapr that it answers like, and nothing else', async () => {
    for (const flag of ['--version', '-version']) {
      const { code, stdout, stderr } = await run([flag], { program })
      assert.deepEqual([code, stderr], [0, ''])
      assert.match(stdout, /^1\.\d+\.\d+\n$/)
    }
    const { stdout } = await run(['--build-info'], { program })
    assert.match(stdout, /^Version: 1\.\d+\.\d+\nGit Commit: .+\nGit Version: dapr-chat-.+\n$/)
  })

  it('takes flags and no commands', async () => {
    const { code, stderr } = await run(['serve'], { program })
    assert.equal(code, 2)
    assert.match(stderr, /takes flags only: current value is "serve"/)
  })

  // Flags and calls of the Dapr CLI's `run`, `list` and `stop`, in their order.
  it('starts, is listed and stops as the Dapr CLI does it', async () => {
    await using place = await folder({
      'config.yaml':
        'apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: {name: daprConfig}\nspec:\n  tracing:\n    samplingRate: "1"\n    zipkin: {endpointAddress: "http://localhost:9411/api/v2/spans"}\n',
      'components/statestore.yaml':
        'apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: statestore}\nspec:\n  type: state.redis\n  version: v1\n  metadata:\n  - {name: redisHost, value: "localhost:6379"}\n',
    })
    const flags = [
      ...['--app-id', 'my-app', '--dapr-http-port', '0', '--dapr-grpc-port', '0', '--metrics-port', '0'],
      ...['--dapr-internal-grpc-port', '43210', '--log-level', 'info', '--app-max-concurrency', '-1'],
      ...['--app-protocol', 'http', '--config', `${place.path}/config.yaml`],
      ...['--placement-host-address', 'localhost:50005', '--scheduler-host-address', 'localhost:50006'],
      ...['--resources-path', `${place.path}/components`, '--max-body-size', '4Mi', '--log-as-json'],
    ]
    await using sidecar = start(flags, { program })
    const [line] = await sidecar.until('stdout', /^\{"msg":"ready".*\}$/m)
    const { http } = JSON.parse(line) as { http: string }

    if (process.platform === 'linux') {
      const { pid } = sidecar.process
      assert.equal(await readFile(`/proc/${pid}/comm`, 'utf8'), 'daprd\n')
      const commandLine = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim().split(/\s+/)
      assert.deepEqual(commandLine, ['daprd', ...flags])
    }

    const put = await fetch(`${http}/v1.0/metadata/cliPID`, { method: 'PUT', body: '4242' })
    assert.equal(put.status, 204)
    const metadata = (await (await fetch(`${http}/v1.0/metadata`)).json()) as {
      id: string
      extended: Record<string, string>
    }
    assert.equal(metadata.id, 'my-app')
    assert.equal(metadata.extended.cliPID, '4242')
    assert.match(metadata.extended.daprRuntimeVersion ?? '', /^1\.\d+\.\d+$/)

    sidecar.process.kill('SIGTERM')
    assert.equal(await sidecar.exit, 0)
  })
})
