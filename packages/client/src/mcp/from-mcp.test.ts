import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { Client } from '@modelcontextprotocol/sdk/client'
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { z } from 'zod'
import { batches, scriptedTransport, stop, text } from '../../testing/scripted-transport.ts'
import { toolCall, toolsCalled } from '../../testing/tool-calls.ts'
import { DaprChatClient, InvalidRequestError } from '../index.ts'
import { fromMcp, type McpToolOptions } from './from-mcp.ts'
import type { McpClient } from './mcp-client.ts'

/** A server with tools of every kind, and the official client connected to it. */
async function connect(t: {
  after(end: () => Promise<void>): void
}): Promise<{ client: Client; cancelled: () => number }> {
  const server = new McpServer({ name: 'test', version: '1.0.0' })
  let cancelled = 0
  const city = { city: z.string().describe('A city') }
  server.registerTool('get_weather', { description: 'Current weather', inputSchema: city }, ({ city }) => ({
    content: [{ type: 'text', text: `sunny in ${city}` }],
  }))
  server.registerTool('fail', { title: 'Fails' }, () => ({
    content: [{ type: 'text', text: 'no such city' }],
    isError: true,
  }))
  server.registerTool('measure', { outputSchema: { degrees: z.number() } }, () => ({
    content: [{ type: 'image', data: 'AAAA', mimeType: 'image/png' }],
    structuredContent: { degrees: 21 },
  }))
  server.registerTool('wait', {}, async ({ signal }) => {
    signal.addEventListener('abort', () => cancelled++)
    await delay(60_000, undefined, { signal })
    return { content: [] }
  })
  const client = new Client({ name: 'test', version: '1.0.0' })
  const [ours, theirs] = InMemoryTransport.createLinkedPair()
  await Promise.all([server.connect(theirs), client.connect(ours)])
  t.after(() => client.close())
  return { client, cancelled: () => cancelled }
}

/** What the model is told when it calls that tool. */
async function told(client: McpClient, name: string, args: string, options: McpToolOptions = {}, signal?: AbortSignal) {
  let asked = 0
  const transport = scriptedTransport({
    events: () => batches(asked++ === 0 ? [...toolCall(0, name, args), toolsCalled] : [text('Done.'), stop]),
  })
  await using llm = new DaprChatClient({ component: 'echo', transport })
  const tools = await fromMcp(client, options)
  const result = await llm.generate('hi', { tools, maxSteps: 3, ...(signal && { signal }) })
  assert.equal(result.text, 'Done.')
  const [ran] = result.steps[0]?.toolResults ?? []
  assert.ok(ran)
  return { content: ran.content, isError: ran.isError }
}

test('the tools of a server are tools of the client', async (t) => {
  const { client } = await connect(t)
  const tools = await fromMcp(client)
  assert.deepEqual(
    tools.map(({ name, description }) => [name, description]),
    [
      ['get_weather', 'Current weather'],
      ['fail', 'Fails'],
      ['measure', 'The tool measure'],
      ['wait', 'The tool wait'],
    ],
  )
  assert.deepEqual(tools[0]?.parameters.properties, { city: { type: 'string', description: 'A city' } })
})

test('a tool runs at the server, and the model reads its result', async (t) => {
  const { client } = await connect(t)
  const result = await told(client, 'get_weather', '{"city":"Oslo"}')
  assert.deepEqual(result, { content: 'sunny in Oslo', isError: false })
})

test('what a tool reports as its error is an error for the model', async (t) => {
  const { client } = await connect(t)
  const result = await told(client, 'fail', '{}')
  assert.deepEqual(result, { content: 'Error: Tool "fail" failed: no such city', isError: true })
})

test('arguments that the server refuses are an error for the model', async (t) => {
  const { client } = await connect(t)
  const { content, isError } = await told(client, 'get_weather', '{"city":1}')
  assert.match(content, /expected string/i)
  assert.ok(isError)
})

test('structured content is told as JSON, beside what else there is', async (t) => {
  const { client } = await connect(t)
  assert.equal((await told(client, 'measure', '{}')).content, '[image: image/png]\n{"degrees":21}')
})

test('a prefix and other names are for the model alone', async (t) => {
  const { client } = await connect(t)
  const options: McpToolOptions = { prefix: 'weather_', rename: (name) => name.replace('get_', '') }
  const result = await told(client, 'weather_weather', '{"city":"Rome"}', options)
  assert.equal(result.content, 'sunny in Rome')
})

test('a tool that takes too long is cancelled at the server', async (t) => {
  const { client, cancelled } = await connect(t)
  const { content } = await told(client, 'wait', '{}', { timeoutMs: 20 })
  assert.match(content, /took longer than its timeoutMs of 20/)
  assert.equal(cancelled(), 1)
})

test('the end of a call cancels its tools at the server', async (t) => {
  const { client, cancelled } = await connect(t)
  await assert.rejects(told(client, 'wait', '{}', {}, AbortSignal.timeout(50)), { code: 'aborted' })
  await delay(0)
  assert.equal(cancelled(), 1)
})

test('tools may need approval, each by what the server says of it', async (t) => {
  const { client } = await connect(t)
  const tools = await fromMcp(client, { needsApproval: ({ name }) => name === 'fail' })
  assert.deepEqual(
    tools.map(({ needsApproval }) => needsApproval),
    [false, true, false, false],
  )
})

/** A server that lists its tools page by page. */
function pages(names: readonly string[], next: (at: number) => string | undefined): McpClient {
  const listTools = async (params?: { cursor?: string | undefined }) => {
    const at = Number(params?.cursor ?? 0)
    const nextCursor = next(at)
    const tools = [{ name: names[at] ?? 'none', inputSchema: { type: 'object' as const } }]
    return { tools, ...(nextCursor !== undefined && { nextCursor }) }
  }
  return { listTools, callTool: async () => ({ content: [] }) }
}

test('all pages of a list are read', async () => {
  const tools = await fromMcp(pages(['a', 'b', 'c'], (at) => (at < 2 ? String(at + 1) : undefined)))
  assert.deepEqual(
    tools.map(({ name }) => name),
    ['a', 'b', 'c'],
  )
})

test('a list that never ends is refused', async () => {
  await assert.rejects(fromMcp(pages(['a'], () => '0')), InvalidRequestError)
})

test('a name that providers refuse is refused here, with the name', async () => {
  const server = pages(['admin.list'], () => undefined)
  await assert.rejects(fromMcp(server), /current value is "admin.list"/)
  const [renamed] = await fromMcp(server, { rename: (name) => name.replaceAll('.', '_') })
  assert.equal(renamed?.name, 'admin_list')
})
