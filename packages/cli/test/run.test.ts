import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { echoYaml, folder, run, start } from './command.ts'
import { fakeDaprd, isAlive } from './fake-daprd.ts'

const ports = ['-H', '0', '-G', '0', '-M', '0']

/** The words of an app that is a line of JavaScript. */
function app(code: string): string[] {
  return ['--', process.execPath, '-e', code]
}

/** Waits until something holds. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if (await holds()) return
    await pause(20)
  }
  assert.fail('it never held')
}

describe('dapr-chat run', () => {
  it('gives the app the variables of Dapr, a sidecar that is ready, and returns its exit code', async () => {
    await using place = await folder({ '.env': 'DAPR_API_TOKEN=of-the-file\nAPP_SECRET=x\n' })
    const code = `
      const { APP_ID, APP_PORT, APP_PROTOCOL, APP_CHANNEL_ADDRESS, DAPR_HTTP_PORT, DAPR_API_TOKEN, APP_SECRET } = process.env
      fetch('http://127.0.0.1:' + DAPR_HTTP_PORT + '/v1.0/metadata', { headers: { 'dapr-api-token': DAPR_API_TOKEN } })
        .then((response) => response.json())
        .then(({ id, components, appConnectionProperties }) => {
          console.log(JSON.stringify({ id, components, port: appConnectionProperties.port }))
          console.log(JSON.stringify({ APP_ID, APP_PORT, APP_PROTOCOL, APP_CHANNEL_ADDRESS, APP_SECRET }))
          console.log(Object.keys(process.env).filter((name) => /^(DAPR|APP)_/.test(name)).sort().join())
          process.exitCode = 7
        })`
    const {
      code: exit,
      stdout,
      stderr,
    } = await run(['run', '-a', 'shop', '-p', '65001', ...ports, ...app(code)], {
      cwd: place.path,
    })
    assert.equal(exit, 7, stderr)
    const [metadata, variables, names, ...rest] = stdout.split('\n')
    assert.match(metadata ?? '', /^== APP == \{"id":"shop","components":\[\{"name":"echo",.*"port":65001\}$/)
    assert.equal(
      variables,
      '== APP == {"APP_ID":"shop","APP_PORT":"65001","APP_PROTOCOL":"http","APP_CHANNEL_ADDRESS":"127.0.0.1"}',
    )
    assert.equal(
      names,
      '== APP == APP_CHANNEL_ADDRESS,APP_ID,APP_PORT,APP_PROTOCOL,DAPR_API_TOKEN,DAPR_GRPC_PORT,DAPR_HTTP_PORT,DAPR_METRICS_PORT',
    )
    assert.deepEqual(rest, [''])
    assert.match(stderr, /^dapr-chat: the sidecar of "shop" is ready after \d+ ms: .*components: echo/m)
    assert.match(stderr, /^dapr-chat: the app ended with exit code 7$/m)
  })

  it('marks the lines of both, and passes on what is not yet a line', async () => {
    await using place = await folder({ 'components/echo.yaml': echoYaml('echo'), 'components/notes.txt': '' })
    const code = `process.stdout.write('to'); console.error('warned'); setTimeout(() => {}, 60000)`
    await using command = start(['run', ...ports, ...app(code)], { cwd: place.path })
    await command.until('stdout', /^== APP == to$/)
    await command.until('stderr', /^== APP == warned$/m)
    await command.until('stderr', /^== DAPR == .*notes\.txt skipped/m)
  })

  it('passes its input to the app', async () => {
    const { stdout, code } = await run(['run', ...ports, '--', 'cat'], { input: 'one\ntwo' })
    assert.deepEqual([code, stdout], [0, '== APP == one\n== APP == two'])
  })

  it('loses nothing of what an app wrote where it is read slowly, and waits for nobody who only holds its output', async () => {
    const program = fileURLToPath(new URL('../bin/dapr-chat.js', import.meta.url))
    const words = (command: string) =>
      [process.execPath, program, 'run', ...ports, '--', ...command.split(' ')].join(' ')
    const slow = spawn('sh', ['-c', `${words('head -c 400000 /dev/zero')} | (sleep 5; wc -c)`], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const [count] = await once(slow.stdout.setEncoding('utf8'), 'data')
    assert.equal(Number(count), '== APP == '.length + 400_000)
    if (process.platform !== 'linux') return
    const began = performance.now()
    const { code, stdout } = await run(['run', ...ports, '--', 'sh', '-c', 'echo done; setsid sleep 30 & exit 4'])
    assert.deepEqual([code, stdout], [4, '== APP == done\n'])
    assert.ok(performance.now() - began < 28_000)
  })

  for (const [signal, exit] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    it(`ends all that the app has started on ${signal}, and the sidecar`, async () => {
      // The shell does not pass signals on, and what it waits for is in its group.
      const code = `console.log(process.env.DAPR_HTTP_PORT, process.pid); setInterval(() => {}, 1000)`
      await using command = start(['run', ...ports, '--', 'sh', '-c', `"${process.execPath}" -e '${code}'; exit $?`])
      const [, port, pid] = await command.until('stdout', /== APP == (\d+) (\d+)\n/)
      command.process.kill(signal)
      assert.equal(await command.exit, exit)
      assert.equal(await isAlive(Number(pid)), false)
      await assert.rejects(fetch(`http://127.0.0.1:${port}/v1.0/healthz`))
    })
  }

  it('lets the app end in its own way, and kills one that does not', async () => {
    const gentle = `process.on('SIGTERM', () => { console.log('bye'); process.exit(3) }); console.log('up'); setInterval(() => {}, 1000)`
    await using first = start(['run', ...ports, ...app(gentle)])
    await first.until('stdout', /up/)
    first.process.kill('SIGTERM')
    assert.equal(await first.exit, 3)
    assert.match(first.stdout, /^== APP == bye$/m)

    const stubborn = `process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)`
    await using second = start(['run', ...ports, ...app(stubborn)])
    await second.until('stdout', /up/)
    second.process.kill('SIGTERM')
    assert.equal(await second.exit, 137)
  })

  it('ends the app when the sidecar is asked to end', async () => {
    const code = `console.log(process.env.DAPR_HTTP_PORT); setInterval(() => {}, 1000)`
    await using command = start(['run', ...ports, ...app(code)])
    const [, port] = await command.until('stdout', /== APP == (\d+)\n/)
    await fetch(`http://127.0.0.1:${port}/v1.0/shutdown`, { method: 'POST' })
    assert.equal(await command.exit, 143)
  })

  const sudden: readonly (readonly [string, (command: ReturnType<typeof start>) => unknown])[] = [
    ['is killed', (command) => command.process.kill('SIGKILL')],
    ['throws what nobody catches', (command) => command.process.kill('SIGUSR2')],
    ['has no reader any more', (command) => command.process.stdout?.destroy()],
  ]
  for (const [what, end] of sudden) {
    it(`leaves no app behind where it ${what}`, async () => {
      const thrower = 'process.on("SIGUSR2",()=>{throw new Error("x")})'
      // It does not end by itself when nobody reads any more.
      const code = `process.stdout.on('error', () => {}); console.log(process.pid); setInterval(() => console.log('more'), 50)`
      await using command = start(['run', ...ports, ...app(code)], {
        nodeFlags: ['--import', `data:text/javascript,${thrower}`],
      })
      const [, pid] = await command.until('stdout', /== APP == (\d+)\n/)
      end(command)
      await command.exit
      await until(async () => !(await isAlive(Number(pid))))
    })
  }

  it('takes a free port where the standard one is taken, and says so', async () => {
    const holder = createServer().listen(3500, '127.0.0.1')
    // Somebody else may have it, which is as good.
    await once(holder, 'listening').catch(() => {})
    try {
      const { code, stdout, stderr } = await run([
        'run',
        '-G',
        '0',
        '-M',
        '0',
        ...app('console.log(process.env.DAPR_HTTP_PORT)'),
      ])
      const port = /== APP == (\d+)\n/.exec(stdout)?.[1]
      assert.equal(code, 0, stderr)
      assert.notEqual(port, '3500')
      assert.match(stderr, new RegExp(`^dapr-chat: port 3500 is taken: --dapr-http-port is ${port}$`, 'm'))
    } finally {
      holder.close()
    }
  })

  it('refuses a port that was named and is taken, with 3', async () => {
    const holder = createServer().listen(0, '127.0.0.1')
    await once(holder, 'listening')
    const { port } = holder.address() as AddressInfo
    const { code, stderr } = await run(['run', '-H', String(port), ...app('console.log(1)')])
    holder.close()
    assert.equal(code, 3)
    assert.match(stderr, new RegExp(`port ${port} must be free`))
  })

  const mistakes: readonly (readonly [string, readonly string[], number, RegExp])[] = [
    ['no app', ['run'], 2, /the app's command must follow --/],
    ['an app without --', ['run', 'node', 'app.js'], 2, /the app goes after --/],
    ['a run file', ['run', '-f', 'dapr.yaml', '--', 'x'], 2, /the file must say it all/],
    ['Kubernetes', ['run', '-k', '--', 'x'], 2, /on this machine only/],
    ['an unknown engine', ['run', '--engine', 'x', '--', 'x'], 2, /--engine: it must be one of dapr-chat, daprd/],
    ['an unknown flag', ['run', '--app-idd', 'x', '--', 'x'], 2, /did you mean --app-id\?/],
    [
      'an app that is not there',
      ['run', ...ports, '--', 'no-such-program'],
      127,
      /"no-such-program" must be a program/,
    ],
    [
      'a daprd that is not there',
      ['run', ...ports, '--daprd', '/no/daprd', '--', 'x'],
      127,
      /Cannot start daprd: "\/no\/daprd"/,
    ],
  ]
  for (const [what, args, exit, message] of mistakes) {
    it(`exits with ${exit} for ${what}, without a stack`, async () => {
      const { code, stderr } = await run(args)
      assert.equal(code, exit, stderr)
      assert.match(stderr, message)
      assert.doesNotMatch(stderr, /^ +at /m)
    })
  }
})

describe('dapr-chat run --engine daprd', () => {
  it('starts it with the processed components, and the app when it is ready', async () => {
    await using place = await folder({
      'components/a.yaml': `${echoYaml('a')}  metadata: [{ name: note, value: "\${NOTE}" }]\n`,
    })
    const { record } = await fakeDaprd(place.path)
    const flags = ['-a', 'shop', ...ports, '--engine', 'daprd', '--store-path', 'x', '--app-max-concurrency', '3']
    await using command = start(['run', ...flags, ...app('console.log("up"); setInterval(() => {}, 1000)')], {
      cwd: place.path,
      env: { NOTE: 'filled: "in"', PATH: `${place.path}:${process.env.PATH}` },
    })
    await command.until('stdout', /== APP == up/)
    const { words, files, pid, folderMode } = await record()
    assert.deepEqual(
      files.map(({ name, mode }) => [name, mode]),
      [['a.yaml', 0o600]],
    )
    assert.equal(folderMode, 0o700)
    assert.match(files[0]?.text ?? '', /value: "filled: \\"in\\""/)
    assert.match(words.join(' '), /--app-id shop .*--app-max-concurrency=3$/)
    assert.doesNotMatch(words.join(' '), /store-path|engine/)
    assert.match(command.stderr, /ignored, .*: --store-path$/m)
    assert.match(command.stderr, /components: fake \(conversation\.fake\)/)
    assert.match(command.stderr, /^== DAPR == line 25$/m)
    const temporary = words[words.indexOf('--resources-path') + 1] ?? ''
    command.process.kill('SIGTERM')
    assert.equal(await command.exit, 143)
    assert.equal(await isAlive(pid), false)
    assert.equal(existsSync(temporary), false)
  })

  it('leaves neither daprd nor a file with keys behind where it is killed', async () => {
    await using place = await folder({ 'components/a.yaml': echoYaml('a') })
    const { program, record } = await fakeDaprd(place.path)
    await using command = start(
      ['run', ...ports, '--daprd', program, ...app('console.log("up"); setInterval(() => {}, 1000)')],
      {
        cwd: place.path,
      },
    )
    await command.until('stdout', /up/)
    const { pid, words } = await record()
    command.process.kill('SIGKILL')
    await command.exit
    const temporary = words[words.indexOf('--resources-path') + 1] ?? ''
    await until(async () => !(await isAlive(pid)) && !existsSync(temporary))
  })

  it('ends the app where daprd fails, and says how', async () => {
    await using place = await folder({ 'components/a.yaml': echoYaml('a') })
    const { program } = await fakeDaprd(place.path)
    const code = `console.log(process.env.DAPR_HTTP_PORT); setInterval(() => {}, 1000)`
    await using command = start(['run', ...ports, '--daprd', program, ...app(code)], {
      cwd: place.path,
      env: { FAKE_END: '9' },
    })
    const [, port] = await command.until('stdout', /== APP == (\d+)\n/)
    await fetch(`http://127.0.0.1:${port}/v1.0/shutdown`).catch(() => {})
    assert.equal(await command.exit, 1)
    assert.match(
      command.stderr,
      /The sidecar failed, and the app was stopped: daprd ended with exit code 9; its last lines:/,
    )
  })

  it('never starts the app where daprd ends before it is ready', async () => {
    await using place = await folder({ 'components/a.yaml': echoYaml('a') })
    const { program } = await fakeDaprd(place.path)
    const { code, stdout, stderr } = await run(['run', ...ports, '--daprd', program, ...app('console.log("up")')], {
      cwd: place.path,
      env: { FAKE_EXIT: '3' },
    })
    assert.deepEqual([code, stdout], [1, ''])
    assert.match(stderr, /daprd ended with exit code 3 before it was ready/)
  })
})
