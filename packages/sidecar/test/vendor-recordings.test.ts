/** What vendors really sent, read by their providers: whole, cut anywhere, byte by byte. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { ConversationResult } from '@dapr-chat/protocol'
import { EventStreamScreen } from '../src/providers/ai-sdk/event-stream-screen.ts'
import type { Screen } from '../src/providers/ai-sdk/screen.ts'
import { anthropic } from '../src/providers/anthropic/anthropic.ts'
import { AnthropicDialect } from '../src/providers/anthropic/dialect.ts'
import { bedrock } from '../src/providers/bedrock/bedrock.ts'
import { FrameScreen } from '../src/providers/bedrock/frame-screen.ts'
import { GeminiDialect } from '../src/providers/googleai/dialect.ts'
import { googleai } from '../src/providers/googleai/googleai.ts'
import { mistral } from '../src/providers/mistral/mistral.ts'
import type { AnyProviderDefinition, Provider } from '../src/providers/provider.ts'
import { callOf, outcomeOf, type Piece, scriptedProvider, vendorProvider } from '../testing/index.ts'

interface Vendor {
  readonly definition: AnyProviderDefinition
  readonly metadata: Readonly<Record<string, string>>
  screen?(): Screen
}

const key = 'not-a-real-key-0123456789'

const vendors: Readonly<Record<string, Vendor>> = {
  anthropic: {
    definition: anthropic,
    metadata: { key, model: 'claude-1' },
    screen: () => new EventStreamScreen(new AnthropicDialect()),
  },
  google: {
    definition: googleai,
    metadata: { key, model: 'gemini-1' },
    screen: () => new EventStreamScreen(new GeminiDialect()),
  },
  mistral: { definition: mistral, metadata: { key } },
  bedrock: {
    definition: bedrock,
    metadata: { region: 'us-east-1', accessKey: 'AKIANOTAREALKEY', secretKey: key, model: 'amazon.nova-pro-v1:0' },
    screen: () => new FrameScreen(),
  },
}

/** What a recording says of itself; usage in the vendor's names. */
interface Expectation {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  readonly reasoning: string
  readonly toolCalls: readonly { readonly id: string | null; readonly name: string; readonly args: string }[]
  readonly finishReason: string | null
  readonly usage: Readonly<Record<string, number>> | null
  readonly errors: readonly { readonly message?: string; readonly error?: { readonly message: string } }[]
}

const fixtures =
  process.env.DAPR_CHAT_FIXTURES ?? fileURLToPath(new URL('../../../../shared/fixtures', import.meta.url))

/** How many cuts of one recording go over a socket. */
const CUTS = 20

if (!existsSync(fixtures)) {
  test('recordings of vendors', { skip: 'set DAPR_CHAT_FIXTURES to the folder that holds them' })
} else {
  for (const [folder, vendor] of Object.entries(vendors)) {
    if (!existsSync(join(fixtures, folder))) continue
    for (const name of readdirSync(join(fixtures, folder))) {
      if (!name.endsWith('.expected.json')) declare(vendor, folder, name)
    }
  }
}

function declare(vendor: Vendor, folder: string, name: string): void {
  const path = join(fixtures, folder, name)
  const body = readFileSync(path)
  const expected = JSON.parse(readFileSync(path.replace(/\.\w+$/, '.expected.json'), 'utf8')) as Expectation

  test(`the recording ${folder}/${name} gives what it should, however it is cut`, async () => {
    const wholeBody = { ...expected, body }
    await using upstream = await scriptedProvider(({ index }) =>
      index === 0 ? wholeBody : { ...expected, body: piecesOf(body, index) },
    )
    await using provider = providerOf(vendor, upstream.url)
    const whole = await outcomeOf(provider.converse(callOf({ tools: toolsOf(expected) })))
    if (expected.status >= 400) {
      assert.equal(whole.error?.status, expected.status)
      const [report] = expected.errors
      assert.ok(whole.error.message.includes(report?.error?.message ?? report?.message ?? '-'), whole.error.message)
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

  const { screen } = vendor
  if (!screen || expected.status >= 400) return
  test(`the recording ${folder}/${name} reaches the package the same, cut at every byte`, () => {
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

function providerOf({ definition, metadata }: Vendor, url: string): Provider & AsyncDisposable {
  return vendorProvider(definition, { ...metadata, endpoint: url })
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

function toolsOf({ toolCalls }: Expectation): { name: string }[] {
  return [...new Set(toolCalls.map(({ name }) => name))].map((name) => ({ name }))
}

function check(result: ConversationResult, expected: Expectation): void {
  const choice = result.choices[0]
  assert.equal(choice?.text, expected.text)
  assert.equal(choice.reasoning, expected.reasoning)
  assert.equal(choice.rawFinishReason ?? choice.finishReason, expected.finishReason)
  assert.deepEqual(
    choice.toolCalls.map(({ name, arguments: text }) => ({ name, args: JSON.parse(text) as unknown })),
    expected.toolCalls.map(({ name, args }) => ({ name, args: JSON.parse(args || '{}') as unknown })),
  )
  for (const [at, { id }] of expected.toolCalls.entries()) if (id) assert.equal(choice.toolCalls[at]?.id, id)
  const counts = expected.usage ?? {}
  const prompt = counts.input_tokens ?? counts.promptTokenCount ?? counts.inputTokens ?? counts.prompt_tokens
  const thoughts = counts.thoughtsTokenCount ?? 0
  const output = counts.output_tokens ?? counts.candidatesTokenCount ?? counts.outputTokens ?? counts.completion_tokens
  const cached = (counts.cache_read_input_tokens ?? 0) + (counts.cache_creation_input_tokens ?? 0)
  assert.equal(result.usage?.promptTokens, (prompt ?? 0) + cached)
  assert.equal(result.usage.completionTokens, (output ?? 0) + thoughts)
}

/** Ids that are made up differ from time to time. */
function comparable(result: ConversationResult): unknown {
  const choices = result.choices.map((choice) => ({
    ...choice,
    toolCalls: choice.toolCalls.map(({ name, arguments: text }) => ({ name, text })),
  }))
  return { ...result, choices }
}
