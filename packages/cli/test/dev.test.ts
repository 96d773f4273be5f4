/** The rows of the original helper's behaviour, and what is to be better than there. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type CommandOptions, echoYaml, folder, run, start } from './command.ts'
import { fakeDaprd, isAlive } from './fake-daprd.ts'

const ports = ['--port', '0', '--grpc-port', '0', '--metrics-port', '0']

function openaiYaml(name: string, key: string): string {
  return `${echoYaml(name).replace('conversation.echo', 'conversation.openai')}  metadata:\n    - name: key\n      value: ${key}\n`
}

/** Runs the helper to its end, starting nothing. */
function dryRun(args: readonly string[], options?: CommandOptions) {
  return run(['dev', ...ports, '--dry-run', ...args], options)
}

/** A folder with a fake daprd, a folder of temporary files with a canary in it, and components. */
async function place(files: Readonly<Record<string, string>> = { 'components/echo.yaml': echoYaml('echo') }) {
  const made = await folder({
    'tmp/canary.txt': 'alive',
    'tmp/dapr-chat-components-other/canary.txt': 'alive',
    ...files,
  })
  const daprd = await fakeDaprd(made.path)
  return {
    ...made,
    ...daprd,
    args: ['dev', ...ports, '--components', join(made.path, 'components'), '--daprd', daprd.program],
    options: { cwd: made.path, env: { TMPDIR: join(made.path, 'tmp') } },
    async canariesAreAlive() {
      assert.equal(await readFile(join(made.path, 'tmp/canary.txt'), 'utf8'), 'alive')
      assert.equal(await readFile(join(made.path, 'tmp/dapr-chat-components-other/canary.txt'), 'utf8'), 'alive')
    },
  }
}

