import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import type { Figures } from '../src/top/figures.ts'
import { echoYaml, folder, run, start, startSidecar } from './command.ts'
import { keys, noScreen, type Screen, startOnScreen } from './screen.ts'

const TOKEN = 'a-token-of-the-test'
const headers = { 'content-type': 'application/json', 'dapr-api-token': TOKEN }

/** The alternate screen without a cursor, and what takes both back. */
const ENTER = '\x1b[?1049h\x1b[?25l'
const LEAVE = '\x1b[?25h\x1b[?1049l'
const HOME = '\x1b[H'

/** A sidecar with two components of which one was asked three times. */
async function askedSidecar() {
  const place = await folder({ 'components/a.yaml': `${echoYaml('asked')}---\n${echoYaml('idle')}` })
  const sidecar = await startSidecar(['--resources-path=components'], {
    cwd: place.path,
    env: { DAPR_API_TOKEN: TOKEN },
  })
  const { http } = sidecar.addresses
  const body = JSON.stringify({ model: 'asked', messages: [{ role: 'user', content: 'one two' }] })
  for (let times = 0; times < 3; times++) {
    const response = await fetch(`${http}/v1/chat/completions`, { method: 'POST', headers, body })
    assert.equal(response.status, 200)
    await response.text()
  }
  // Rows are written beside the path of the calls.
  while ((await overviewOf(http)).totals.calls < 3);
  return {
    http,
    env: { DAPR_HTTP_ENDPOINT: http, DAPR_API_TOKEN: TOKEN },
    async [Symbol.asyncDispose]() {
      await sidecar[Symbol.asyncDispose]()
      await place[Symbol.asyncDispose]()
    },
  }
}

async function overviewOf(http: string): Promise<Pick<Figures, 'totals'>> {
  const response = await fetch(`${http}/api/console/overview?window=5m`, { headers })
  return (await response.json()) as Figures
}

