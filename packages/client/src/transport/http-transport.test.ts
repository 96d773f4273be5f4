import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { ConversationError, type ConversationEvent, collect } from '@dapr-chat/protocol'
import { Alpha2StreamWriter } from '@dapr-chat/protocol/dapr'
import { answerJson, beginEvents, frame, startFakeSidecar, wordsAsFrames } from '../../testing/fake-sidecar.ts'
import { HttpTransport } from './http-transport.ts'
import type { SourceCall } from './transport.ts'

function question(more: Partial<SourceCall> = {}): SourceCall {
  return {
    component: 'echo',
    request: { messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }] },
    signal: new AbortController().signal,
    headers: {},
    ...more,
  }
}

async function ask(body: Uint8Array | string, cuts: readonly number[] = []): Promise<ConversationEvent[]> {
  const bytes = Buffer.from(body)
  await using sidecar = await startFakeSidecar(async (response) => {
    beginEvents(response)
    let from = 0
    for (const to of cuts) {
      response.write(bytes.subarray(from, to))
      from = to
      await delay(1)
    }
    response.end(bytes.subarray(from))
  })
  const { events } = await new HttpTransport({ endpoint: sidecar.url }).stream(question(), { streaming: true })
  const all: ConversationEvent[] = []
  for await (const batch of events) {
    assert.ok(batch.length > 0)
    all.push(...batch)
  }
  return all
}

const failing = (code: string) => (error: unknown) => error instanceof ConversationError && error.code === code

test('a question is Dapr alpha2 JSON, and asks for an event stream', async () => {
  await using sidecar = await startFakeSidecar((response) => {
    beginEvents(response)
    response.end(wordsAsFrames(['Hello']))
  })
  const transport = new HttpTransport({ endpoint: sidecar.url, apiToken: 'secret' })
  const { events, streamed } = await transport.stream(
    question({
      component: 'my echo+',
      headers: { 'x-a': 'b' },
      request: { ...question().request, scrub: { messages: [0], output: false } },
    }),
    { streaming: true },
  )
  assert.equal(streamed, true)
  assert.equal((await collect(events)).choices[0]?.text, 'Hello')
  const [seen] = sidecar.requests
  assert.equal(seen?.method, 'POST')
  assert.equal(seen?.path, '/v1.0-alpha2/conversation/my%20echo%2B/converse')
  assert.equal(seen?.headers.accept, 'text/event-stream')
  assert.equal(seen?.headers['dapr-api-token'], 'secret')
  assert.equal(seen?.headers['x-a'], 'b')
  assert.deepEqual(JSON.parse(seen?.body ?? ''), {
    name: 'my echo+',
    inputs: [{ messages: [{ ofUser: { content: [{ text: 'hi' }] } }], scrubPii: true }],
  })
})

const answer: readonly ConversationEvent[] = [
  { type: 'message-start', id: 'a1', model: 'gpt' },
  { type: 'reasoning-delta', choice: 0, text: 'hm' },
  { type: 'text-delta', choice: 0, text: 'Grüße 🎉 ' },
  { type: 'text-delta', choice: 0, text: '日本' },
  { type: 'tool-call-start', choice: 0, index: 0, id: 'c1', name: 'f' },
  { type: 'tool-call-delta', choice: 0, index: 0, arguments: '{"q":"ü"}' },
  { type: 'tool-call-end', choice: 0, index: 0 },
  { type: 'finish', choice: 0, reason: 'tool_calls' },
  { type: 'usage', usage: { promptTokens: 1, completionTokens: 2, totalTokens: 3 } },
]

test('what the sidecar writes is read back whole, in whatever pieces it comes', async () => {
  const writer = new Alpha2StreamWriter('ctx')
  const frames = [...writer.json(answer), ...writer.endJson()]
  const text = `: ping\r\n${frames.map((each) => `data: ${JSON.stringify(each)}\r\n\r\n`).join('')}data: [DONE]\n\n`
  assert.deepEqual(await ask(text), answer)
  const bytes = Buffer.from(text)
  for (let from = 1; from < bytes.length; from += 97) {
    const cuts = Array.from({ length: 12 }, (_, index) => from + index).filter((cut) => cut < bytes.length)
    assert.deepEqual(await ask(bytes, cuts), answer, `cut from ${from}`)
  }
})

test('a finish reason without [DONE] is a clean end', async () => {
  const events = await ask(frame({ delta: { content: 'a' } }) + frame({ finishReason: 'stop' }))
  assert.equal(events.at(-1)?.type, 'finish')
})

test('an end before the finish reason is an interruption, with or without [DONE]', async () => {
  await assert.rejects(ask(frame({ delta: { content: 'a' } })), failing('interrupted'))
  await assert.rejects(ask(`${frame({ delta: { content: 'a' } })}data: [DONE]\n\n`), failing('interrupted'))
  await assert.rejects(ask(''), failing('interrupted'))
})

