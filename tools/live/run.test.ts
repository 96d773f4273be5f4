import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  chunk,
  done,
  finish,
  type ReceivedRequest,
  scriptedProvider,
  silence,
  textAnswer,
  toolDelta,
  usage,
} from '@dapr-chat/sidecar/testing'
import { componentExamples } from '../docs/component-examples.ts'
import { liveChecks } from './checks.ts'
import { runLive } from './run.ts'

async function linesOf(environment: Readonly<Record<string, string>>) {
  const lines: string[] = []
  const report = await runLive(environment, (line) => lines.push(line))
  return { report, lines }
}

test('without a key nobody is asked, every vendor is named, and nothing has failed', async () => {
  const { report, lines } = await linesOf({})
  const vendors = componentExamples.filter(({ needs }) => needs.length > 0)
  assert.deepEqual(report, { passed: 0, failed: 0, skipped: vendors.length })
  assert.ok(lines.includes('skipped  openai: OPENAI_API_KEY is not set'))
  assert.ok(lines.includes('skipped  bedrock: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY are not set'))
})

/** Answers as a good model would. */
async function* goodAnswer({ body }: ReceivedRequest): AsyncGenerator<string> {
  const { tools, response_format } = body as { tools?: unknown; response_format?: unknown }
  if (tools) {
    yield toolDelta({ index: 0, id: 'a', name: 'weather', arguments: '{"city":"Oslo"}' })
    yield finish('tool_calls') + usage(3, 3) + done
  } else if (response_format) {
    yield* textAnswer('{"city":', '"Oslo"}')
  } else if (JSON.stringify(body).includes('knight')) {
    yield chunk({ content: 'Once' })
    await silence
  } else {
    yield* textAnswer('four ', 'five ', 'six')
  }
}

test('a vendor whose variable is set is asked everything', async () => {
  await using upstream = await scriptedProvider((request) => ({ body: goodAnswer(request) }))
  const { host } = new URL(upstream.url)
  const { report, lines } = await linesOf({ OLLAMA_HOST: host })
  assert.equal(report.passed, liveChecks.length, lines.join('\n'))
  assert.equal(report.failed, 0)
})

test('what a vendor does wrong is said, and the next check is run', async () => {
  await using upstream = await scriptedProvider({ status: 401, body: '{"error":{"message":"Who are you?"}}' })
  const { report, lines } = await linesOf({ OLLAMA_HOST: new URL(upstream.url).origin })
  assert.deepEqual([report.passed, report.failed], [0, liveChecks.length])
  assert.match(lines.join('\n'), /FAILED {3}ollama: streams text and counts its tokens .*Who are you\?/)
})
