/** Cases that come in pairs: the same request, and the same answer, over HTTP and over gRPC. */
import type { Answer, Case, Json, JsonObject } from '../case.ts'

/** The version of the conversation API. */
export type Version = 'alpha1' | 'alpha2'

/** Where a component answers over HTTP. */
export function pathOf(version: Version, component = 'echo'): string {
  return `/v1.0-${version}/conversation/${component}/converse`
}

const methods = { alpha1: 'ConverseAlpha1', alpha2: 'ConverseAlpha2' } as const

/** A request that is answered, sent over both. */
export function answered(name: string, version: Version, request: JsonObject, answer: Json): readonly Case[] {
  return [
    {
      name: `${name}, over HTTP`,
      request: { http: { path: pathOf(version), json: request } },
      answer: { status: 200, contentType: 'application/json', body: answer },
    },
    {
      name: `${name}, over gRPC`,
      request: { grpc: { method: methods[version], message: { name: 'echo', ...request } } },
      answer: { code: 0, reply: answer },
    },
  ]
}

/** A request of alpha2 of which only the content of the answer counts, sent over both. */
export function says(name: string, request: JsonObject, content: string): readonly Case[] {
  const path = 'outputs.0.choices.0.message.content'
  return answered(name, 'alpha2', request, { outputs: [{ choices: [{ message: { content } }] }] }).map((each) => ({
    ...each,
    only: 'http' in each.request ? ['status', `body.${path}`] : ['code', `reply.${path}`],
  }))
}

/** How daprd refuses a request. */
export interface Refusal {
  readonly errorCode: string
  readonly message: string
  /** 400 when absent. */
  readonly status?: number
  /** The code of gRPC; 3 when absent. */
  readonly code?: number
  /** `echo` when absent. */
  readonly component?: string
}

/** The answer to a request that is refused, over HTTP. */
export function refusal(errorCode: string, message: string, status = 400): Answer {
  return { status, contentType: 'application/json', body: { errorCode, message } }
}

/** A request that is refused, sent over both. */
export function refused(
  name: string,
  version: Version,
  request: JsonObject,
  { errorCode, message, status = 400, code = 3, component = 'echo' }: Refusal,
): readonly Case[] {
  return [
    {
      name: `${name}, over HTTP`,
      request: { http: { path: pathOf(version, component), json: request } },
      answer: refusal(errorCode, message, status),
    },
    {
      name: `${name}, over gRPC`,
      request: { grpc: { method: methods[version], message: { name: component, ...request } } },
      answer: { code, message },
    },
  ]
}

/** A message of one kind with these texts as its parts. */
export function said(...texts: readonly string[]): JsonObject & { readonly content: readonly Json[] } {
  return { content: texts.map((text) => ({ text })) }
}

/** A request with one input. */
export function input(...messages: readonly JsonObject[]): JsonObject & { readonly inputs: readonly Json[] } {
  return { inputs: [{ messages }] }
}

/** The shortest question there is. */
export const hello = input({ ofUser: said('hello') })

/** Echo's answer to it. */
export const helloAnswer = echoed('hello', 1)

/** A tool with these properties; without parameters when there is no list. */
export function tool(name: string, properties?: readonly string[]): JsonObject {
  const parameters = properties && { properties: Object.fromEntries(properties.map((property) => [property, {}])) }
  return { function: { name, ...(parameters && { parameters }) } }
}

/** What echo answers: the text, how many words it counts, and the calls. */
export function echoed(
  content: string,
  words: number,
  calls: readonly (readonly [id: string, name: string, args: string])[] = [],
): JsonObject {
  const toolCalls = calls.map(([id, name, args]) => ({
    ...(id !== '' && { id }),
    function: { name, ...(args !== '' && { arguments: args }) },
  }))
  const counts = { completionTokens: `${words}`, promptTokens: `${words}`, totalTokens: `${2 * words}` }
  const message = { ...(content !== '' && { content }), ...(calls.length > 0 && { toolCalls }) }
  const finishReason = calls.length > 0 ? 'tool_calls' : 'stop'
  return { outputs: [{ choices: [{ finishReason, message }], usage: words === 0 ? {} : counts }] }
}

/** A parameter of a wrapper's type. */
export function wrapped(type: string, value: Json): JsonObject {
  return { '@type': `type.googleapis.com/google.protobuf.${type}`, value }
}
