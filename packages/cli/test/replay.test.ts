import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { chunk, done, finish, usage } from '@dapr-chat/sidecar/testing'
import { echoYaml, folder, run, start, startSidecar } from './command.ts'

const words = ['A ', 'recorded ', 'answer']
const events = [
  chunk({ role: 'assistant', content: '' }),
  ...words.map((content) => chunk({ content })),
  finish('stop'),
]
const stream = [...events, usage(3, 4), done].join('')

/** Events with times, in milliseconds. */
const timed = ['{"at":0,"data":{"n":1}}', '{"at":150,"data":{"n":2}}', '', '{"at":300,"data":"[DONE]"}'].join('\n')

const files = {
  'answer.sse': stream,
  'timed.jsonl': timed,
  'busy.json': '{"error":{"message":"slow down","code":"rate_limit"}}',
  'busy.expected.json': '{"status":429,"headers":{"Retry-After":"7","Content-Length":"1"}}',
  'notes.txt': 'no answer',
  'components/mine.yaml': echoYaml('mine'),
}

describe('dapr-chat replay', () => {
  let place: Awaited<ReturnType<typeof folder>>
  before(async () => {
    place = await folder(files)
  })
  after(() => place[Symbol.asyncDispose]())

  /** A replay that answers, and where. */
  async function replaying(...args: readonly string[]) {
    const command = start(['replay', ...args], { cwd: place.path })
    const [, endpoint = ''] = await command.until('stderr', /, at (http:\S+); Ctrl-C ends it/)
    return { command, endpoint, [Symbol.asyncDispose]: () => command[Symbol.asyncDispose]() }
  }

  function ask(endpoint: string): Promise<Response> {
    return fetch(`${endpoint}/chat/completions`, { method: 'POST', body: '{}' })
  }

  it('is a provider that a sidecar streams from; the component that it writes is all there is to do', async () => {
    await using replay = await replaying('answer.sse', '--write=replayed', '--name=again')
    assert.equal(replay.command.stdout, '')
    const yaml = await readFile(join(place.path, 'replayed/again.yaml'), 'utf8')
    assert.match(yaml, /^ {2}type: conversation\.openai$/m)
    await using sidecar = await startSidecar(['--resources-path=replayed'], { cwd: place.path })
    const asked = await run(['ask', 'What?'], { env: { DAPR_HTTP_ENDPOINT: sidecar.addresses.http } })
    assert.deepEqual([asked.stdout, asked.code], ['A recorded answer\n', 0])
    await replay.command.until(
      'stderr',
      new RegExp(`POST /v1/chat/completions: 200, ${stream.length.toLocaleString('en')} bytes in `),
    )
  })

  it('prints the component where it is not to be written, answers every request, and ends with 0 on Ctrl-C', async () => {
    await using replay = await replaying('answer.sse')
    assert.ok(replay.command.stdout.includes(`value: "${replay.endpoint}"`))
    for (const path of ['chat/completions', 'messages?beta=true', 'models']) {
      const response = await fetch(`${replay.endpoint}/${path}`)
      assert.equal(response.headers.get('content-type'), 'text/event-stream')
      assert.equal(await response.text(), stream)
    }
    replay.command.process.kill('SIGINT')
    assert.equal(await replay.command.exit, 0)
  })

  it('breaks the connection after the bytes of --cut, at any pace, and exits with 143 on SIGTERM', async () => {
    for (const pace of [[], ['--speed=200']]) {
      await using replay = await replaying('answer.sse', '--cut=100', ...pace)
      const response = await ask(replay.endpoint)
      let text = ''
      await assert.rejects(async () => {
        for await (const bytes of response.body ?? []) text += new TextDecoder().decode(bytes)
      })
      assert.equal(text, stream.slice(0, 100))
      await replay.command.until('stderr', /200, 100 bytes in .*, cut$/m)
      replay.command.process.kill('SIGTERM')
      assert.equal(await replay.command.exit, 143)
    }
  })

  it('waits between events for --speed, and ends though an answer is under way', async () => {
    await using replay = await replaying('answer.sse', '--speed=20')
    const begun = performance.now()
    assert.equal(await (await ask(replay.endpoint)).text(), stream)
    // Seven events, six pauses of 50 ms.
    assert.ok(performance.now() - begun >= 290)
    await using slow = await replaying('answer.sse', '--speed=0.01')
    const { body } = await ask(slow.endpoint)
    assert.equal(new TextDecoder().decode((await body?.getReader().read())?.value), events[0])
    slow.command.process.kill('SIGINT')
    assert.equal(await slow.command.exit, 0)
  })

  it('sends events at their times with --as-recorded', async () => {
    await using replay = await replaying('timed.jsonl', '--as-recorded')
    const begun = performance.now()
    assert.equal(await (await ask(replay.endpoint)).text(), 'data: {"n":1}\n\ndata: {"n":2}\n\ndata: [DONE]\n\n')
    assert.ok(performance.now() - begun >= 290)
  })

  it('has the status and the headers that lie beside the recording, or the status that is given', async () => {
    await using replay = await replaying('busy.json')
    const response = await ask(replay.endpoint)
    assert.deepEqual([response.status, response.headers.get('retry-after')], [429, '7'])
    assert.equal(response.headers.get('content-type'), 'application/json')
    assert.equal(await response.text(), files['busy.json'])
    await using broken = await replaying('busy.json', '--status=503', '--type=anthropic')
    assert.equal((await ask(broken.endpoint)).status, 503)
    assert.match(broken.command.stdout, /^ {2}type: conversation\.anthropic$/m)
  })

  for (const [what, args, message] of [
    ['no file', [], /one file must be named/],
    ['a file that is not there', ['none.sse'], /Cannot replay none\.sse: it must be a file that can be read: ENOENT/],
    ['a file that is no answer', ['notes.txt'], /it must hold an event stream, a JSON body/],
    ['a cut behind the end', ['answer.sse', `--cut=${stream.length}`], /--cut: it must be a number of bytes below/],
    ['no speed', ['answer.sse', '--speed=0'], /--speed: it must be a number of events above zero/],
    ['times that the file does not have', ['answer.sse', '--as-recorded'], /there are events without a time/],
    ['a status that is none', ['answer.sse', '--status=99'], /--status: it must be a status of HTTP/],
    [
      'a component that is not its own',
      ['answer.sse', '--write=components', '--name=mine'],
      /it must not be another component/,
    ],
  ] as const) {
    it(`exits with 2 for ${what}`, async () => {
      const { code, stdout, stderr } = await run(['replay', ...args], { cwd: place.path })
      assert.match(stderr, message)
      assert.deepEqual([code, stdout], [2, ''])
    })
  }

  it('exits with 3 where the port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const { code, stderr } = await run(['replay', 'answer.sse', `--port=${port}`], { cwd: place.path })
    server.close()
    assert.match(stderr, new RegExp(`port ${port} must be free: .* choose another port with --port`))
    assert.equal(code, 3)
  })
})