describe('dapr-chat dev: what it looks at', () => {
  it('needs nothing for its help, and has the flags and defaults of the original', async () => {
    const { code, stdout } = await run(['dev', '--help'], { env: { PATH: '/nowhere' } })
    assert.equal(code, 0)
    const text = stdout.replaceAll(/\s+/g, ' ')
    for (const [flag, standard] of [
      ['--port PORT', '3500'],
      ['--grpc-port PORT', '50001'],
      ['--metrics-port PORT', '9091'],
      ['--app-id ID', 'test-app'],
      ['--log-level LEVEL', 'info'],
      ['--wait SECONDS', '60'],
    ]) {
      assert.match(text, new RegExp(`${flag} [^(]*\\(default: ${standard}\\)`))
    }
    for (const flag of [
      'build',
      'components',
      'daprd',
      'config',
      'env-file',
      'placement',
      'detach',
      'dry-run',
      'json',
    ]) {
      assert.match(text, new RegExp(` --${flag} `))
    }
  })

  it('prints the banner, the messages on .env, and the vendors by name', async () => {
    await using made = await folder({
      '.env': 'OPENAI_API_KEY=canary-one # c\nexport E=1\nURL=https://x/?a=b=c\nA="b\nc"\n',
    })
    const { code, stdout } = await dryRun([], { cwd: made.path, env: { MISTRAL_API_KEY: 'canary-two' } })
    assert.equal(code, 0)
    assert.match(stdout, /^🧪 Dapr Development Helper\n={40}\n/)
    assert.match(stdout, /^📄 Loading environment variables from .*\.env\n✅ Loaded 4 environment variables\n/m)
    assert.match(
      stdout,
      /^🔑 LLM Providers with keys:\n {3}- GEMINI \(not found in \.env or environment\)\n {3}- OPENAI\n {3}- ANTHROPIC \(not found in \.env or environment\)\n {3}- DEEPSEEK \(not found in \.env or environment\)\n {3}- MISTRAL\n/m,
    )
    assert.doesNotMatch(stdout, /canary/)

    await using empty = await folder()
    const without = await dryRun([], { cwd: empty.path })
    assert.match(without.stdout, /⚠️ {2}Warning: No \.env file found at .*\.env\n/)
    const named = await dryRun(['--env-file', join(made.path, '.env')], { cwd: empty.path })
    assert.match(named.stdout, /✅ Loaded 4 environment variables/)
  })

  it('gives daprd the file by the rules of dotenv, and the aliases that are missing', async () => {
    await using made = await place({
      'components/echo.yaml': echoYaml('echo'),
      '.env':
        'FOO=bar # c\nexport E=1\nURL=https://x/?a=b=c\nGOOGLE_AI_API_KEY=key-aaaa\nGEMINI_API_KEY=key-bbbb\nBOTH=file\nEMPTY=\n',
    })
    for (const [flags, both] of [
      [[], 'shell'],
      [['--env-override'], 'file'],
    ] as const) {
      const env = { ...made.options.env, BOTH: 'shell', EMPTY: 'shell', FAKE_EXIT: '0' }
      const { stdout } = await run([...made.args, ...flags], { ...made.options, env })
      const { environment } = await made.record()
      assert.equal(environment.FOO, 'bar')
      assert.equal(environment.E, '1')
      assert.equal(environment.URL, 'https://x/?a=b=c')
      assert.equal(environment.GEMINI_API_KEY, 'key-bbbb')
      assert.equal(environment.GOOGLE_AI_API_KEY, 'key-aaaa')
      assert.equal(environment.GOOGLE_API_KEY, 'key-aaaa')
      assert.equal(environment.BOTH, both)
      assert.equal(environment.EMPTY, 'shell')
      assert.match(stdout, /Warning: GOOGLE_AI_API_KEY and GEMINI_API_KEY hold different keys/)
      assert.doesNotMatch(stdout, /key-(?:aaaa|bbbb)/)
    }
  })

  it('reads .yaml and .yml, names what it passes over, and counts', async () => {
    await using made = await folder({
      'c/a.yaml': echoYaml('a'),
      'c/b.yml': echoYaml('b'),
      'c/c.yaml.disabled': echoYaml('c'),
      'c/d.yaml': 'apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: {name: r}\nspec: {}\n',
      'c/notes.txt': '',
    })
    const { stdout } = await dryRun(['--components', 'c'], { cwd: made.path })
    assert.match(stdout, /⏭️ {2}Skipping disabled component: c\.yaml\.disabled\n/)
    assert.match(stdout, /📦 d\.yaml: Resiliency\n/)
    assert.match(stdout, /notes\.txt is not read/)
    assert.match(stdout, /📊 2 processed, 1 skipped\n/)
  })

  it('says that there are no components, and exits with 1', async () => {
    await using made = await folder({ 'empty/.keep': '' })
    const { code, stdout } = await dryRun(['--components', 'empty'], { cwd: made.path })
    assert.equal(code, 1)
    assert.match(stdout, /❌ No components were successfully processed!\n❌ Failed to process components directory\n$/)
    const missing = await dryRun(['--components', 'none'], { cwd: made.path })
    assert.equal(missing.code, 1)
    assert.match(missing.stdout, /it does not exist\n❌ Failed to process components directory\n$/)
  })

  it('refuses to start where a component lacks what it needs, and lists all of it', async () => {
    await using made = await folder({
      'c/a.yaml': openaiYaml('a', `"\${FIRST_KEY}"`),
      'c/b.yaml': `${openaiYaml('b', `"\${SECOND_KEY}"`)}    - name: model\n      value: "\${A_MODEL}"\n`,
      'c/c.yaml': openaiYaml('c', `"\${THIRD:-fallback}" # \${IN_A_COMMENT}`),
    })
    const { code, stdout } = await dryRun(['--components', 'c'], { cwd: made.path })
    assert.equal(code, 1)
    assert.match(stdout, /❌ .*missing are FIRST_KEY \(key of a\), SECOND_KEY \(key of b\); /)
    assert.match(stdout, /⚠️ {2}Warning: Environment variable A_MODEL not found for .*b\.yaml:\d+/)
    assert.doesNotMatch(stdout, /IN_A_COMMENT|THIRD/)
    assert.equal((await dryRun(['--components', 'c', '--skip-missing'], { cwd: made.path })).code, 0)
  })

  it('prints a plan as JSON and nothing else on stdout', async () => {
    await using made = await folder({ 'c/a.yaml': openaiYaml('a', `"\${A_KEY}"`) })
    const env = { A_KEY: 'canary-key' }
    const args = ['--components', 'c', '--daprd', '/opt/daprd', '--placement', '--json']
    const { stdout, stderr } = await dryRun(args, { cwd: made.path, env })
    const plan = JSON.parse(stdout) as Record<string, unknown>
    assert.equal(plan.engine, 'daprd')
    assert.match(String(plan.command), /^\/opt\/daprd,--app-id,test-app,.*--placement-host-address,localhost:50005$/)
    assert.deepEqual(plan.missing, [])
    assert.match(stderr, /Dapr Development Helper/)
    assert.doesNotMatch(stdout + stderr, /canary/)
  })

  it('refuses a taken port with its number and who has it, and exits with 3', async () => {
    const holder = createServer().listen(0, '127.0.0.1')
    await once(holder, 'listening')
    const { port } = holder.address() as AddressInfo
    const { code, stderr } = await run(['dev', '--port', String(port), '--grpc-port', '0', '--metrics-port', '0'])
    holder.close()
    assert.equal(code, 3)
    assert.match(stderr, new RegExp(`port ${port} must be free: .*choose another port with --port`))
    if (process.platform === 'linux') assert.match(stderr, new RegExp(`pid ${process.pid}`))
  })

  it('exits with 2 for an unknown flag, and for --build without a source tree', async () => {
    assert.equal((await run(['dev', '--componentss', 'x'])).code, 2)
    await using made = await folder({ 'project/x': '' })
    const { code, stderr } = await run(['dev', '--build'], { cwd: join(made.path, 'project') })
    assert.equal(code, 2)
    assert.match(stderr, /the source tree of Dapr must be at .*\/dapr: it is not there/)
  })

  it('builds daprd where there is a source tree', async () => {
    await using made = await folder({
      'project/x': '',
      'dapr/Makefile': 'build:\n\t@echo built >&2\n',
      'bin/x': '',
    })
    await writeFile(join(made.path, 'bin/make'), '#!/bin/sh\necho "made $1" >&2\nexit $MAKE_EXIT\n', { mode: 0o755 })
    const options = (exit: string) => ({
      cwd: join(made.path, 'project'),
      env: { PATH: `${made.path}/bin:${process.env.PATH}`, MAKE_EXIT: exit },
    })
    const good = await dryRun(['--build'], options('0'))
    assert.match(good.stdout, /🔨 Building daprd in .*\/dapr\.\.\.\n✅ Build completed\n/)
    assert.match(good.stdout, /Binary: .*\/dapr\/dist\/\w+\/release\/daprd\n/)
    assert.match(good.stderr, /made build/)
    const bad = await dryRun(['--build'], options('2'))
    assert.equal(bad.code, 1)
    assert.match(bad.stderr, /make build ended with exit code 2/)
  })
})

