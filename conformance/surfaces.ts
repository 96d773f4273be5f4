/**
 * Every way to an answer: the streaming surfaces, the whole ones, and the client. Each is asked one question and its
 * answer put together by hand, so that all of them can be held against the same expectation.
 */
import { eventsOf, type PlainAnswer, post, type RunningSidecar } from '@dapr-chat/sidecar/testing'
import type { ServiceError } from '@grpc/grpc-js'
import { at, type DaprClient, type Message } from './harness.ts'

/** A tool call. */
export interface OutcomeCall {
  id: string
  name: string
  args: string
}

/** What a surface said; members that it has no place for are absent. */
export interface Outcome {
  readonly text: string
  readonly reasoning?: string
  readonly refusal?: string
  readonly toolCalls?: readonly OutcomeCall[]
  readonly finishReason?: string | null
  /** Prompt, completion and total tokens. */
  readonly usage?: readonly number[] | null
  readonly error?: OutcomeError
}

/** How a surface says that it failed. */
export interface OutcomeError {
  readonly message: string
  /** HTTP status or gRPC code; 200 for an error in the middle of an event stream. */
  readonly status: number
  /** Whether the stream claimed to be complete all the same. */
  readonly done: boolean
}

/** Asks the component `gpt` one question. */
export type Surface = (question: string) => Promise<Outcome>

class Assembler {
  text = ''
  reasoning = ''
  refusal = ''
  readonly toolCalls: OutcomeCall[] = []
  finishReason: string | null = null
  usage: readonly number[] | null = null

  call(index: number, piece: Partial<OutcomeCall>): void {
    const call = this.toolCalls[index] ?? { id: '', name: '', args: '' }
    call.id += piece.id ?? ''
    call.name += piece.name ?? ''
    call.args += piece.args ?? ''
    this.toolCalls[index] = call
  }

  outcome(error?: OutcomeError): Outcome {
    const { text, reasoning, refusal, toolCalls, finishReason, usage } = this
    return { text, reasoning, refusal, toolCalls, finishReason, usage, ...(error && { error }) }
  }
}