/** The process of the command, which the terminal's one has started. */
async function commandOn({ pid }: Screen): Promise<number> {
  return Number(await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8'))
}

describe('dapr-chat top', () => {
  let sidecar: Awaited<ReturnType<typeof askedSidecar>>
  before(async () => {
    sidecar = await askedSidecar()
  })
  after(() => sidecar[Symbol.asyncDispose]())

  it('prints one JSON object where the output is no terminal, with the numbers of the console', async () => {
    const { code, stdout, stderr } = await run(['top'], { env: sidecar.env })
    assert.deepEqual([code, stderr], [0, ''])
    assert.equal(stdout.trimEnd().split('\n').length, 1)
    const { totals, components, sidecar: address, window }: Figures = JSON.parse(stdout)
    assert.deepEqual([totals.calls, totals.failed, totals.open, totals.outputTokens], [3, 0, 0, 6])
    assert.deepEqual([address, window], [sidecar.http, '5m'])
    assert.deepEqual(
      components.map(({ name, state, calls }) => [name, state, calls]),
      [
        ['asked', 'ready', 3],
        ['idle', 'ready', 0],
      ],
    )
    const { requestsPerSecond: _, open: __, ...figures } = totals
    assert.deepEqual(figures, (await overviewOf(sidecar.http)).totals)
  })

  it('prints text once with --once, without colours', async () => {
    const { code, stdout } = await run(['top', '--once', '--window=1h'], { env: sidecar.env })
    assert.equal(code, 0)
    assert.match(stdout, /^dapr-chat at http:.* · dapr-chat \d+\.\d+\.\d+ · last hour$/m)
    assert.match(stdout, /^Requests .* in flight 0 {3}ended 3 {3}failed 0 \(0 %\)$/m)
    assert.match(stdout, /^component +state +breaker +req\/s /m)
    assert.match(stdout, /^asked +ready +– .* \$0$/m)
    assert.equal(stdout, stripVTControlCharacters(stdout))
  })

  it('prints an object on each line with --interval, until it is ended', async () => {
    await using top = start(['top', '--interval=0.1'], { env: sidecar.env })
    await top.until('stdout', /\n\{.*\n/)
    for (const line of top.stdout.trimEnd().split('\n')) assert.equal((JSON.parse(line) as Figures).totals.calls, 3)
    top.process.kill('SIGINT')
    assert.equal(await top.exit, 130)
  })

  it('exits with 3 where there is no sidecar, and with 4 where it asks for another token', async () => {
    const nowhere = await run(['top'], { env: { DAPR_HTTP_ENDPOINT: 'http://127.0.0.1:1' } })
    assert.match(
      nowhere.stderr,
      /Cannot show figures: a sidecar must answer at http:\/\/127\.0\.0\.1:1: none does; DAPR_HTTP_ENDPOINT points there/,
    )
    assert.deepEqual([nowhere.code, nowhere.stdout], [3, ''])
    const refused = await run(['top'], { env: { ...sidecar.env, DAPR_API_TOKEN: 'another' } })
    assert.match(refused.stderr, /DAPR_API_TOKEN must be the token of the sidecar/)
    assert.deepEqual([refused.code, refused.stdout], [4, ''])
  })

  it('exits with 2 for a server that has no console, whatever it answers, and for values that do not hold', async () => {
    const server = createServer((request, response) => {
      response.writeHead(request.url?.includes('session') ? 200 : 404).end('<!doctype html>')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const env = { DAPR_HTTP_PORT: String((server.address() as AddressInfo).port) }
    const { code, stderr } = await run(['top'], { env })
    server.close()
    assert.match(stderr, /must be a dapr-chat with its console: a daprd has none/)
    assert.equal(code, 2)
    const refused = await run(['top', '--interval=0'], { env })
    assert.match(refused.stderr, /it must be 0\.1 seconds at least/)
    assert.equal(refused.code, 2)
  })

  describe('on a terminal', { skip: noScreen }, () => {
    for (const [what, code, key] of [
      ['q', 0, 'q'],
      ['Ctrl-C', 0, keys.ctrlC],
      ['SIGTERM', 143, undefined],
      ['SIGHUP', 129, undefined],
    ] as const) {
      it(`draws in place, and leaves the terminal as it was with ${what}`, async () => {
        await using top = startOnScreen(['top', '--interval=0.2'], { env: sidecar.env })
        await top.until(/asked/)
        if (key === undefined) process.kill(await commandOn(top), what)
        else top.type(key)
        assert.equal(await top.exit, code)
        assert.equal(top.output.split(ENTER).length, 2)
        assert.ok(top.output.trimEnd().endsWith(LEAVE), JSON.stringify(top.output.slice(-80)))
        const drawn = top.output.slice(top.output.indexOf(ENTER) + ENTER.length, top.output.indexOf(LEAVE))
        const lines = drawn.split(HOME).flatMap((frame) => stripVTControlCharacters(frame).split(/\r*\n/))
        for (const line of lines) assert.ok(line.length <= 100, `${line.length}: ${line}`)
      })
    }

    it('prints text once on a terminal that cannot draw in place', async () => {
      await using top = startOnScreen(['top'], { env: { ...sidecar.env, TERM: 'dumb' } })
      assert.equal(await top.exit, 0)
      assert.ok(!top.output.includes(ENTER))
      assert.match(top.output, /asked +ready/)
    })

    it('never enters the screen where there is no sidecar', async () => {
      await using top = startOnScreen(['top'], { env: { DAPR_HTTP_ENDPOINT: 'http://127.0.0.1:1' } })
      assert.equal(await top.exit, 3)
      assert.ok(!top.output.includes(ENTER))
    })

    it('keeps the last figures where the sidecar goes away, without colours for NO_COLOR; as JSON it ends with 3', async () => {
      await using json = start(['top', '--json', '--interval=0.1'], { env: sidecar.env })
      await using top = startOnScreen(['top', '--interval=0.1'], { env: { ...sidecar.env, NO_COLOR: '1' } })
      await Promise.all([top.until(/asked/), json.until('stdout', /\n/)])
      await sidecar[Symbol.asyncDispose]()
      await top.until(/The sidecar has not answered for /)
      top.type('q')
      assert.deepEqual([await top.exit, await json.exit], [0, 3])
      const colour = String.raw`\u001b\[\d*m`
      assert.doesNotMatch(top.output, new RegExp(colour))
    })
  })
})
