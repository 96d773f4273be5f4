/**
 * A stock daprd as far as conversations go: whole answers in JSON with 64-bit numbers as text, no streams whatever the
 * caller accepts, unknown fields dropped in silence, an echo component, metadata with a version. Service invocation is
 * passed on to applications as it comes.
 */
import type { ServerResponse } from 'node:http'
import { answerJson, type FakeSidecar, type SeenRequest, startFakeSidecar } from './fake-sidecar.ts'

/** How it is set up. */
export interface StockDaprdOptions {
  /** @default '1.18.0' */
  readonly version?: string
  /** Base addresses of the applications that can be invoked, by their ids. */
  readonly apps?: Readonly<Record<string, string>>
  /**
   * Answers a conversation in place of echo, with a failure for instance.
   * @param asked how many conversations were asked before.
   */
  readonly answer?: (response: ServerResponse, asked: number) => void
}

interface WireMessage {
  readonly content?: readonly { readonly text?: string }[]
  readonly toolCalls?: readonly object[]
  readonly toolId?: string
  readonly name?: string
}

/** Starts one on a free port of this machine. */
export async function startStockDaprd(options: StockDaprdOptions = {}): Promise<FakeSidecar> {
  const { version = '1.18.0', apps = {}, answer } = options
  let asked = 0
  return startFakeSidecar(async (response, request) => {
    const { path } = request
    if (path === '/v1.0/metadata') {
      const components = [{ name: 'echo', type: 'conversation.echo', version: 'v1', capabilities: [] }]
      return answerJson(response, { id: 'app', runtimeVersion: version, extended: {}, components })
    }
    const [, appId, method] = /^\/v1\.0\/invoke\/([^/]+)\/method\/(.*)$/.exec(path) ?? []
    if (appId !== undefined && method !== undefined) return passOn(response, request, apps[appId], method, appId)
    const [, name] = /^\/v1\.0-alpha2\/conversation\/([^/]+)\/converse$/.exec(path) ?? []
    if (name === undefined) {
      const message = 'failed getting app id either from the URL path or the header dapr-app-id'
      return answerJson(response, { errorCode: 'ERR_DIRECT_INVOKE', message }, 404)
    }
    if (name !== 'echo') {
      const message = `failed finding conversation component ${name}`
      return answerJson(response, { errorCode: 'ERR_CONVERSATION_NOT_FOUND', message }, 400)
    }
    if (answer) answer(response, asked++)
    else answerJson(response, echo(JSON.parse(request.body)))
  })
}

/** Dapr's error body for a conversation that its provider failed. */
export function answerInvokeError(response: ServerResponse, text: string, headers: object = {}): void {
  const message = `failed conversing with component echo: ${text}`
  answerJson(response, { errorCode: 'ERR_CONVERSATION_INVOKE', message }, 500, headers)
}

function echo({ inputs, contextId }: { inputs: readonly { messages: readonly object[] }[]; contextId?: string }) {
  const messages = inputs.flatMap((input) => input.messages).flatMap((message) => Object.entries(message))
  const texts = messages.flatMap(([kind, { content = [], toolId, name }]: [string, WireMessage]) =>
    content.map(({ text = '' }) =>
      kind === 'ofTool' ? `Tool Response for tool ID '${toolId}' with name '${name}': ${text}` : text,
    ),
  )
  const toolCalls = messages.flatMap(([, message]: [string, WireMessage]) => message.toolCalls ?? [])
  const content = texts.join('\n')
  const words = content.split(/\s+/).filter(Boolean).length
  const usage = { completionTokens: `${words}`, promptTokens: `${words}`, totalTokens: `${2 * words}` }
  const finishReason = toolCalls.length > 0 ? 'tool_calls' : 'stop'
  const message = { content, ...(toolCalls.length > 0 && { toolCalls }) }
  return { ...(contextId && { contextId }), outputs: [{ choices: [{ finishReason, message }], usage }] }
}

async function passOn(
  response: ServerResponse,
  request: SeenRequest,
  base: string | undefined,
  method: string,
  appId: string,
): Promise<void> {
  const left = new AbortController()
  response.once('close', () => left.abort())
  try {
    if (base === undefined) throw new Error('no such application')
    const { accept = '*/*', traceparent } = request.headers
    const answer = await fetch(`${base}/${method}`, {
      method: request.method,
      headers: { accept, 'content-type': 'application/json', ...(traceparent && { traceparent: `${traceparent}` }) },
      body: request.body,
      signal: left.signal,
    })
    const { 'content-encoding': _, 'transfer-encoding': __, ...headers } = Object.fromEntries(answer.headers)
    response.writeHead(answer.status, headers).flushHeaders()
    for await (const bytes of answer.body ?? []) response.write(bytes)
    response.end()
  } catch (cause) {
    if (response.headersSent) return void response.destroy()
    const message = `failed to invoke, id: ${appId}, err: ${cause}`
    answerJson(response, { errorCode: 'ERR_DIRECT_INVOKE', message }, 500)
  }
}
