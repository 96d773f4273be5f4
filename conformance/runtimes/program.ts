/**
 * One small program that uses the client for what programs use it for, and says how each case came out. The same lines run
 * in Node, Bun, Deno and a browser, against the sidecar and the provider of `test-bed.ts`; so nothing here knows where it is.
 */
import {
  AbortedError,
  ComponentNotFoundError,
  type DaprChatClient,
  object,
  ProviderError,
  TimeoutError,
  tool,
} from '@dapr-chat/client'
import * as z from 'zod'
import { questions } from './questions.ts'

/** How one case came out. */
export interface Outcome {
  readonly name: string
  readonly passed: boolean
  /** What went wrong. */
  readonly detail?: string
}

type Case = (llm: DaprChatClient) => Promise<void>

const cases: Readonly<Record<string, Case>> = {
  async 'a whole answer'(llm) {
    const { text, finishReason, usage } = await llm.generate(questions.story)
    same([text, finishReason, usage?.completion_tokens], ['Once upon a time. 🌍', 'stop', 4])
  },

  async 'a stream, piece by piece'(llm) {
    const stream = llm.generateStream(questions.story)
    const texts: string[] = []
    for await (const text of stream.textStream) texts.push(text)
    same([texts, await stream.mode], [['Once ', 'upon ', 'a ', 'time. 🌍'], 'native'])
    same((await stream.result).usage?.total_tokens, 7)
  },

  async 'the chunks of a stream'(llm) {
    let text = ''
    for await (const { choices } of llm.generateStream(questions.story)) text += choices[0]?.delta.content ?? ''
    same(text, 'Once upon a time. 🌍')
  },

  async 'leaving a stream that stands still'(llm) {
    const stream = llm.generateStream(questions.endless)
    for await (const text of stream.textStream) if (text === 'two ') break
    same(stream.partial.text, 'one two ')
  },

  async 'an abort signal'(llm) {
    const controller = new AbortController()
    const stream = llm.generateStream(questions.endless, { signal: controller.signal })
    await rejects(AbortedError, async () => {
      for await (const text of stream.textStream) if (text === 'two ') controller.abort()
    })
    same(stream.partial.text, 'one two ')
  },

  async 'a stream that is cancelled'(llm) {
    const stream = llm.generateStream(questions.endless)
    await rejects(AbortedError, async () => {
      for await (const text of stream.textStream) if (text === 'two ') stream.cancel()
    })
  },

  async 'a deadline'(llm) {
    await rejects(TimeoutError, () => llm.generateStream(questions.endless, { timeoutMs: 300 }).result)
  },

  async 'the provider hears that a reader has left'(llm) {
    same((await llm.generate(questions.howManyLeft)).text, '4 of 4 have left.')
  },

  async tools(llm) {
    const weather = tool({
      name: 'get_weather',
      description: 'The weather in a city',
      input: z.object({ city: z.string() }),
      execute: ({ city }) => `Rain in ${city}`,
    })
    const { text, steps } = await llm.generate(questions.weather, { tools: [weather], maxSteps: 3 })
    same([text, steps.length], ['The tools said: Rain in Oslo; Rain in Rome', 2])
  },

  async 'tools in a stream'(llm) {
    const weather = { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } }
    const stream = llm.generateStream(questions.weather, { tools: [weather] })
    const { toolCalls } = await stream.result
    same(
      toolCalls.map(({ function: { arguments: text } }) => text),
      ['{"city":"Oslo"}', '{"city":"Rome"}'],
    )
  },

  async 'structured output'(llm) {
    const shape = z.object({ city: z.string(), celsius: z.number() })
    const { output } = await llm.generate(questions.shaped, { output: object(shape) })
    same([output.city, output.celsius + 1], ['Oslo', 5])
    const streamed = await llm.generateStream(questions.shaped, { output: object(shape) }).result
    same(streamed.output, { city: 'Oslo', celsius: 4 })
  },

  async 'a conversation'(llm) {
    const conversation = llm.conversation({ system: 'Be brief.' })
    await conversation.send(questions.memory)
    const stream = conversation.stream(questions.memory)
    same((await stream.result).text, 'system, user, assistant, user')
    same(conversation.messages.length, 4)
  },

  async 'errors of their kind'(llm) {
    await rejects(ComponentNotFoundError, () => llm.generate('Hello', { component: 'nobody' }))
    const failure = await rejects(ProviderError, () => llm.generate(questions.busy, { retry: false }))
    same([failure.reason, failure.retryAfterMs], ['rate_limit', 7_000])
  },

  async 'the sidecar says what it has'(llm) {
    await llm.ready()
    const components = await llm.components()
    same(components.map(({ name }) => name).sort(), ['echo', 'gpt'])
  },
}

/** Runs all cases, one after the other. */
export async function runProgram(llm: DaprChatClient): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const [name, run] of Object.entries(cases)) {
    try {
      await run(llm)
      outcomes.push({ name, passed: true })
    } catch (error) {
      outcomes.push({
        name,
        passed: false,
        detail: error instanceof Error ? `${error.name}: ${error.message}` : `${error}`,
      })
    }
  }
  return outcomes
}

function same(actual: unknown, expected: unknown): void {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (left !== right) throw new Error(`it must be ${right}: current value is ${left}`)
}

/** Waits for the failure of a call and gives it back. */
async function rejects<E extends Error>(kind: new (...args: never) => E, call: () => Promise<unknown>): Promise<E> {
  try {
    await call()
  } catch (error) {
    if (error instanceof kind) return error
    throw error
  }
  throw new Error(`it must fail with ${kind.name}, and did not fail`)
}
