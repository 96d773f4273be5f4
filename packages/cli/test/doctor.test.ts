import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, it } from 'node:test'
import { portCheck } from '../src/doctor/checks.ts'
import { echoYaml, folder, run, startSidecar } from './command.ts'

interface Report {
  readonly ok: boolean
  readonly checks: readonly {
    readonly check: string
    readonly state: string
    readonly result: string
    readonly todo?: string
  }[]
}

/** Whatever else runs on this machine, the sidecar looked for is the given one. */
async function report(cwd: string, env: Readonly<Record<string, string>>) {
  const { code, stdout, stderr } = await run(['doctor', '--json'], { cwd, env })
  assert.equal(stderr, '')
  const { ok, checks }: Report = JSON.parse(stdout)
  return { code, ok, stdout, of: (name: string) => checks.find(({ check }) => check === name) }
}

describe('dapr-chat doctor', () => {
  it('finds a running sidecar, good components, keys and proxies by name', async () => {
    await using place = await folder({ 'components/echo.yaml': echoYaml('echo') })
    await using sidecar = await startSidecar([], { cwd: place.path })
    const env = {
      DAPR_HTTP_ENDPOINT: sidecar.addresses.http,
      OPENAI_API_KEY: 'sk-secret',
      HTTPS_PROXY: 'http://me:pw-secret@proxy',
    }
    const { code, ok, stdout, of } = await report(place.path, env)
    assert.deepEqual([code, ok], [0, true])
    assert.match(of('sidecar')?.result ?? '', /^healthy at http:.*, dapr-chat \d+\.\d+\.\d+$/)
    assert.deepEqual(of('components')?.state, 'ok')
    assert.match(of('keys')?.result ?? '', /^set: OPENAI_API_KEY; not set: ANTHROPIC_API_KEY/)
    assert.match(of('proxy')?.result ?? '', /^set: HTTPS_PROXY;/)
    assert.match(of('otlp')?.result ?? '', /^no collector set/)
    assert.equal(of('node')?.result, process.versions.node)
    assert.doesNotMatch(stdout, /secret/)
  })

  it('exits with 1 for what is in the way, and says what to do', async () => {
    await using place = await folder({
      'components/x.yaml': echoYaml('x').replace('conversation.echo', 'conversation.eco'),
    })
    const options = { cwd: place.path, env: { DAPR_HTTP_ENDPOINT: 'http://127.0.0.1:1' } }
    const { code, ok, of } = await report(options.cwd, options.env)
    assert.deepEqual([code, ok], [1, false])
    assert.deepEqual(
      [of('sidecar')?.state, of('sidecar')?.todo],
      ['failed', 'start a sidecar there, or unset DAPR_HTTP_ENDPOINT'],
    )
    assert.deepEqual(
      [of('components')?.state, of('components')?.todo],
      ['failed', 'npx dapr-chat config check ./components'],
    )
    const text = await run(['doctor'], options)
    assert.equal(text.code, 1)
    assert.match(text.stdout, /^failed {3}components +.*\n +to do: npx dapr-chat config check \.\/components$/m)
  })

  it('tells each thing that is wrong with a component, such as a secret that is not in its store', async () => {
    const store =
      'apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: { name: vault }\nspec:\n  type: secretstores.local.env\n  version: v1\n'
    const gpt =
      'apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: { name: gpt }\nspec:\n  type: conversation.openai\n  version: v1\n  metadata:\n    - name: key\n      secretKeyRef: { name: MY_KEY, key: MY_KEY }\nauth: { secretStore: vault }\n'
    await using place = await folder({ 'components/a.yaml': `${store}---\n${gpt}` })
    const { stdout } = await run(['doctor', '--json'], {
      cwd: place.path,
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://me:pw-secret@127.0.0.1:1' },
    })
    const { checks }: Report = JSON.parse(stdout)
    const results = checks.filter(({ check }) => check === 'components').map(({ result }) => result)
    assert.ok(results.length > 1 && results.some((result) => result.includes('MY_KEY')), results.join('\n'))
    const [collector] = checks.filter(({ check }) => check === 'otlp')
    assert.deepEqual(
      [collector?.state, collector?.result],
      ['warning', 'no collector takes connections at 127.0.0.1:1'],
    )
    assert.doesNotMatch(stdout, /pw-secret/)
  })

  it('tells who has a port, which is in the way unless a sidecar runs', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    assert.ok(typeof address === 'object' && address !== null)
    const taken = await portCheck(address.port, '--metrics-port', false)
    server.close()
    assert.equal(taken.state, 'failed')
    assert.match(taken.result, process.platform === 'linux' ? new RegExp(`pid ${process.pid}`) : /^taken by /)
    assert.match(taken.todo ?? '', /--metrics-port/)
  })
})
