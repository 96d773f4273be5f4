import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { batches, type Script, scriptedTransport, stop, text } from '../testing/scripted-transport.ts'
import { AbortedError, DaprChatClient, InvalidRequestError, StreamInterruptedError, typewriter } from './index.ts'

function streamOf(events: Script['events']) {
  return new DaprChatClient({ component: 'echo', transport: scriptedTransport({ events }) }).generateStream('hi')
}

function page(isTTY: boolean) {
  const written: string[] = []
  return { isTTY, written, write: (piece: string) => void written.push(piece) }
}

test('a terminal gets one character at a time, as people see characters, also across pieces', async () => {
  const terminal = page(true)
  const stream = streamOf(() => batches([text('ae')], [text('\u0301👨‍'), text('👩‍👧!')], [stop]))
  const whole = await typewriter(stream, terminal, { charsPerSecond: 1000 })
  assert.equal(whole, 'ae\u0301👨‍👩‍👧!')
  assert.deepEqual(terminal.written, ['a', 'e\u0301', '👨‍👩‍👧', '!'])
})

test('the typing takes its time, and the call knows nothing of it', async () => {
  const stream = streamOf(() => batches([text('12345678901'), stop]))
  const startedAt = performance.now()
  await typewriter(stream, page(true), { charsPerSecond: 100 })
  assert.ok(performance.now() - startedAt >= 95)
  assert.ok((await stream.result).metrics.durationMs < 90)
})

for (const [what, isTTY, typing] of [
  ['off a terminal', false, true],
  ['on a terminal without typing', true, false],
] as const) {
  test(`${what} the text is written as it arrives`, async () => {
    const writer = page(isTTY)
    const stream = streamOf(() => batches([text('Hello ')], [text('world'), stop]))
    await typewriter(stream, writer, { charsPerSecond: 1, typing })
    assert.deepEqual(writer.written, ['Hello ', 'world'])
  })
}

test('aborting ends the typing and the call, even while the model is silent', async () => {
  const controller = new AbortController()
  let signal: AbortSignal | undefined
  const stream = streamOf(async function* (call) {
    signal = call.signal
    yield [text('half')]
    await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal?.reason)))
  })
  const terminal = page(true)
  setTimeout(() => controller.abort('enough'), 20)
  await assert.rejects(typewriter(stream, terminal, { charsPerSecond: 500, signal: controller.signal }), AbortedError)
  assert.equal(signal?.aborted, true)
  const { length } = terminal.written
  await delay(10)
  assert.equal(terminal.written.length, length)
})

test('aborting ends the typing of an answer that has arrived', async () => {
  const stream = streamOf(() => batches([text('x'.repeat(1000)), stop]))
  const terminal = page(true)
  await assert.rejects(typewriter(stream, terminal, { signal: AbortSignal.timeout(30) }), AbortedError)
  assert.ok(terminal.written.length < 100)
})

test('what had arrived before a failure is typed before it is thrown', async () => {
  const terminal = page(true)
  const stream = streamOf(() => batches([text('half')]))
  await assert.rejects(typewriter(stream, terminal, { charsPerSecond: 1000 }), StreamInterruptedError)
  assert.equal(terminal.written.join(''), 'half')
})

test('a writer that is full is waited for', async () => {
  const written: string[] = []
  let drain: (() => void) | undefined
  const writer = {
    write: (piece: string) => written.push(piece) > 1,
    once: (_: 'drain', listener: () => void) => {
      drain = listener
    },
  }
  const typed = typewriter(
    streamOf(() => batches([text('a')], [text('b'), stop])),
    writer,
  )
  await delay(10)
  assert.deepEqual(written, ['a'])
  drain?.()
  assert.equal(await typed, 'ab')
  assert.deepEqual(written, ['a', 'b'])
})

test('a speed of nothing is refused', async () => {
  const stream = streamOf(() => batches([stop]))
  await assert.rejects(typewriter(stream, page(true), { charsPerSecond: 0 }), InvalidRequestError)
})
