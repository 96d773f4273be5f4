import assert from 'node:assert/strict'
import { test } from 'node:test'
import { awsFrame, bedrockWire } from '@dapr-chat/sidecar/testing'
import { FrameScreen } from './frame-screen.ts'

const exception = (name: string, message: string) =>
  awsFrame({ ':message-type': 'exception', ':exception-type': name }, { message })

test('FrameScreen passes on whole frames only', () => {
  const frame = Buffer.from(bedrockWire().text('Hello'))
  const screen = new FrameScreen()
  assert.equal(screen.push(frame.subarray(0, 3)).length, 0)
  assert.equal(screen.push(frame.subarray(3, 50)).length, 0)
  assert.ok(frame.equals(Buffer.concat([screen.push(frame.subarray(50)), screen.end()])))
  assert.equal(screen.failure, undefined)
})

test('FrameScreen joins a frame in very many pieces in time that grows with its size', () => {
  const frame = bedrockWire().text('x'.repeat(2_000_000))
  const screen = new FrameScreen()
  let passed = 0
  for (let at = 0; at < frame.length; at += 100) passed += screen.push(frame.subarray(at, at + 100)).length
  assert.equal(passed, frame.length)
})

const exceptions: readonly [name: string, message: string, code: string][] = [
  ['throttlingException', 'Too many tokens', 'rate_limit'],
  ['validationException', 'Malformed input', 'provider_invalid_request'],
  ['validationException', 'Input is too long for requested model.', 'context_length'],
  ['modelStreamErrorException', 'The model broke', 'unavailable'],
  ['internalServerException', 'Oops', 'unavailable'],
  ['modelTimeoutException', 'Slow', 'unavailable'],
]

for (const [name, message, code] of exceptions) {
  test(`FrameScreen makes ${name} "${message}" the failure "${code}", after what came before`, () => {
    const before = bedrockWire().text('Hello')
    const screen = new FrameScreen()
    const passed = screen.push(Buffer.concat([before, exception(name, message)]))
    assert.ok(Buffer.from(before).equals(passed))
    assert.deepEqual([screen.failure?.code, screen.failure?.message], [code, message])
  })
}

test('FrameScreen reads an error that stands in the headers', () => {
  const screen = new FrameScreen()
  screen.push(awsFrame({ ':message-type': 'error', ':error-code': 'InternalError', ':error-message': 'Oops' }, {}))
  assert.equal(screen.failure?.message, 'Oops')
})

test('FrameScreen gives up on frames of an impossible length', () => {
  for (const length of [0, 15, 17 * 1024 * 1024]) {
    const start = Buffer.alloc(32)
    start.writeUInt32BE(length)
    const screen = new FrameScreen()
    screen.push(start)
    for (let sent = 0; sent < 17 && !screen.failure; sent++) screen.push(Buffer.alloc(1024 * 1024))
    assert.equal(screen.failure?.code, 'protocol', `${length}`)
  }
})

test('FrameScreen knows that the finish reason has come', () => {
  const screen = new FrameScreen()
  const [stop = new Uint8Array(), metadata = new Uint8Array()] = bedrockWire().finish({
    reason: 'stop',
    promptTokens: 1,
    completionTokens: 1,
  })
  screen.push(stop)
  assert.equal(screen.finished, true)
  // What a break leaves of the counts is no loss.
  screen.push(metadata.subarray(0, 20))
  screen.end()
  assert.equal(screen.failure, undefined)
})
