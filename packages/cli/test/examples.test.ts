import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { echoYaml, folder, startSidecar } from './command.ts'

async function example(name: string, cwd: string, env: Readonly<Record<string, string>>) {
  const script = fileURLToPath(new URL(`../../../examples/${name}.ts`, import.meta.url))
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, [script], { cwd, env: { PATH, ...env }, stdio: ['ignore', 'pipe', 'inherit'] })
  let stdout = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  const [code] = await once(child, 'close')
  return { code, stdout }
}

/** The headings, in order, must stand in the output. */
function assertSections(output: string, sections: readonly (string | RegExp)[]): void {
  let rest = output
  for (const section of sections) {
    const at = typeof section === 'string' ? rest.indexOf(section) : rest.search(section)
    assert.notEqual(at, -1, `${section} must follow in:\n${rest}`)
    rest = rest.slice(at + 1)
  }
}

/** A provider that speaks OpenAI's wire and counts in words until its caller has gone. */
async function scriptedProvider() {
  const server = createServer(async (request, response) => {
    request.resume()
    await once(request, 'end')
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const send = (chunk: object) =>
      response.write(`data: ${JSON.stringify({ id: 'c', model: 'scripted', ...chunk })}\n\n`)
    for (let word = 1; word <= 40 && !response.destroyed; word++) {
      send({ choices: [{ index: 0, delta: { content: `word${word} ` }, finish_reason: null }] })
      await pause(5)
    }
    send({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })
    send({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 40, total_tokens: 47 } })
    response.end('data: [DONE]\n\n')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { endpoint: `http://127.0.0.1:${port}/v1`, [Symbol.dispose]: close }
}

describe('examples/streaming-echo.ts', () => {
  it('prints its sections with a true stream, and ends with 0', async () => {
    await using place = await folder({ 'echo.yaml': echoYaml('echo') })
    await using sidecar = await startSidecar(['--resources-path', place.path])
    const { code, stdout } = await example('streaming-echo', place.path, { DAPR_HTTP_ENDPOINT: sidecar.addresses.http })
    assert.equal(code, 0, stdout)
    assertSections(stdout, [
      '🚀 Testing Dapr Conversation with Echo Component',
      '📝 Prompt: Tell me a story',
      'Response:\nTell me a story',
      '✅ Conversation completed!',
      /Response time: \d+\.\d\d seconds/,
      'Component used: echo',
      '🔄 Testing conversation with context',
      "User: What's your favorite color?",
      '✅ Context conversation completed!',
      '🌊 Testing streaming',
      '✅ Streaming completed!',
      'Stream mode: native',
      'Pieces: 15',
      '✅ Example completed!',
    ])
    assert.doesNotMatch(stdout, /❌/)
  })

  it('says what to run where no sidecar answers, and ends with 1', async () => {
    await using place = await folder()
    const { code, stdout } = await example('streaming-echo', place.path, { DAPR_HTTP_PORT: '1' })
    assert.equal(code, 1)
    assertSections(stdout, [
      '❌ Error during conversation:',
      '💡 Make sure Dapr sidecar is running',
      'npm start',
      '❌ 1 of 3',
    ])
    assert.doesNotMatch(stdout, /✅/)
  })
})

describe('examples/streaming-openai.ts', () => {
  it('gives three hints without a key, and ends with 2', async () => {
    await using place = await folder()
    const { code, stdout } = await example('streaming-openai', place.path, {})
    assert.equal(code, 2)
    assertSections(stdout, ['❌ Please set OPENAI_API_KEY', '💡 Create a .env file', '🔄 Alternatively'])
  })

  it('prints its sections with a true stream, and ends with 0', async () => {
    using provider = await scriptedProvider()
    const openai = echoYaml('openai').replace('conversation.echo', 'conversation.openai')
    await using place = await folder({
      '.env': 'OPENAI_API_KEY=sk-secret\n',
      'openai.yaml': `${openai}  metadata: [{ name: key, value: "\${OPENAI_API_KEY}" }, { name: endpoint, value: "${provider.endpoint}" }]\n`,
    })
    await using sidecar = await startSidecar(['--resources-path', '.'], { cwd: place.path })
    const env = { DAPR_HTTP_ENDPOINT: sidecar.addresses.http }
    const { code, stdout } = await example('streaming-openai', place.path, env)
    assert.equal(code, 0, stdout)
    assertSections(stdout, [
      '🚀 Dapr + OpenAI Conversation Demo',
      '🔑 OpenAI API key found',
      '🌊 Testing Dapr Conversation with OpenAI GPT',
      '-'.repeat(60),
      '📝 Creative Writing Prompt:',
      '🤖 GPT Response (native streaming):\nword1 word2',
      '✅ OpenAI streaming completed successfully!',
      '📊 Performance Metrics:',
      /Content length: \d+ characters/,
      /Total time: \d+\.\d\d seconds/,
      /Chars per second: \d+\.\d/,
      'Prompt tokens: 7',
      'Completion tokens: 40',
      'Total tokens: 47',
      '💬 Testing Interactive Conversation with Context',
      '👤 User (1/3)',
      '🤖 GPT (temp=0.3): word1',
      /⚡ 40 words in \d+\.\d\ds \(\d+\.\d WPS\)/,
      '👤 User (3/3)',
      '✅ Interactive conversation completed!',
      '🛑 Testing Stream Interruption',
      '✅ Stopped after',
      '🎉 OpenAI Conversation Demo Complete!',
    ])
    assert.doesNotMatch(stdout, /❌|sk-secret/)
  })

  it('counts the sections that failed, and ends with 1', async () => {
    await using place = await folder({ 'echo.yaml': echoYaml('echo') })
    await using sidecar = await startSidecar(['--resources-path', place.path])
    const env = { DAPR_HTTP_ENDPOINT: sidecar.addresses.http, OPENAI_API_KEY: 'sk-1' }
    const { code, stdout } = await example('streaming-openai', place.path, env)
    assert.equal(code, 1)
    assertSections(stdout, ['❌ OpenAI conversation error:', '❌ Error in turn 1:', '❌ 3 of 3 sections failed'])
    assert.doesNotMatch(stdout, /✅/)
  })
})