/** The value as an object with any members. */
function fields(value: unknown): Record<string, string | undefined> {
  return (value ?? {}) as Record<string, string | undefined>
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function counts(usage: unknown, ...names: readonly string[]): readonly number[] | null {
  return usage ? names.map((name) => Number(at(usage, name) ?? 0)) : null
}

const camelCounts = ['promptTokens', 'completionTokens', 'totalTokens'] as const
const snakeCounts = ['prompt_tokens', 'completion_tokens', 'total_tokens'] as const

function refused(answer: PlainAnswer): Outcome {
  const body = JSON.parse(answer.text)
  const message = at(body, 'error', 'message') ?? body.message
  return { text: '', error: { message, status: answer.status, done: false } }
}

/** The messages of a gRPC stream, and the error that it ended with. */
async function drain(stream: AsyncIterable<Message>): Promise<{ messages: Message[]; error?: OutcomeError }> {
  const messages: Message[] = []
  try {
    for await (const message of stream) messages.push(message)
    return { messages }
  } catch (thrown) {
    return { messages, error: grpcError(thrown) }
  }
}

function grpcError(thrown: unknown): OutcomeError {
  const { code, details } = thrown as ServiceError
  return { message: details, status: code, done: false }
}

/** One stream of alpha2, whose members are spelt as the wire in question spells them. */
function assembleAlpha2(assembler: Assembler, message: unknown, names: 'camel' | 'snake'): void {
  const [finish, calls, numbers] =
    names === 'camel'
      ? (['finishReason', 'toolCalls', camelCounts] as const)
      : (['finish_reason', 'tool_calls', snakeCounts] as const)
  for (const choice of list(at(message, 'choices'))) {
    const delta = fields(at(choice, 'delta'))
    assembler.text += delta.content ?? ''
    assembler.reasoning += delta.reasoning ?? ''
    assembler.refusal += delta.refusal ?? ''
    for (const call of list(delta[calls])) {
      const { id, name, arguments: args } = fields(call)
      assembler.call(Number(at(call, 'index') ?? 0), { id, name, args } as OutcomeCall)
    }
    assembler.finishReason ??= fields(choice)[finish] ?? null
  }
  assembler.usage ??= counts(at(message, 'usage'), ...numbers)
}

function daprBody(question: string) {
  return { inputs: [{ messages: [{ ofUser: { content: [{ text: question }] } }] }] }
}

function chatBody(question: string, more: object) {
  return { model: 'gpt', messages: [{ role: 'user', content: question }], ...more }
}

function grpcMessage(question: string): Message {
  return { name: 'gpt', inputs: [{ messages: [{ of_user: { content: [{ text: question }] } }] }] }
}

/** The four surfaces that stream. */
export function streamingSurfaces({ http }: RunningSidecar, grpc: DaprClient): Readonly<Record<string, Surface>> {
  return {
    'Dapr over SSE': async (question) => {
      const accept = { accept: 'text/event-stream' }
      const answer = await post(http, '/v1.0-alpha2/conversation/gpt/converse', daprBody(question), accept)
      if (answer.status !== 200) return refused(answer)
      const assembler = new Assembler()
      const events = eventsOf(answer.text)
      const done = events.at(-1)?.data === '[DONE]'
      for (const { event, data } of events) {
        if (event === 'error') return assembler.outcome({ message: JSON.parse(data).message, status: 200, done })
        if (data !== '[DONE]') assembleAlpha2(assembler, JSON.parse(data), 'camel')
      }
      return assembler.outcome(done ? undefined : { message: 'no [DONE]', status: 200, done })
    },
    'OpenAI over SSE': async (question) => {
      const options = { stream: true, stream_options: { include_usage: true } }
      const answer = await post(http, '/v1/chat/completions', chatBody(question, options))
      if (answer.status !== 200) return refused(answer)
      const assembler = new Assembler()
      const events = eventsOf(answer.text)
      const done = events.at(-1)?.data === '[DONE]'
      for (const { data } of events.filter((event) => event.data !== '[DONE]')) {
        const chunk = JSON.parse(data)
        if (chunk.error) return assembler.outcome({ message: chunk.error.message, status: 200, done })
        for (const { delta, finish_reason } of chunk.choices) {
          assembler.text += delta.content ?? ''
          assembler.reasoning += delta.reasoning_content ?? ''
          assembler.refusal += delta.refusal ?? ''
          for (const { index, id, function: called } of delta.tool_calls ?? []) {
            assembler.call(index, { id, name: called?.name, args: called?.arguments })
          }
          assembler.finishReason ??= finish_reason
        }
        assembler.usage ??= counts(chunk.usage, ...snakeCounts)
      }
      return assembler.outcome(done ? undefined : { message: 'no [DONE]', status: 200, done })
    },
    ConverseStreamAlpha2: async (question) => {
      const { messages, error } = await drain(grpc.stream('ConverseStreamAlpha2', grpcMessage(question)))
      const assembler = new Assembler()
      for (const message of messages) assembleAlpha2(assembler, message, 'snake')
      return assembler.outcome(error)
    },
    ConverseStreamAlpha1: async (question) => {
      const request = { name: 'gpt', inputs: [{ content: question }] }
      const { messages, error } = await drain(grpc.stream('ConverseStreamAlpha1', request))
      const assembler = new Assembler()
      for (const part of messages.flatMap((message) => list(at(message, 'chunk', 'parts')))) {
        assembler.text += at(part, 'text', 'text') ?? ''
        const { id, name, arguments: args } = fields(at(part, 'tool_call'))
        if (id !== undefined) assembler.call(assembler.toolCalls.length, { id, name, args } as OutcomeCall)
      }
      const complete = messages.at(-1)?.complete
      assembler.finishReason = (at(complete, 'outputs', 0, 'finish_reason') as string | undefined) ?? null
      assembler.usage = counts(at(complete, 'usage'), ...snakeCounts)
      const { reasoning: _, refusal: __, ...outcome } = assembler.outcome(error)
      return outcome
    },
  }
}

/** The surfaces that answer once. */
export function wholeSurfaces({ http }: RunningSidecar, grpc: DaprClient): Readonly<Record<string, Surface>> {
  return {
    'Dapr alpha2': async (question) => {
      const answer = await post(http, '/v1.0-alpha2/conversation/gpt/converse', daprBody(question))
      if (answer.status !== 200) return refused(answer)
      return wholeAlpha2(JSON.parse(answer.text), 'finishReason', 'toolCalls', camelCounts)
    },
    'Dapr alpha1': async (question) => {
      const body = { inputs: [{ content: question }] }
      const answer = await post(http, '/v1.0-alpha1/conversation/gpt/converse', body)
      if (answer.status !== 200) return refused(answer)
      return { text: String(at(JSON.parse(answer.text), 'outputs', 0, 'result') ?? '') }
    },
    OpenAI: async (question) => {
      const answer = await post(http, '/v1/chat/completions', chatBody(question, {}))
      if (answer.status !== 200) return refused(answer)
      const { choices, usage } = JSON.parse(answer.text)
      const { message, finish_reason } = choices[0]
      return {
        text: message.content ?? '',
        reasoning: message.reasoning_content ?? '',
        refusal: message.refusal ?? '',
        toolCalls: list(message.tool_calls).map(callOf),
        finishReason: finish_reason,
        usage: counts(usage, ...snakeCounts),
      }
    },
    ConverseAlpha2: async (question) => {
      try {
        const reply = await grpc.unary('ConverseAlpha2', grpcMessage(question))
        return wholeAlpha2(reply, 'finish_reason', 'tool_calls', snakeCounts)
      } catch (thrown) {
        return { text: '', error: grpcError(thrown) }
      }
    },
    ConverseAlpha1: async (question) => {
      try {
        const reply = await grpc.unary('ConverseAlpha1', { name: 'gpt', inputs: [{ content: question }] })
        return { text: String(at(reply, 'outputs', 0, 'result') ?? '') }
      } catch (thrown) {
        return { text: '', error: grpcError(thrown) }
      }
    },
  }
}

function wholeAlpha2(reply: unknown, finish: string, calls: string, names: readonly string[]): Outcome {
  const output = at(reply, 'outputs', 0)
  const choice = at(output, 'choices', 0)
  const { content = '', reasoning = '', refusal = '' } = fields(at(choice, 'message'))
  return {
    text: content,
    reasoning,
    refusal,
    toolCalls: list(at(choice, 'message', calls)).map(callOf),
    finishReason: fields(choice)[finish] ?? null,
    usage: counts(at(output, 'usage'), ...names),
  }
}

function callOf(call: unknown): OutcomeCall {
  const { name = '', arguments: args = '' } = fields(at(call, 'function'))
  return { id: fields(call).id ?? '', name, args }
}
