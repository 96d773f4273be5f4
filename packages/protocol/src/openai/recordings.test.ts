/** Recorded answers, read whole and cut at every byte: our own, and, where they are there, what providers really sent. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { cuts, type ReadAnswer, readAnswer } from '../../testing/chat-answer.ts'
import { readChatError } from './error.ts'
import { writeUsage } from './usage.ts'

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

const own = pathOf('../../testdata/openai')

/** The bodies of a folder, each with its expectation. */
function recordingsOf(folder: string): { path: string; body: Uint8Array; expectedPath: string }[] {
  return readdirSync(folder)
    .filter((name) => !name.endsWith('.expected.json'))
    .map((name) => ({
      path: join(folder, name),
      body: readFileSync(join(folder, name)),
      expectedPath: join(folder, name.replace(/\.\w+$/, '.expected.json')),
    }))
}

for (const { path, body, expectedPath } of recordingsOf(own)) {
  const name = path.slice(own.length + 1)
  test(`the recording ${name} is read right, whole and cut at every byte`, () => {
    const expected: unknown = JSON.parse(readFileSync(expectedPath, 'utf8'))
    for (const pieces of [[body], ...cuts(body)]) {
      const { result, failure, done } = readAnswer(pieces)
      assert.equal(failure, undefined)
      assert.equal(done, true)
      assert.deepEqual(result, expected)
    }
  })
}

/** What the recordings of providers say of themselves, usage in OpenAI's names. */
interface Expectation {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  readonly reasoning: string
  readonly refusal: string
  readonly toolCalls: readonly { readonly id: string | null; readonly name: string; readonly args: string }[]
  readonly finishReason: string | null
  readonly usage: { readonly [name: string]: unknown } | null
  readonly errors: readonly unknown[]
}

const fixtures = process.env.DAPR_CHAT_FIXTURES ?? pathOf('../../../../../shared/fixtures')
const folders = ['openai', 'azure', 'compat', 'deepseek', 'huggingface', 'mistral', 'ollama']

if (!existsSync(fixtures)) {
  test('recordings of providers', { skip: 'set DAPR_CHAT_FIXTURES to the folder that holds them' })
} else {
  for (const folder of folders.map((name) => join(fixtures, name)).filter((path) => existsSync(path))) {
    for (const { path, body, expectedPath } of recordingsOf(folder)) {
      test(`the provider's recording ${path.slice(fixtures.length + 1)} is read right, however it is cut`, () => {
        const expected = JSON.parse(readFileSync(expectedPath, 'utf8')) as Expectation
        if (expected.status >= 400) {
          checkError(expected, body)
          return
        }
        const whole = readAnswer(body)
        checkAnswer(whole, expected)
        // Every byte of a short one; of a long one as many cuts, spread over it. Odd, so that no pattern is skipped.
        const stride = body.length > 8_000 ? 2 * Math.ceil(body.length / 500) + 1 : 1
        for (const pieces of cuts(body, stride)) {
          const cut = readAnswer(pieces)
          assert.deepEqual(cut.result, whole.result)
          assert.equal(cut.failure?.message, whole.failure?.message)
        }
      })
    }
  }
}

function checkError(expected: Expectation, body: Uint8Array): void {
  const { status, headers } = expected
  const error = readChatError({ status, headers, body: new TextDecoder().decode(body) })
  assert.equal(error.status, status)
  assert.ok(error.message.includes(messageOf(expected)), error.message)
}

function checkAnswer({ result, failure }: ReadAnswer, expected: Expectation): void {
  const choice = result.choices[0]
  assert.equal(choice?.text, expected.text)
  assert.equal(choice.reasoning, expected.reasoning)
  assert.equal(choice.refusal, expected.refusal)
  assert.deepEqual(
    choice.toolCalls.map(({ id, name, arguments: args }) => ({ id, name, args })),
    // A call that came without an id, or without arguments, is given both.
    expected.toolCalls.map(({ id, name, args }, at) => ({ id: id || `made-up-${at}`, name, args: args || '{}' })),
  )
  if (expected.errors.length > 0) assert.equal(failure?.message, messageOf(expected))
  else assert.equal(failure, undefined)
  assert.equal(choice.rawFinishReason ?? choice.finishReason, expected.finishReason ?? 'unknown')
  const usage: Readonly<Record<string, unknown>> = result.usage ? { ...writeUsage(result.usage) } : {}
  for (const name of ['prompt_tokens', 'completion_tokens', 'total_tokens']) {
    assert.equal(usage[name], expected.usage?.[name], name)
  }
}

function messageOf({ errors }: Expectation): string {
  const report = errors[0] as { message?: string; error?: { message: string } }
  return report.error?.message ?? report.message ?? ''
}
