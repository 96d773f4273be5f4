/** What is asked of a real vendor: the least that shows each thing working, in as few tokens as it takes. */
import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import type { DaprChatClient } from '@dapr-chat/client'
import type { Sidecar } from '@dapr-chat/sidecar'

/** One vendor, ready to be asked. */
export interface LiveSubject {
  readonly llm: DaprChatClient
  readonly sidecar: Sidecar
}

/** One thing to ask for. */
export interface LiveCheck {
  readonly name: string
  /** @throws Error that says what was expected. */
  run(subject: LiveSubject): Promise<void>
}

/** Enough for a model that thinks first. */
const MAX_TOKENS = 2_000

/** How long the sidecar may take to end a call whose caller has left, in milliseconds. */
const ENDED_WITHIN_MS = 1_000

const place = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
} as const

/** In the order in which they are run. */
export const liveChecks: readonly LiveCheck[] = [
  {
    name: 'streams text and counts its tokens',
    async run({ llm }) {
      const stream = llm.generateStream('Count from one to ten in words, and say nothing else.', {
        maxTokens: MAX_TOKENS,
        streaming: 'require',
      })
      let pieces = 0
      for await (const text of stream.textStream) if (text !== '') pieces++
      const { text, finishReason, usage } = await stream.result
      assert.ok(pieces > 0, 'the answer must have text')
      assert.match(text, /five/i)
      assert.equal(finishReason, 'stop')
      assert.ok(usage && usage.completion_tokens > 0, 'the tokens must be counted')
    },
  },
  {
    name: 'calls a tool that it must call',
    async run({ llm }) {
      const { toolCalls, finishReason } = await llm.generate('What is the weather in Oslo?', {
        maxTokens: MAX_TOKENS,
        tools: [{ name: 'weather', description: 'Tells the weather in a city', parameters: place }],
        toolChoice: 'required',
      })
      assert.equal(toolCalls[0]?.function.name, 'weather')
      assert.match(JSON.parse(toolCalls[0].function.arguments).city, /oslo/i)
      assert.equal(finishReason, 'tool_calls')
    },
  },
  {
    name: 'keeps to a JSON schema',
    async run({ llm }) {
      const { text } = await llm.generate('Which city is the capital of Norway?', {
        maxTokens: MAX_TOKENS,
        responseFormat: { type: 'json_schema', json_schema: { name: 'place', schema: place, strict: true } },
      })
      assert.match(JSON.parse(text).city, /oslo/i)
    },
  },
  {
    name: 'stops when the caller leaves',
    async run({ llm, sidecar }) {
      const stream = llm.generateStream('Write a story of a thousand words about a knight.', { maxTokens: MAX_TOKENS })
      for await (const _ of stream.textStream) break
      const left = performance.now()
      while (sidecar.openCalls > 0) {
        assert.ok(performance.now() - left < ENDED_WITHIN_MS, `the call must end within ${ENDED_WITHIN_MS} ms`)
        await setTimeout(10)
      }
    },
  },
]
