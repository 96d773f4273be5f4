/** Sends what a case says to a sidecar, known by its addresses alone, and gives what came back. */
import { setTimeout } from 'node:timers/promises'
import { createRegistry, fromBinary, fromJson, toBinary, toJson } from '@bufbuild/protobuf'
import {
  file_google_protobuf_duration,
  file_google_protobuf_struct,
  file_google_protobuf_wrappers,
} from '@bufbuild/protobuf/wkt'
import { DaprService } from '@dapr-chat/protocol/dapr'
import { callGrpc, send } from '@dapr-chat/sidecar/testing'
import { Metadata } from '@grpc/grpc-js'
import { at } from '../harness.ts'
import { reflectedDaprClient } from '../reflection.ts'
import type { Answer, Case, CaseRequest, GrpcRequest, HttpRequest, Json, Method } from './case.ts'
import { sendHttp2 } from './send-http2.ts'

/** A sidecar that cases are sent to. */
export interface Target {
  /** For example `http://127.0.0.1:3500`. */
  readonly http: string
  /** Host and port. */
  readonly grpc: string
  /** What the sidecar asks for; every request carries it. */
  readonly token?: string
}

type Headers = Readonly<Record<string, string | Buffer>>

/** How long a sidecar may take; none needs a tenth of it. In milliseconds. */
const PATIENCE = 10_000

/** Sends what comes before, then the request, and reads its answer. A connection that breaks, or stays silent, is an answer too. */
export async function ask(target: Target, { before = [], request, headers = [] }: Case): Promise<Answer> {
  const late = new AbortController()
  const silence = setTimeout(PATIENCE, { failure: 'no answer' }, { signal: late.signal })
  silence.catch(() => {})
  const answer = async () => {
    for (const first of before) await exchange(target, first, [])
    return exchange(target, request, headers)
  }
  try {
    return await Promise.race([answer(), silence])
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) }
  } finally {
    late.abort()
  }
}

function exchange(target: Target, request: CaseRequest, headers: readonly string[]): Promise<Answer> {
  const token = target.token === undefined || request.anonymous ? {} : { 'dapr-api-token': target.token }
  if ('http' in request) return askHttp(target.http, request.http, token, headers)
  if ('grpc' in request) return askGrpc(target.grpc, request.grpc, token, headers)
  if ('grpcPath' in request) return askPath(target.grpc, request.grpcPath, token)
  return askReflection(target.grpc, request.reflection, token)
}

async function askHttp(
  base: string,
  {
    path,
    method,
    headers = {},
    http2,
    json,
    body = json === undefined ? undefined : JSON.stringify(json),
  }: HttpRequest,
  token: Readonly<Record<string, string>>,
  looked: readonly string[],
): Promise<Answer> {
  const answer = await (http2 ? sendHttp2 : send)(base, path, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...token, ...headers },
    ...(body !== undefined && { body }),
  })
  const contentType = answer.headers['content-type']
  const isJson = contentType?.startsWith('application/json') ?? false
  return {
    status: answer.status,
    ...(contentType !== undefined && { contentType }),
    body: isJson && answer.text !== '' ? JSON.parse(answer.text) : answer.text,
    ...lookedAt(looked, (name) => answer.headers[name]?.toString()),
  }
}

// What may stand in an Any of the cases.
const registry = createRegistry(
  file_google_protobuf_duration,
  file_google_protobuf_struct,
  file_google_protobuf_wrappers,
)

const schemas = {
  ConverseAlpha1: DaprService.method.converseAlpha1,
  ConverseAlpha2: DaprService.method.converseAlpha2,
  ConverseStreamAlpha1: DaprService.method.converseStreamAlpha1,
  GetMetadata: DaprService.method.getMetadata,
  SetMetadata: DaprService.method.setMetadata,
  Shutdown: DaprService.method.shutdown,
} satisfies Record<Method, unknown>

async function askGrpc(
  address: string,
  { method, message = {}, bytes, metadata = {} }: GrpcRequest,
  token: Headers,
  looked: readonly string[],
): Promise<Answer> {
  const { input, output } = schemas[method]
  const request = bytes ?? toBinary(input, fromJson(input, structuredClone(message) as never, { registry }))
  const { code, details, headers, trailers, messages } = await callGrpc(address, method, request, {
    ...token,
    ...metadata,
  })
  const seen = lookedAt(looked, (name) => {
    if (name === detailsKey) return detailTypes(trailers)
    const value = headers.get(name)[0]
    return Buffer.isBuffer(value) ? value.toString('hex') : value
  })
  if (code !== 0) return { code, message: details, ...seen }
  const replies = messages.map((each): Json => toJson(output, fromBinary(output, each), { registry }))
  return { code, reply: replies.length === 1 ? (replies[0] ?? null) : replies, ...seen }
}

async function askPath(address: string, path: string, token: Headers): Promise<Answer> {
  const { code, details } = await callGrpc(address, path, new Uint8Array(), token)
  return { code, message: details }
}

const detailsKey = 'grpc-status-details-bin'

/** The types of the details, in order: each is an Any, whose type is written out in its bytes. */
function detailTypes(trailers: Metadata): string | undefined {
  const [status] = trailers.get(detailsKey)
  const text = Buffer.isBuffer(status) ? status.toString('latin1') : ''
  const types = [...text.matchAll(/type\.googleapis\.com\/([\w.]+)/g)].map(([, type = '']) => type)
  return types.length === 0 ? undefined : types.join(', ')
}

async function askReflection(address: string, version: 'v1' | 'v1alpha', token: Headers): Promise<Answer> {
  const metadata = new Metadata()
  for (const [name, value] of Object.entries(token)) metadata.set(name, value)
  const { services, client } = await reflectedDaprClient(address, version, metadata)
  using reflected = client
  const inputs = [{ messages: [{ of_user: { content: [{ text: 'hello' }] } }] }]
  const options = { metadata: token as Readonly<Record<string, string>> }
  const reply = await reflected.unary('ConverseAlpha2', { name: 'echo', inputs }, options)
  return { services, content: String(at(reply, 'outputs', 0, 'choices', 0, 'message', 'content')) }
}

function lookedAt(names: readonly string[], value: (name: string) => string | undefined) {
  if (names.length === 0) return {}
  const entries = names.map((name) => [name, value(name)] as const).filter(([, found]) => found !== undefined)
  return { headers: Object.fromEntries(entries) as Record<string, string> }
}
