/** Messages that are no request, to every gRPC method that converses: a status each, and nothing stays open. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  echoComponent,
  scriptedProvider,
  startSidecar,
  textAnswer,
  upstreamComponent,
} from '@dapr-chat/sidecar/testing'
import { type ServiceError, status } from '@grpc/grpc-js'
import fc from 'fast-check'
import { DaprClient, type Message } from '../harness.ts'

const timeout = 60_000

const role = fc.constantFrom('of_user', 'of_system', 'of_developer', 'of_assistant', 'of_tool')
const text = fc.record({ text: fc.string() })
const toolCall = fc.record(
  { id: fc.string(), function: fc.record({ name: fc.string(), arguments: fc.string() }) },
  { requiredKeys: [] },
)
const said = fc.record(
  { name: fc.string(), content: fc.array(text), tool_calls: fc.array(toolCall) },
  { requiredKeys: [] },
)
const message = fc.option(
  fc.tuple(role, said).map(([kind, what]) => ({ [kind]: what })),
  { nil: {} },
)
const request: fc.Arbitrary<Message> = fc.record(
  {
    context_id: fc.string(),
    inputs: fc.array(fc.record({ messages: fc.array(message, { maxLength: 4 }) }), { maxLength: 3 }),
    parameters: fc.dictionary(fc.string(), fc.record({ type_url: fc.string(), value: fc.uint8Array() })),
    metadata: fc.dictionary(fc.string(), fc.string()),
    temperature: fc.double(),
    tools: fc.array(fc.record({ function: fc.record({ name: fc.string() }) }, { requiredKeys: [] })),
    tool_choice: fc.string(),
    prompt_cache_retention: fc.record({ seconds: fc.maxSafeInteger(), nanos: fc.integer() }),
    max_tokens: fc.integer(),
  },
  { requiredKeys: [] },
)

for (const method of ['ConverseAlpha2', 'ConverseStreamAlpha2']) {
  for (const name of ['echo', 'gpt']) {
    test(`${method} of ${name} gives requests of any kind a status`, { timeout }, async () => {
      await using upstream = await scriptedProvider(() => ({ body: textAnswer('Hello') }))
      await using running = await startSidecar([echoComponent, upstreamComponent(upstream.url)])
      using grpc = new DaprClient(running.grpc)
      await fc.assert(
        fc.asyncProperty(request, async (given) => {
          const asked = { name, ...given }
          try {
            await (method === 'ConverseAlpha2' ? grpc.unary(method, asked) : grpc.stream(method, asked).toArray())
          } catch (error) {
            assert.equal((error as ServiceError).code, status.INVALID_ARGUMENT, (error as ServiceError).details)
          }
        }),
        { numRuns: 200 },
      )
      assert.equal(running.sidecar.openCalls, 0)
    })
  }
}
