/**
 * Every way to an answer: the streaming surfaces, the whole ones, and the client. Each is asked one question and its
 * answer put together by hand, so that all of them can be held against the same expectation.
 */
import { eventsOf, type PlainAnswer, post, type RunningSidecar } from '@dapr-chat/sidecar/testing'
import type { ServiceError } from '@grpc/grpc-js'
import { at, type DaprClient, errorInfo, type Message } from './harness.ts'

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
  /** The provider's own word for the finish reason, where it differs. */
  readonly rawFinishReason?: string | null
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
  /** What programs tell failures apart by, in the surface's own words: Dapr's error code, ours, OpenAI's type and code. */
  readonly names: readonly unknown[]
  /** How long to wait before the next try, in milliseconds, where the surface says it. */
  readonly retryAfterMs?: number
}

/** Asks a component one question. */
export type Surface = (question: string) => Promise<Outcome>

class Assembler {
  text = ''
  reasoning = ''
  refusal = ''
  readonly toolCalls: OutcomeCall[] = []
  finishReason: string | null = null
  rawFinishReason: string | null = null
  usage: readonly number[] | null = null

  call(index: number, piece: Partial<OutcomeCall>): void {
    const call = this.toolCalls[index] ?? { id: '', name: '', args: '' }
    call.id += piece.id ?? ''
    call.name += piece.name ?? ''
    call.args += piece.args ?? ''
    this.toolCalls[index] = call
  }

  outcome(error?: OutcomeError): Outcome {
    const { text, reasoning, refusal, toolCalls, finishReason, rawFinishReason, usage } = this
    return { text, reasoning, refusal, toolCalls, finishReason, rawFinishReason, usage, ...(error && { error }) }
  }
}

type Fields = Readonly<Record<string, unknown>>

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

/** How alpha2 spells what is not one word: as JSON, and in the files that the gRPC client is made from. */
const camelNames = ['finishReason', 'rawFinishReason', 'toolCalls', camelCounts] as const
const snakeNames = ['finish_reason', 'raw_finish_reason', 'tool_calls', snakeCounts] as const

function refused(answer: PlainAnswer): Outcome {
  const body = JSON.parse(answer.text)
  const { headers, status } = answer
  const wait = headers['retry-after'] === undefined ? {} : { retryAfterMs: Number(headers['retry-after']) * 1_000 }
  const { message, names } = body.error ? openaiError(body.error) : daprError(body, headers['dapr-chat-error'])
  return { text: '', error: { message, status, done: false, names, ...wait } }
}

function openaiError({ message, type, code }: Fields): Pick<OutcomeError, 'message' | 'names'> {
  return { message: String(message), names: [type, code] }
}

function daprError({ message, errorCode }: Fields, code: unknown): Pick<OutcomeError, 'message' | 'names'> {
  return { message: String(message), names: [errorCode, code] }
}

/** What a detail of ours says of a failure. */
function detailOf(info: unknown): Pick<OutcomeError, 'names' | 'retryAfterMs'> {
  const wait = at(info, 'metadata', 'retryAfterMs')
  const names = [String(at(info, 'reason')).toLowerCase()]
  return { names, ...(wait !== undefined && { retryAfterMs: Number(wait) }) }
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
  const { code, details, metadata } = thrown as ServiceError
  return { message: details, status: code, done: false, ...detailOf(errorInfo(metadata)) }
}

/** The error of a stream that ended without one, and without its mark of success. */
const endless: OutcomeError = { message: 'no [DONE]', status: 200, done: false, names: [] }

/** The error inside a stream of Dapr's, whose third member is our detail. */
function inBand(body: Fields, done: boolean): OutcomeError {
  const { message, names } = daprError(body, undefined)
  const detail = detailOf(at(body, 'details', 0))
  return { ...detail, message, status: 200, done, names: [names[0], ...detail.names] }
}

/** One stream of alpha2, whose members are spelt as the wire in question spells them. */
function assembleAlpha2(assembler: Assembler, message: unknown, names: 'camel' | 'snake'): void {
  const [finish, raw, calls, numbers] = names === 'camel' ? camelNames : snakeNames
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
    assembler.rawFinishReason ??= fields(choice)[raw] ?? null
  }
  assembler.usage ??= counts(at(message, 'usage'), ...numbers)
}

function daprBody(question: string) {
  return { inputs: [{ messages: [{ ofUser: { content: [{ text: question }] } }] }] }
}

function chatBody(component: string, question: string, more: object) {
  return { model: component, messages: [{ role: 'user', content: question }], ...more }
}

function grpcMessage(name: string, question: string): Message {
  return { name, inputs: [{ messages: [{ of_user: { content: [{ text: question }] } }] }] }
}