test('nothing is read after [DONE]', async () => {
  const events = await ask(wordsAsFrames(['a']) + frame({ delta: { content: 'b' } }))
  assert.deepEqual(
    events.map(({ type }) => type),
    ['message-start', 'text-delta', 'finish'],
  )
})

test('an error in the stream is thrown after what came before it', async () => {
  const body = JSON.stringify({
    errorCode: 'ERR_CONVERSATION_INVOKE',
    message: 'failed conversing with component echo: 429',
  })
  await using sidecar = await startFakeSidecar((response) => {
    beginEvents(response)
    response.end(`${frame({ delta: { content: 'a' } })}event: error\ndata: ${body}\n\n`)
  })
  const { events } = await new HttpTransport({ endpoint: sidecar.url }).stream(question(), { streaming: true })
  const seen: ConversationEvent[] = []
  await assert.rejects(async () => {
    for await (const batch of events) seen.push(...batch)
  }, failing('rate_limit'))
  assert.deepEqual(seen.at(-1), { type: 'text-delta', choice: 0, text: 'a' })
})

test('a frame that is not JSON, and one that is not a frame, are errors of the protocol', async () => {
  await assert.rejects(ask('data: {"choices"\n\n'), failing('protocol'))
  await assert.rejects(ask('data: {"choices":7}\n\n'), failing('protocol'))
})

test('a runtime that does not stream is understood by its JSON', async () => {
  await using sidecar = await startFakeSidecar((response) =>
    answerJson(response, {
      outputs: [
        {
          choices: [
            { finishReason: 'tool_calls', message: { toolCalls: [{ function: { name: 'f', arguments: '' } }] } },
          ],
        },
      ],
    }),
  )
  const { streamed, events } = await new HttpTransport({ endpoint: sidecar.url }).stream(question(), {
    streaming: true,
  })
  assert.equal(streamed, false)
  const [choice] = (await collect(events)).choices
  assert.equal(choice?.finishReason, 'tool_calls')
  assert.match(choice?.toolCalls[0]?.id ?? '', /^call_[0-9a-f]{32}$/)
  assert.equal(choice?.toolCalls[0]?.arguments, '{}')
})

test('an answer without a choice, and a page of HTML, are errors of the protocol', async () => {
  await using empty = await startFakeSidecar((response) => answerJson(response, {}))
  await using page = await startFakeSidecar((response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>')
  })
  for (const { url } of [empty, page]) {
    const asked = new HttpTransport({ endpoint: url }).stream(question(), { streaming: true })
    await assert.rejects(asked, failing('protocol'))
  }
})

test('a broken connection is an interruption', async () => {
  await using sidecar = await startFakeSidecar(async (response) => {
    beginEvents(response)
    response.write(frame({ delta: { content: 'a' } }))
    await delay(20)
    response.destroy()
  })
  const { events } = await new HttpTransport({ endpoint: sidecar.url }).stream(question(), { streaming: true })
  await assert.rejects(collect(events), failing('interrupted'))
})

test('leaving the stream closes the connection', async () => {
  await using sidecar = await startFakeSidecar((response) => {
    beginEvents(response)
    response.write(frame({ delta: { content: 'a' } }))
  })
  const { events } = await new HttpTransport({ endpoint: sidecar.url }).stream(question(), { streaming: true })
  for await (const _ of events) break
  await sidecar.requests[0]?.closed
})

test('after [DONE] a connection that the sidecar keeps open is dropped, and nobody waits for that', async () => {
  await using sidecar = await startFakeSidecar((response) => {
    beginEvents(response)
    response.write(wordsAsFrames(['a']))
  })
  const { events } = await new HttpTransport({ endpoint: sidecar.url }).stream(question(), { streaming: true })
  assert.equal((await collect(events)).choices[0]?.text, 'a')
  await sidecar.requests[0]?.closed
})

test('a connection is used again after a stream that ended well', async () => {
  const ports = new Set<number | undefined>()
  await using sidecar = await startFakeSidecar((response) => {
    ports.add(response.socket?.remotePort)
    beginEvents(response)
    response.write(wordsAsFrames(['a']))
    setTimeout(() => response.end(), 5)
  })
  const transport = new HttpTransport({ endpoint: sidecar.url })
  for (let round = 0; round < 3; round++) {
    const { events } = await transport.stream(question(), { streaming: true })
    await collect(events)
    await delay(30)
  }
  assert.equal(ports.size, 1)
})

test('a slow reader slows the sender down', async () => {
  const piece = frame({ delta: { content: 'x'.repeat(16 * 1024) } })
  let written = 0
  await using sidecar = await startFakeSidecar(async (response) => {
    beginEvents(response)
    while (!response.destroyed && written < 64 * 1024 * 1024) {
      written += piece.length
      if (!response.write(piece)) await once(response, 'drain')
    }
  })
  const { events } = await new HttpTransport({ endpoint: sidecar.url }).stream(question(), { streaming: true })
  for await (const _ of events) {
    await delay(300)
    break
  }
  assert.ok(written < 16 * 1024 * 1024, `the sender wrote ${written} bytes`)
})