describe('dapr-chat dev: our own sidecar', () => {
  it('has echo without --components, says when it is ready, and ends with 0 on Ctrl-C', async () => {
    await using made = await folder()
    await using command = start(['dev', ...ports, '--app-id', 'mine'], { cwd: made.path })
    await command.until('stdout', /✅ Ready in \d+ ms\n {3}- echo \(conversation\.echo\)\n/)
    const [, port] = /HTTP Port: (\d+)\n/.exec(command.stdout) ?? []
    assert.match(command.stdout, /🚀 Starting Dapr sidecar\.\.\.\n {3}Binary: .*\n {3}App ID: mine\n/)
    assert.match(command.stdout, /📡 Sidecar output:\n-{50}\n/)
    const metadata = (await (await fetch(`http://127.0.0.1:${port}/v1.0/metadata`)).json()) as { id: string }
    assert.equal(metadata.id, 'mine')
    command.process.kill('SIGINT')
    assert.equal(await command.exit, 0)
    assert.match(command.stdout, /🛑 Stopping sidecar\.\.\.\n$/)
  })

  it('prints JSON when it is ready, shows no key at any level, and exits with 143 on SIGTERM', async () => {
    await using made = await folder({
      '.env': 'A_KEY=canary-of-a-key\nGEMINI_API_KEY=canary-of-gemini\n',
      'c/a.yaml': openaiYaml('a', `"\${A_KEY}"`),
    })
    const args = ['dev', ...ports, '--components', 'c', '--log-level', 'debug', '--json']
    await using command = start(args, { cwd: made.path })
    const [line] = await command.until('stdout', /^\{"msg":"ready".*\}\n/)
    const { http, components } = JSON.parse(line) as { http: string; components: unknown }
    assert.deepEqual(components, [{ name: 'a', type: 'conversation.openai' }])
    assert.equal((await fetch(`${http}/v1.0/healthz`)).status, 204)
    command.process.kill('SIGTERM')
    assert.equal(await command.exit, 143)
    assert.doesNotMatch(command.stdout + command.stderr, /canary/)
  })

  it('goes on in the background with --detach, until it is ended', async () => {
    await using made = await folder()
    const { code, stdout, stderr } = await run(['dev', ...ports, '--detach', '--json'], {
      cwd: made.path,
      env: { npm_lifecycle_event: 'dapr:dev' },
    })
    assert.equal(code, 0, stderr)
    const { pid, http, log } = JSON.parse(stdout) as { pid: number; http: string; log: string }
    try {
      // Longer than the look whether npm is still there takes.
      await pause(700)
      assert.equal((await fetch(`${http}/v1.0/healthz`)).status, 204)
    } finally {
      process.kill(pid, 'SIGTERM')
    }
    while (await isAlive(pid)) await pause(20)
    assert.match(await readFile(join(made.path, log), 'utf8'), /Stopping sidecar/)
    const failed = await run(['dev', ...ports, '--detach', '--components', 'none'], { cwd: made.path })
    assert.equal(failed.code, 1)
    assert.match(failed.stderr, /Failed to process components directory/)
  })
})

