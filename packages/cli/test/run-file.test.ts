import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { echoYaml, folder, run, start } from './command.ts'
import { isAlive } from './fake-daprd.ts'

/** The file of an app that is a line of JavaScript. */
function appYaml(appDirPath: string, code: string): string {
  return `  - appDirPath: ${appDirPath}\n    command: ${JSON.stringify([process.execPath, '-e', code])}\n`
}

describe('dapr-chat run --run-file', () => {
  it('starts each app with a sidecar of its own, tells their lines apart, and returns the code of one that failed', async () => {
    const asks = `fetch('http://127.0.0.1:' + process.env.DAPR_HTTP_PORT + '/v1.0/metadata').then((response) => response.json())
      .then(({ id, components }) => console.log(id, components.map(({ name }) => name).join(), process.env.COLOUR))`
    await using place = await folder({
      'dapr.yaml': `version: 1\ncommon:\n  resourcesPath: shared\n  env: { COLOUR: red }\napps:\n${appYaml('shop', asks)}${appYaml('cart', `${asks}.then(() => { process.exitCode = 7 })`)}`,
      'shared/a.yaml': echoYaml('everybodys'),
      'cart/.dapr/resources/b.yaml': echoYaml('own'),
      'shop/x': '',
    })
    const { code, stdout, stderr } = await run(['run', '-f', '.'], { cwd: place.path })
    assert.equal(code, 7, stderr)
    const lines = stdout.trim().split('\n').sort()
    assert.deepEqual(lines, ['cart == APP == cart own red', 'shop == APP == shop everybodys red'])
    assert.match(stderr, /^shop dapr-chat: the sidecar of "shop" is ready/m)
  })

  it('ends all of them, and all that they have started, on SIGTERM', async () => {
    const stays = `console.log('pid', process.pid); setInterval(() => {}, 1000)`
    await using place = await folder({
      'apps.yaml': `version: 1\napps:\n${appYaml('one', stays)}${appYaml('two', stays)}`,
      'one/x': '',
      'two/x': '',
    })
    await using command = start(['run', '--run-file', 'apps.yaml'], { cwd: place.path })
    await command.until('stdout', /pid \d+[\s\S]*pid \d+/)
    const pids = [...command.stdout.matchAll(/pid (\d+)/g)].map(([, pid]) => Number(pid))
    command.process.kill('SIGTERM')
    assert.equal(await command.exit, 143)
    assert.deepEqual(await Promise.all(pids.map(isAlive)), [false, false])
  })

  it('exits with 2 for a file that does not hold, and for flags that belong into it', async () => {
    await using place = await folder({ 'bad.yaml': 'version: 1\napps:\n  - appID: x\n' })
    const bad = await run(['run', '-f', 'bad.yaml'], { cwd: place.path })
    assert.match(bad.stderr, /Cannot run bad\.yaml:3: .*appDirPath must be set/)
    assert.deepEqual([bad.code, bad.stdout], [2, ''])
    const none = await run(['run', '-f', 'none.yaml'], { cwd: place.path })
    assert.match(none.stderr, /Cannot run none\.yaml: ENOENT/)
    const flags = await run(['run', '-f', 'bad.yaml', '--app-id', 'x'], { cwd: place.path })
    assert.match(flags.stderr, /Cannot use --run-file: the file must say it all: current value is "--app-id"/)
    assert.deepEqual([none.code, flags.code], [2, 2])
  })
})
