import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { run } from './command.ts'

/** What is looked at after the ports must not depend on what else runs on this machine. */
const freePorts = ['--dapr-http-port=0', '--dapr-grpc-port=0', '--metrics-port=0']

describe('dapr-chat', () => {
  it('says in one line what an old Node lacks, and exits with 2', async () => {
    const feigned = 'Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.20.2"}})'
    const { code, stdout, stderr } = await run(['serve'], {
      nodeFlags: ['--import', `data:text/javascript,${feigned}`],
    })
    assert.equal(code, 2)
    assert.equal(stdout, '')
    assert.match(stderr, /^dapr-chat needs Node 22\.18 or newer, this is 20\.20\.2: .*npm start or npx dapr-chat.*\n$/)
  })

  it('prints its version and its help on stdout', async () => {
    assert.match((await run(['--version'])).stdout, /^\d+\.\d+\.\d+\n$/)
    const help = await run(['--help'])
    assert.equal(help.code, 0)
    for (const command of ['serve', 'ask', 'chat']) assert.match(help.stdout, new RegExp(`^  ${command} `, 'm'))
    assert.equal(help.stderr, '')
  })

  it('prints the help of a command, every flag with its default', async () => {
    const { code, stdout } = await run(['serve', '--help'])
    assert.equal(code, 0)
    assert.match(stdout, /^ {2}-H, --dapr-http-port PORT +[^-]*\(default:\s+3500\)$/m)
    assert.match(stdout.replaceAll(/\s+/g, ' '), /also --components \(default/)
    assert.ok(stdout.split('\n').every((line) => line.length <= 100))
    assert.equal((await run(['help', 'serve'])).stdout, stdout)
  })

  for (const args of [['serve', '--version'], ['--app-id', 'x', '--version'], ['-version']]) {
    it(`prints just the version for ${args.join(' ')}`, async () => {
      const { code, stdout, stderr } = await run(args)
      assert.match(stdout, /^\d+\.\d+\.\d+\n$/)
      assert.deepEqual([code, stderr], [0, ''])
    })
  }

  it('prints what it was built from', async () => {
    assert.match((await run(['--build-info'])).stdout, /^Version: \d+\.\d+\.\d+\nGit Commit: .+\nGit Version: .+\n$/)
  })

  const mistakes: readonly (readonly [string, readonly string[], RegExp])[] = [
    [
      'an unknown flag',
      ['serve', '--dapr-htp-port', '1'],
      /Unknown flag --dapr-htp-port: did you mean --dapr-http-port\?/,
    ],
    ['an unknown flag without a command', ['--app-ids', 'x'], /did you mean --app-id\?/],
    ['an unknown command', ['aks', 'hello'], /Unknown command "aks": did you mean ask\?/],
    ['a wrong port', ['serve', '--metrics-port', '99999'], /Cannot use --metrics-port: it must be a whole number/],
    ['an operand where none belongs', ['serve', 'echo'], /Cannot serve: it takes flags only: current value is "echo"/],
    ['a missing prompt', ['ask'], /a prompt must be given/],
    ['a bad app id', ['serve', '--app-id', 'a.b'], /parameter app-id cannot contain dots: current value is "a\.b"/],
    ['an empty app id', ['serve', '--app-id='], /parameter app-id cannot be empty/],
    ['Kubernetes', ['serve', '--mode', 'kubernetes'], /--mode: it must be one of standalone/],
    ['a folder that does not exist', ['serve', ...freePorts, '--resources-path', 'no-such-folder'], /no-such-folder/],
    [
      'a wide address without a token',
      ['serve', ...freePorts, '--dapr-listen-addresses', '0.0.0.0'],
      /set DAPR_API_TOKEN/,
    ],
  ]
  for (const [what, args, message] of mistakes) {
    it(`exits with 2 for ${what}, without a stack`, async () => {
      const { code, stdout, stderr } = await run(args)
      assert.match(stderr, message)
      assert.doesNotMatch(stderr, /^ +at /m)
      assert.equal(code, 2)
      assert.equal(stdout, '')
    })
  }
})
