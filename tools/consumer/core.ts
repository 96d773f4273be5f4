/**
 * A program of somebody else's: it uses the client as the documents say, compiles against the published packages alone, and
 * says so where a type does not hold. Nothing here is Node's, so that it also compiles for a page.
 */
import {
  approxTokens,
  array,
  type ChatResult,
  choice,
  DaprChatClient,
  DaprChatError,
  object,
  type StreamEvent,
  tool,
} from '@dapr-chat/client'
import * as z from 'zod'

/** Compiles where both types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

function holds<T extends true>(_proof?: T): void {}

/**
 * Asks the component "echo" of a sidecar.
 * @returns what was said; throws where an answer is not what it must be.
 */
export async function consume(http: string): Promise<readonly string[]> {
  await using llm = new DaprChatClient({ component: 'echo', endpoint: { http } })

  const whole = await llm.generate('one two', { temperature: 0.5 })
  holds<Same<typeof whole, ChatResult>>()
  const content: string | null | undefined = whole.choices[0].message.content

  const stream = llm.generateStream([{ role: 'user', content: 'three four' }])
  const texts: string[] = []
  for await (const chunk of stream) texts.push(chunk.choices[0]?.delta.content ?? '')

  const kinds: StreamEvent['type'][] = []
  for await (const event of llm.generateStream('five').events) kinds.push(event.type)

  const weather = tool({
    name: 'get_weather',
    description: 'The weather in a city',
    input: z.object({ city: z.string(), days: z.number().default(1) }),
    execute(input) {
      holds<Same<typeof input, { city: string; days: number }>>()
      return input.city
    },
  })
  const { toolCalls, steps } = await llm.generate('six', { tools: [weather], maxSteps: 2, toolChoice: 'auto' })
  const names: readonly string[] = toolCalls.map((call) => call.function.name)

  const conversation = llm.conversation({ system: 'Be brief.', context: { maxTokens: 1_000 } })
  const reply = await conversation.send('seven')
  let next = ''
  for await (const text of conversation.stream('eight').textStream) next += text

  return [content ?? '', texts.join(''), reply.text, next, `${kinds.at(-1)} ${names.length} ${steps.length}`]
}

/** Is compiled and never called: echo gives no such answers. */
export async function typedOutput(llm: DaprChatClient): Promise<unknown> {
  const person = z.object({ name: z.string(), born: z.number().optional() })
  const one = await llm.generate('Who?', { output: object(person) })
  holds<Same<typeof one.output, { name: string; born?: number | undefined }>>()
  const many = await llm.generateStream('Who else?', { output: array(person) }).result
  holds<Same<(typeof many.output)[number]['name'], string>>()
  const word = await llm.generate('Yes or no?', { output: choice(['yes', 'no']) })
  holds<Same<typeof word.output, 'yes' | 'no'>>()
  // @ts-expect-error An answer without the option `output` has no value of it.
  one.output.age
  // @ts-expect-error A misspelt option is none.
  await llm.generate('Hello', { temprature: 1 })
  return approxTokens({ role: 'user', content: 'Hello' })
}

/** What a program does with an error. */
export function advice(error: unknown): string | undefined {
  return error instanceof DaprChatError ? `${error.code}: ${error.message}` : undefined
}
