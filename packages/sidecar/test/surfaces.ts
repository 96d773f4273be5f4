/** The same question over every surface of Dapr and OpenAI, and what each surface makes of the answer. */
import assert from 'node:assert/strict'
import { fromBinary, toBinary } from '@bufbuild/protobuf'
import {
  type ConversationRequestAlpha2,
  ConversationRequestAlpha2Schema,
  ConversationResponseAlpha2Schema,
  ConversationStreamResponseAlpha2Schema,
  readRequestJson,
} from '@dapr-chat/protocol/dapr'
import { Client, credentials, Metadata } from '@grpc/grpc-js'
import { eventsOf, post, type RunningSidecar } from '../testing/index.ts'

/** What is asked of a component. */
export interface Question {
  readonly component: string
  readonly text: string
  /** The caller's app id. */
  readonly caller?: string
  readonly contextId?: string
  /** Further members of the request: of Dapr's, or of a chat completion. */
  readonly more?: object
}

/** What came back, whichever surface it came over. */
export interface SurfaceAnswer {
  readonly text: string
  readonly contextId: string
  /** The tokens of the answer that the surface reports. */
  readonly totalTokens: number
  /** How many pieces of text came one by one; 1 where the answer came whole. */
  readonly pieces: number
}

/** A surface to ask over. */
export type Surface = (sidecar: RunningSidecar, question: Question) => Promise<SurfaceAnswer>

/** Dapr's JSON for a question. */
export function daprBody({ text, contextId, more }: Question): object {
  return {
    inputs: [{ messages: [{ ofUser: { content: [{ text }] } }] }],
    ...(contextId !== undefined && { contextId }),
    ...more,
  }
}

/** The headers of a question. */
export function headersOf({ caller }: Question): Record<string, string> {
  return caller === undefined ? {} : { 'dapr-caller-app-id': caller }
}

const path = ({ component }: Question) => `/v1.0-alpha2/conversation/${component}/converse`

const daprWhole: Surface = async ({ http }, question) => {
  const answer = await post(http, path(question), daprBody(question), headersOf(question))
  assert.equal(answer.status, 200, answer.text)
  const { outputs, contextId = '' } = JSON.parse(answer.text)
  const [{ choices, usage }] = outputs
  return { text: choices[0].message.content ?? '', contextId, totalTokens: Number(usage.totalTokens), pieces: 1 }
}

const daprStream: Surface = async ({ http }, question) => {
  const headers = { ...headersOf(question), accept: 'text/event-stream' }
  const answer = await post(http, path(question), daprBody(question), headers)
  assert.equal(answer.status, 200, answer.text)
  const data = eventsOf(answer.text).map((event) => event.data)
  assert.equal(data.pop(), '[DONE]', answer.text)
  const frames = data.map((frame) => JSON.parse(frame))
  const texts = frames.flatMap(({ choices = [] }) => choices[0]?.delta?.content ?? [])
  const contextId = frames.find((frame) => frame.contextId)?.contextId ?? ''
  return { text: texts.join(''), contextId, totalTokens: Number(frames.at(-1).usage.totalTokens), pieces: texts.length }
}

const openAiStream: Surface = async ({ http }, { component, text, more, ...question }) => {
  const body = {
    model: component,
    messages: [{ role: 'user', content: text }],
    stream: true,
    stream_options: { include_usage: true },
    ...more,
  }
  const answer = await post(http, '/v1/chat/completions', body, headersOf({ component, text, ...question }))
  assert.equal(answer.status, 200, answer.text)
  const data = eventsOf(answer.text).map((event) => event.data)
  assert.equal(data.pop(), '[DONE]', answer.text)
  const chunks = data.map((chunk) => JSON.parse(chunk))
  const texts = chunks.flatMap(({ choices }) => choices[0]?.delta?.content || [])
  return { text: texts.join(''), contextId: '', totalTokens: chunks.at(-1).usage.total_tokens, pieces: texts.length }
}

const service = '/dapr.proto.runtime.v1.Dapr'
const serialize = (message: ConversationRequestAlpha2) =>
  Buffer.from(toBinary(ConversationRequestAlpha2Schema, message))

function grpcRequest(question: Question): { message: ConversationRequestAlpha2; metadata: Metadata } {
  const message = readRequestJson(ConversationRequestAlpha2Schema, Buffer.from(JSON.stringify(daprBody(question))))
  const metadata = new Metadata()
  for (const [name, value] of Object.entries(headersOf(question))) metadata.set(name, value)
  return { message: { ...message, name: question.component }, metadata }
}

const grpcStream: Surface = async ({ grpc }, question) => {
  using client = clientOf(grpc)
  const { message, metadata } = grpcRequest(question)
  const read = (bytes: Uint8Array) => fromBinary(ConversationStreamResponseAlpha2Schema, bytes)
  const call = client.makeServerStreamRequest(`${service}/ConverseStreamAlpha2`, serialize, read, message, metadata)
  const frames: ReturnType<typeof read>[] = []
  for await (const frame of call) frames.push(frame)
  const texts = frames.flatMap(({ choices }) => choices[0]?.delta?.content || [])
  const contextId = frames.find((frame) => frame.contextId)?.contextId ?? ''
  return {
    text: texts.join(''),
    contextId,
    totalTokens: Number(frames.at(-1)?.usage?.totalTokens),
    pieces: texts.length,
  }
}

const grpcWhole: Surface = async ({ grpc }, question) => {
  using client = clientOf(grpc)
  const { message, metadata } = grpcRequest(question)
  const read = (bytes: Uint8Array) => fromBinary(ConversationResponseAlpha2Schema, bytes)
  const { promise, resolve, reject } = Promise.withResolvers<ReturnType<typeof read>>()
  client.makeUnaryRequest(`${service}/ConverseAlpha2`, serialize, read, message, metadata, (error, value) =>
    value ? resolve(value) : reject(error),
  )
  const { outputs, contextId = '' } = await promise
  const [output] = outputs
  const text = output?.choices[0]?.message?.content ?? ''
  return { text, contextId, totalTokens: Number(output?.usage?.totalTokens), pieces: 1 }
}

function clientOf(address: string): Client & Disposable {
  const client = new Client(address, credentials.createInsecure())
  return Object.assign(client, { [Symbol.dispose]: () => client.close() })
}

/** All of them by name. */
export const surfaces: Readonly<Record<string, Surface>> = {
  'an answer of Dapr': daprWhole,
  'a stream of Dapr': daprStream,
  'a stream of OpenAI': openAiStream,
  'a stream over gRPC': grpcStream,
  'an answer over gRPC': grpcWhole,
}

/** Asks over Dapr's stream, which most tests need only one of. */
export { daprStream as ask }
