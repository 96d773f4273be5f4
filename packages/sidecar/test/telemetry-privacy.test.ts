/** What is said stays where it was said: by default none of it is in the log, the figures, the spans or the files. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { chunk, otlpCollector, reset, type ScriptedAnswer, scriptedProvider, textAnswer } from '../testing/index.ts'

const timeout = 60_000
const canary = 'canary-91d2'

/** Runs a program around a sidecar with these components, in a process of its own; everything that it wrote. */
async function outputOf(folder: string, components: object, settings: object, calls: string): Promise<string> {
  const program = `
    import { startSidecar, post, send } from ${JSON.stringify(new URL('../testing/index.ts', import.meta.url).href)}
    const running = await startSidecar(${JSON.stringify(components)}, ${JSON.stringify(settings)})
    ${calls}
    await running.sidecar.close()`
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], { cwd: folder })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const [code] = await once(child, 'close')
  assert.equal(code, 0, output)
  return output
}

test('nothing of what is said leaves, whatever becomes of the call', { timeout }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dapr-chat-'))
  try {
    await using collector = await otlpCollector()
    const script: readonly ScriptedAnswer[] = [
      { body: textAnswer(canary) },
      { status: 400, body: JSON.stringify({ error: { message: 'cannot say that' } }) },
      { body: [chunk({ content: canary }), reset] },
    ]
    await using upstream = await scriptedProvider(({ index }) => script[index] ?? { status: 500, body: '' })
    const components = [
      {
        name: 'gpt',
        type: 'conversation.openai',
        metadata: { key: 'sk-of-the-test', model: 'scripted', endpoint: upstream.url },
      },
      { name: 'echo', type: 'conversation.echo' },
    ]
    const settings = {
      logLevel: 'debug',
      apiLogging: true,
      usagePath: join(folder, 'usage.sqlite'),
      environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
    }
    const question = { inputs: [{ messages: [{ ofUser: { content: [{ text: canary }] } }] }] }
    const calls = `
      for (const name of ['gpt', 'gpt', 'gpt', 'echo', 'nobody']) {
        const headers = { accept: 'text/event-stream' }
        await post(running.http, \`/v1.0-alpha2/conversation/\${name}/converse\`, ${JSON.stringify(question)}, headers)
      }
      await post(running.http, '/v1/chat/completions', { model: 'gpt', messages: ${JSON.stringify(canary)} })
      const { text } = await send(running.metrics, '/')
      const { text: log } = await send(running.http, '/api/console/calls')
      console.log(text, log)`
    const output = await outputOf(folder, components, settings, calls)
    assert.match(output, /dapr_component_conversation_count\{/)
    assert.match(output, /HTTP API Called/)
    assert.ok(collector.spans.length > 5)
    assert.ok(!output.includes(canary), output)
    assert.ok(!collector.text.includes(canary), collector.text)
    for (const name of await readdir(folder)) {
      const bytes = await readFile(join(folder, name), 'latin1')
      assert.ok(!bytes.includes(canary), name)
    }
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('a Configuration sends spans to standard output, without what is said', { timeout }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dapr-chat-'))
  try {
    const file = join(folder, 'config.yaml')
    const tracing = { samplingRate: '1', stdout: true, zipkin: { endpointAddress: 'http://localhost:9411' } }
    await writeFile(file, JSON.stringify({ kind: 'Configuration', spec: { tracing } }))
    const question = { inputs: [{ messages: [{ ofUser: { content: [{ text: canary }] } }] }] }
    const calls = `await post(running.http, '/v1.0-alpha2/conversation/echo/converse', ${JSON.stringify(question)})`
    const echo = [{ name: 'echo', type: 'conversation.echo' }]
    const output = await outputOf(folder, echo, { configurationFiles: [file], logLevel: 'warn' }, calls)
    assert.match(output, /name: 'chat echo'/)
    assert.match(output, /'gen_ai.operation.name': 'chat'/)
    assert.match(output, /spec\.tracing\.zipkin of the Configuration is passed over/)
    assert.ok(!output.includes(canary))
  } finally {
    await rm(folder, { recursive: true })
  }
})
