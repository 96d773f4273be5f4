/** What vendors really sent, read by their providers: whole, cut anywhere, byte by byte. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConversationResult } from '@dapr-chat/protocol'
import { EventStreamScreen } from '../src/providers/ai-sdk/event-stream-screen.ts'
import type { Screen } from '../src/providers/ai-sdk/screen.ts'
import { AnthropicDialect } from '../src/providers/anthropic/dialect.ts'
import { FrameScreen } from '../src/providers/bedrock/frame-screen.ts'
import { GeminiDialect } from '../src/providers/googleai/dialect.ts'
import {
  callOf,
  outcomeOf,
  type Piece,
  type RecordedAnswer,
  type RecordedVendor,
  type Recording,
  readRecordings,
  recordedVendors,
  recordingsFolder,
  scriptedProvider,
  vendorProvider,
} from '../testing/index.ts'

/** What stands before a vendor's package, where there is one. */
const screens: Readonly<Partial<Record<RecordedVendor, () => Screen>>> = {
  anthropic: () => new EventStreamScreen(new AnthropicDialect()),
  google: () => new EventStreamScreen(new GeminiDialect()),
  bedrock: () => new FrameScreen(),
}

/** How many cuts of one recording go over a socket. */
const CUTS = 20

const recordings = readRecordings(['anthropic', 'google', 'mistral', 'bedrock'])
if (recordings.length === 0) test('recordings of vendors', { skip: `there are none in ${recordingsFolder}` }, () => {})

for (const recording of recordings) {
  const { vendor, name, status, headers, body, expected } = recording

  test(`the recording ${name} gives what it should, however it is cut`, async () => {
    await using upstream = await scriptedProvider(({ index }) => ({
      status,
      headers,
      body: index === 0 ? body : piecesOf(body, index),
    }))
    const { definition, metadata } = recordedVendors[vendor]
    await using provider = vendorProvider(definition, metadata(upstream.url))
    const whole = await outcomeOf(provider.converse(callOf({ tools: toolsOf(expected) })))
    if (status >= 400) {
      assert.equal(whole.error?.status, status)
      assert.equal(whole.error.code, expected.error?.code)
      assert.ok(whole.error.message.includes(expected.error?.message ?? '-'), whole.error.message)
      return
    }
    assert.equal(whole.error, undefined)
    check(whole.result, expected)
    for (let index = 1; index <= CUTS + 1; index++) {
      const cut = await outcomeOf(provider.converse(callOf({ tools: toolsOf(expected) })))
      assert.equal(cut.error, undefined)
      assert.deepEqual(comparable(cut.result), comparable(whole.result))
    }
  })

  checkScreen(recording)
}

function checkScreen({ vendor, name, status, body }: Recording): void {
  const screen = screens[vendor]
  if (!screen || status >= 400) return
  test(`the recording ${name} reaches the package the same, cut at every byte`, () => {
    const whole = screened(screen(), [body])
    assert.ok(whole.length > 0)
    // Of a long one as many cuts, spread over it. Odd, so that no pattern is skipped.
    const stride = body.length > 4_000 ? 2 * Math.ceil(body.length / 2_000) + 1 : 1
    for (let at = 1; at < body.length; at += stride) {
      const cut = screened(screen(), [body.subarray(0, at), body.subarray(at)])
      assert.ok(whole.equals(cut), `cut at ${at}`)
    }
    const bytes = Array.from(body, (byte) => Uint8Array.of(byte))
    assert.ok(whole.equals(screened(screen(), bytes)), 'byte by byte')
  })
}

/** One cut, spread over the body by the number of the request; the last time every byte for itself. */
function piecesOf(body: Uint8Array, index: number): Iterable<Piece> {
  if (index > CUTS) return Array.from(body, (byte) => Uint8Array.of(byte))
  const at = Math.floor((body.length * index) / (CUTS + 1))
  return [body.subarray(0, at), body.subarray(at)]
}

function screened(screen: Screen, pieces: readonly Uint8Array[]): Buffer {
  const passed = [...pieces.map((piece) => screen.push(piece)), screen.end()]
  assert.equal(screen.failure, undefined)
  return Buffer.concat(passed)
}

function toolsOf({ toolCalls }: RecordedAnswer): { name: string }[] {
  return [...new Set(toolCalls.map(({ name }) => name))].map((name) => ({ name }))
}

function check({ choices: [choice], usage }: ConversationResult, expected: RecordedAnswer): void {
  assert.ok(choice)
  const { text, reasoning, refusal, toolCalls, finishReason, rawFinishReason = null } = choice
  assert.partialDeepStrictEqual(expected, { text, reasoning, refusal, finishReason, rawFinishReason })
  assert.deepEqual(
    // A call that came without an id is given one.
    toolCalls.map(({ id, name, arguments: args }, at) => ({ id: expected.toolCalls[at]?.id && id, name, args })),
    expected.toolCalls,
  )
  assert.deepEqual(usage && [usage.promptTokens, usage.completionTokens, usage.totalTokens], expected.usage)
}

/** Ids that are made up differ from time to time. */
function comparable(result: ConversationResult): unknown {
  const choices = result.choices.map((choice) => ({
    ...choice,
    toolCalls: choice.toolCalls.map(({ name, arguments: text }) => ({ name, text })),
  }))
  return { ...result, choices }
}