describe('dapr-chat dev: a real daprd', () => {
  it('gets the words of the original, the processed files, and shows no key at any level', async () => {
    const awkward = 'canary "b: c\n#{x}'
    await using made = await place({
      'components/a.yaml': openaiYaml('a', `"\${A_KEY}"`),
      'components/b.yml': echoYaml('b'),
      'components/c.yaml.disabled': echoYaml('c'),
      'components/dapr-config.yaml':
        'apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: {name: c}\nspec: {}\n',
      'components/r.yaml': 'apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: {name: r}\nspec: {}\n',
      '.env': 'OPENAI_API_KEY=canary-in-env\n',
    })
    const env = { ...made.options.env, A_KEY: awkward, DAPR_API_TOKEN: 'canary-token' }
    await using command = start([...made.args, '--log-level', 'debug'], { ...made.options, env })
    await command.until('stdout', /✅ Ready in \d+ ms\n {3}- fake \(conversation\.fake\)\n/)
    const { words, files, folderMode, pid } = await made.record()
    const resources = words[words.indexOf('--resources-path') + 1] ?? ''
    const value = (name: string) => words[words.indexOf(name) + 1] ?? ''
    assert.deepEqual(words, [
      ...['--app-id', 'test-app', '--dapr-http-port', value('--dapr-http-port')],
      ...['--dapr-grpc-port', value('--dapr-grpc-port'), '--log-level', 'debug'],
      ...['--enable-app-health-check=false', '--resources-path', resources],
      ...['--metrics-port', value('--metrics-port'), '--config', join(made.path, 'components/dapr-config.yaml')],
    ])
    assert.deepEqual(
      files.map(({ name, mode }) => [name, mode]),
      [
        ['a.yaml', 0o600],
        ['b.yml', 0o600],
        ['r.yaml', 0o600],
      ],
    )
    assert.equal(folderMode, 0o700)
    assert.ok(resources.startsWith(join(made.path, 'tmp/dapr-chat-components-')))
    assert.match(files[0]?.text ?? '', /value: "canary \\"b: c\\n#\{x\}"/)
    assert.match(command.stdout, new RegExp(`Command: ${made.program} --app-id test-app `))
    assert.doesNotMatch(command.stdout + command.stderr, /canary-|canary "b/)
    assert.match(command.stderr, /^line 25$/m)

    command.process.kill('SIGINT')
    assert.equal(await command.exit, 0)
    assert.match(command.stdout, /🛑 Stopping sidecar\.\.\.\n🧹 Cleaned up temporary directory: .*\n$/)
    assert.equal(await isAlive(pid), false)
    assert.equal(existsSync(resources), false)
    await made.canariesAreAlive()
  })

  for (const [signal, exit] of [
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    // Something that nobody catches.
    ['SIGUSR2', 1],
    ['SIGKILL', 'SIGKILL'],
  ] as const) {
    it(`leaves no daprd and no file behind on ${signal === 'SIGUSR2' ? 'an uncaught error' : signal}`, async () => {
      await using made = await place()
      const thrower = 'process.on("SIGUSR2",()=>{throw new Error("x")})'
      const nodeFlags = ['--import', `data:text/javascript,${thrower}`]
      await using command = start(made.args, { ...made.options, nodeFlags })
      await command.until('stdout', /✅ Ready/)
      const { pid, words } = await made.record()
      command.process.kill(signal)
      assert.equal(await command.exit, exit)
      const resources = words[words.indexOf('--resources-path') + 1] ?? ''
      for (let i = 0; i < 300 && ((await isAlive(pid)) || existsSync(resources)); i++) await pause(20)
      assert.deepEqual([await isAlive(pid), existsSync(resources)], [false, false])
      await made.canariesAreAlive()
    })
  }

  it('is killed after a while where it does not end', async () => {
    await using made = await place()
    await using command = start(made.args, { ...made.options, env: { ...made.options.env, FAKE_STUBBORN: '1' } })
    await command.until('stdout', /✅ Ready/)
    const { pid } = await made.record()
    command.process.kill('SIGINT')
    assert.equal(await command.exit, 0)
    assert.equal(await isAlive(pid), false)
  })

  it('fails with 1, the last 20 lines and the code of daprd, and cleans up', async () => {
    await using made = await place()
    const { code, stdout } = await run(made.args, { ...made.options, env: { ...made.options.env, FAKE_EXIT: '3' } })
    assert.equal(code, 1)
    assert.match(stdout, /❌ Sidecar failed: daprd ended with exit code 3 before it was ready; its last lines:\n/)
    const [, lines = ''] = stdout.split('its last lines:\n')
    assert.equal(lines.match(/^ {3}.*$/gm)?.length, 20)
    assert.match(lines, /^ {3}line 25$/m)
    await made.canariesAreAlive()
    const { words } = await made.record()
    assert.equal(existsSync(words[words.indexOf('--resources-path') + 1] ?? ''), false)
  })

  it('fails where it is not ready in time', async () => {
    await using made = await place()
    await mkdir(join(made.path, 'slow'))
    const slow = join(made.path, 'slow', 'daprd')
    await writeFile(slow, '#!/bin/sh\nsleep 60\n', { mode: 0o755 })
    const { code, stdout } = await run([...made.args, '--daprd', slow, '--wait', '0.5'], made.options)
    assert.equal(code, 1)
    assert.match(stdout, /❌ Sidecar failed: .*it was not within 0\.5 seconds/)
  })
})