/** The four surfaces that stream. */
export function streamingSurfaces(
  { http }: RunningSidecar,
  grpc: DaprClient,
  component = 'gpt',
): Readonly<Record<string, Surface>> {
  return {
    'Dapr over SSE': async (question) => {
      const accept = { accept: 'text/event-stream' }
      const answer = await post(http, `/v1.0-alpha2/conversation/${component}/converse`, daprBody(question), accept)
      if (answer.status !== 200) return refused(answer)
      const assembler = new Assembler()
      const events = eventsOf(answer.text)
      const done = events.at(-1)?.data === '[DONE]'
      for (const { event, data } of events) {
        if (event === 'error') return assembler.outcome(inBand(JSON.parse(data), done))
        if (data !== '[DONE]') assembleAlpha2(assembler, JSON.parse(data), 'camel')
      }
      return assembler.outcome(done ? undefined : endless)
    },
    'OpenAI over SSE': async (question) => {
      const options = { stream: true, stream_options: { include_usage: true } }
      const answer = await post(http, '/v1/chat/completions', chatBody(component, question, options))
      if (answer.status !== 200) return refused(answer)
      const assembler = new Assembler()
      const events = eventsOf(answer.text)
      const done = events.at(-1)?.data === '[DONE]'
      for (const { data } of events.filter((event) => event.data !== '[DONE]')) {
        const chunk = JSON.parse(data)
        if (chunk.error) return assembler.outcome({ ...openaiError(chunk.error), status: 200, done })
        for (const { delta, finish_reason, native_finish_reason = null } of chunk.choices) {
          assembler.text += delta.content ?? ''
          assembler.reasoning += delta.reasoning_content ?? ''
          assembler.refusal += delta.refusal ?? ''
          for (const { index, id, function: called } of delta.tool_calls ?? []) {
            assembler.call(index, { id, name: called?.name, args: called?.arguments })
          }
          assembler.finishReason ??= finish_reason
          assembler.rawFinishReason ??= native_finish_reason
        }
        assembler.usage ??= counts(chunk.usage, ...snakeCounts)
      }
      return assembler.outcome(done ? undefined : endless)
    },
    ConverseStreamAlpha2: async (question) => {
      const { messages, error } = await drain(grpc.stream('ConverseStreamAlpha2', grpcMessage(component, question)))
      const assembler = new Assembler()
      for (const message of messages) assembleAlpha2(assembler, message, 'snake')
      return assembler.outcome(error)
    },
    ConverseStreamAlpha1: async (question) => {
      const request = { name: component, inputs: [{ content: question }] }
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
      const { reasoning: _, refusal: __, rawFinishReason: ___, ...outcome } = assembler.outcome(error)
      return outcome
    },
  }
}

/** The surfaces that answer once. */
export function wholeSurfaces(
  { http }: RunningSidecar,
  grpc: DaprClient,
  component = 'gpt',
): Readonly<Record<string, Surface>> {
  return {
    'Dapr alpha2': async (question) => {
      const answer = await post(http, `/v1.0-alpha2/conversation/${component}/converse`, daprBody(question))
      if (answer.status !== 200) return refused(answer)
      return wholeAlpha2(JSON.parse(answer.text), camelNames)
    },
    'Dapr alpha1': async (question) => {
      const body = { inputs: [{ content: question }] }
      const answer = await post(http, `/v1.0-alpha1/conversation/${component}/converse`, body)
      if (answer.status !== 200) return refused(answer)
      return { text: String(at(JSON.parse(answer.text), 'outputs', 0, 'result') ?? '') }
    },
    OpenAI: async (question) => {
      const answer = await post(http, '/v1/chat/completions', chatBody(component, question, {}))
      if (answer.status !== 200) return refused(answer)
      const { choices, usage } = JSON.parse(answer.text)
      const { message, finish_reason, native_finish_reason = null } = choices[0]
      return {
        text: message.content ?? '',
        reasoning: message.reasoning_content ?? '',
        refusal: message.refusal ?? '',
        toolCalls: list(message.tool_calls).map(callOf),
        finishReason: finish_reason,
        rawFinishReason: native_finish_reason,
        usage: counts(usage, ...snakeCounts),
      }
    },
    ConverseAlpha2: async (question) => {
      try {
        const reply = await grpc.unary('ConverseAlpha2', grpcMessage(component, question))
        return wholeAlpha2(reply, snakeNames)
      } catch (thrown) {
        return { text: '', error: grpcError(thrown) }
      }
    },
    ConverseAlpha1: async (question) => {
      try {
        const reply = await grpc.unary('ConverseAlpha1', { name: component, inputs: [{ content: question }] })
        return { text: String(at(reply, 'outputs', 0, 'result') ?? '') }
      } catch (thrown) {
        return { text: '', error: grpcError(thrown) }
      }
    },
  }
}

function wholeAlpha2(reply: unknown, [finish, raw, calls, names]: typeof camelNames | typeof snakeNames): Outcome {
  const output = at(reply, 'outputs', 0)
  const choice = at(output, 'choices', 0)
  const { content = '', reasoning = '', refusal = '' } = fields(at(choice, 'message'))
  return {
    text: content,
    reasoning,
    refusal,
    toolCalls: list(at(choice, 'message', calls)).map(callOf),
    finishReason: fields(choice)[finish] ?? null,
    rawFinishReason: fields(choice)[raw] ?? null,
    usage: counts(at(output, 'usage'), ...names),
  }
}

function callOf(call: unknown): OutcomeCall {
  const { name = '', arguments: args = '' } = fields(at(call, 'function'))
  return { id: fields(call).id ?? '', name, args }
}
