/**
 * What a program can ask for, on the client and on each call, and the one check that refuses everything else: an option
 * that is misspelt or misplaced must not be ignored in silence.
 */
import type { JsonObject, JsonValue, Middleware } from '@dapr-chat/protocol'
import { InvalidRequestError } from './errors.ts'
import type { OutputSpec } from './output/output-spec.ts'
import { checkPrices, type PriceTable } from './pricing.ts'
import { checkRetryValues, type RetryPolicy, retryKeys } from './retry/policy.ts'
import type { Step } from './step.ts'
import type { ToolCallOptions } from './tools/tool-policy.ts'
import type { StreamSource, Transport } from './transport/transport.ts'

/** Where the sidecar listens. For gRPC see `grpcTransport`. */
export interface Endpoint {
  /** Such as `http://127.0.0.1:3500`. Default: `DAPR_HTTP_ENDPOINT`, or `DAPR_HTTP_PORT` on this machine. */
  readonly http?: string
}

/** What every call takes. */
export interface CallOptions {
  /** Stops the call when it is aborted. */
  readonly signal?: AbortSignal
  /** How long the whole call may take, the reading of its stream included, in milliseconds. */
  readonly timeoutMs?: number
  /** Further headers of the request, or gRPC metadata. */
  readonly headers?: Readonly<Record<string, string>>
  /** How often and how soon a call is made again that failed before its first output; `false` for never. */
  readonly retry?: RetryPolicy | false
}

/** The shape that the answer must have, as in OpenAI's `response_format`. */
export type ChatResponseFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json_object' }
  | {
      readonly type: 'json_schema'
      readonly json_schema: {
        readonly name: string
        readonly schema: JsonObject
        readonly description?: string
        readonly strict?: boolean
      }
    }

/** What one question takes. */
export interface GenerateOptions extends CallOptions, ToolCallOptions {
  /** The component to ask. Default: the client's, then `DAPR_LLM_COMPONENT_DEFAULT`, then the only one there is. */
  readonly component?: string
  /** The program's name for the conversation; given back with the answer. */
  readonly contextId?: string
  /** Labels that the provider stores with the answer. */
  readonly metadata?: Readonly<Record<string, string>>
  /** Sent only when given. */
  readonly temperature?: number
  /** The most tokens that the answer may have. */
  readonly maxTokens?: number
  /** Asks for another model than the component's own. */
  readonly model?: string
  /** Called after each step, before the next one; the call waits for it. */
  readonly onStep?: (step: Step) => void | Promise<void>
  /** The shape of the answer: `object`, `array`, `choice` or `json`. The value is the result's `output`. */
  readonly output?: OutputSpec<unknown>
  readonly responseFormat?: ChatResponseFormat
  /** How long the provider should keep the prompt in its own cache, in milliseconds. */
  readonly promptCacheRetentionMs?: number
  /** Further parameters in the provider's own names, passed on as they are. */
  readonly parameters?: Readonly<Record<string, JsonValue>>
  /** Whether the sidecar takes personal data out of the question, the answer, or both (`true`). */
  readonly scrubPii?: boolean | { readonly input?: boolean; readonly output?: boolean }
  /**
   * `auto` streams where the other end can; `require` fails with `UnsupportedFeatureError` instead of showing a whole
   * answer as a stream; `off` asks for a whole answer. `generate` asks for a whole answer unless it says `require`.
   * @default 'auto'
   */
  readonly streaming?: 'auto' | 'require' | 'off'
  /**
   * What becomes of an option, or a part of a message, that the runtime does not carry: `throw` refuses the question
   * with `RuntimeVersionError` or `UnsupportedFeatureError`, `warn` sends it without and says so in the warnings.
   * @default 'throw'
   */
  readonly onUnsupported?: 'throw' | 'warn'
}

/** What a client is made with. */
export interface ClientOptions {
  /** The component to ask where a call names none. Default: `DAPR_LLM_COMPONENT_DEFAULT`, then the only one there is. */
  readonly component?: string
  /** Where the sidecar listens. Default: Dapr's environment variables, then Dapr's ports on this machine. */
  readonly endpoint?: Endpoint
  /** The token that the sidecar asks for. Default: `DAPR_API_TOKEN`. */
  readonly apiToken?: string
  /** The connection to the sidecar. Default: HTTP, to `endpoint.http`. The client closes what it was given. */
  readonly transport?: Transport
  /**
   * Where answers come from, in order of preference: the first that streams is asked for a stream, the first of all
   * for a whole answer.
   * @default [{ kind: 'native' }]
   */
  readonly streamSources?: readonly StreamSource[]
  /** The `retry` of calls that give none. Default: up to two retries, as `RetryPolicy` says. */
  readonly retry?: RetryPolicy | false
  /** What models cost, for `metrics.costUsd`. No price is known without it. */
  readonly pricing?: PriceTable
  /** The `timeoutMs` of calls that give none. */
  readonly timeoutMs?: number
  /**
   * Policies around every question, the first one outermost: each may look at the question, change it, answer in its
   * place, or look at the answer as it comes. They see a frozen copy of the question.
   */
  readonly middleware?: readonly Middleware[]
  /** Options of every question, where the question does not say otherwise. */
  readonly defaults?: GenerateOptions
}

type Keys<T> = Readonly<Record<keyof T, true>>

const callKeys: Keys<CallOptions> = { signal: true, timeoutMs: true, headers: true, retry: true }

const generateKeys: Keys<GenerateOptions> = {
  ...callKeys,
  component: true,
  contextId: true,
  metadata: true,
  temperature: true,
  maxTokens: true,
  model: true,
  tools: true,
  toolChoice: true,
  maxSteps: true,
  toolExecution: true,
  onToolError: true,
  approve: true,
  onStep: true,
  output: true,
  responseFormat: true,
  promptCacheRetentionMs: true,
  parameters: true,
  scrubPii: true,
  streaming: true,
  onUnsupported: true,
}

const clientKeys: Keys<ClientOptions> = {
  component: true,
  endpoint: true,
  apiToken: true,
  transport: true,
  streamSources: true,
  retry: true,
  timeoutMs: true,
  middleware: true,
  pricing: true,
  defaults: true,
}

const sourceKeys: Readonly<Record<StreamSource['kind'], Readonly<Record<string, true>>>> = {
  native: { kind: true },
  invoke: { kind: true, appId: true, path: true, model: true },
  direct: { kind: true, baseURL: true, apiKey: true, model: true },
  simulated: { kind: true, chunk: true },
}

/** @throws InvalidRequestError for an option that does not exist or has an impossible value. */
export function checkClientOptions(options: ClientOptions): void {
  checkKeys('a client', options, clientKeys)
  checkKeys('endpoint', options.endpoint ?? {}, { http: true })
  checkTimeout(options.timeoutMs)
  checkRetry(options.retry)
  for (const name of ['endpoint', 'apiToken'] as const) {
    if (!options.transport || options[name] === undefined) continue
    throw new InvalidRequestError(`Cannot use option "${name}" beside "transport": give it to the transport instead`)
  }
  if (!(options.middleware ?? []).every((middleware) => typeof middleware === 'function')) {
    throw new InvalidRequestError('Cannot use option "middleware": it must be a list of functions')
  }
  checkSources(options.streamSources)
  checkPrices(options.pricing ?? {})
  if (options.defaults) checkGenerateOptions(options.defaults)
}

/** @throws InvalidRequestError for an option that does not exist or has an impossible value. */
export function checkCallOptions(options: CallOptions): void {
  checkKeys('this call', options, callKeys)
  checkTimeout(options.timeoutMs)
  checkHeaders(options.headers)
  checkRetry(options.retry)
}

/** @throws InvalidRequestError for an option that does not exist or has an impossible value. */
export function checkGenerateOptions(options: GenerateOptions): void {
  if (options !== null && typeof options === 'object' && 'stream' in options) {
    throw new InvalidRequestError('Cannot use option "stream": call generateStream to get a stream')
  }
  checkKeys('a question', options, generateKeys)
  checkTimeout(options.timeoutMs)
  checkHeaders(options.headers)
  checkRetry(options.retry)
  const { temperature, maxTokens, streaming, onUnsupported } = options
  if (temperature !== undefined && !Number.isFinite(temperature)) {
    throw invalid('temperature', 'it must be a number', temperature)
  }
  if (maxTokens !== undefined && !(Number.isInteger(maxTokens) && maxTokens > 0)) {
    throw invalid('maxTokens', 'it must be a whole number above 0', maxTokens)
  }
  if (streaming !== undefined && !['auto', 'require', 'off'].includes(streaming)) {
    throw invalid('streaming', 'it must be auto, require or off', streaming)
  }
  checkToolOptions(options)
  if (onUnsupported !== undefined && !['throw', 'warn'].includes(onUnsupported)) {
    throw invalid('onUnsupported', 'it must be throw or warn', onUnsupported)
  }
}

function checkToolOptions(options: GenerateOptions): void {
  const { tools, maxSteps, toolExecution, onToolError, output } = options
  if (tools !== undefined && !Array.isArray(tools)) throw invalid('tools', 'it must be a list', typeof tools)
  if (maxSteps !== undefined && !isCount(maxSteps)) {
    throw invalid('maxSteps', 'it must be a whole number above 0', maxSteps)
  }
  const limit = typeof toolExecution === 'object' ? toolExecution?.concurrency : 1
  if (toolExecution !== undefined && !(isCount(limit) && isExecution(toolExecution))) {
    const rule = 'it must be parallel, sequential or { concurrency } with a whole number above 0'
    throw invalid('toolExecution', rule, JSON.stringify(toolExecution))
  }
  if (onToolError !== undefined && !['message', 'throw'].includes(onToolError)) {
    throw invalid('onToolError', 'it must be message or throw', onToolError)
  }
  for (const name of ['approve', 'onStep'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'function') {
      throw invalid(name, 'it must be a function', typeof options[name])
    }
  }
  if (output !== undefined && typeof output?.read !== 'function') {
    throw invalid('output', 'it must be made by object, array, choice or json', typeof output)
  }
}

function isExecution(execution: unknown): boolean {
  return typeof execution === 'object' || execution === 'parallel' || execution === 'sequential'
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) > 0
}

/** The second set of options over the first; an option given as `undefined` counts as not given. */
export function mergeOptions(defaults: GenerateOptions, options: GenerateOptions): GenerateOptions {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  return { ...defaults, ...given }
}

function checkKeys(what: string, options: object, known: Readonly<Record<string, true>>): void {
  if (typeof options !== 'object' || options === null) {
    throw new InvalidRequestError(`Cannot read the options of ${what}: they must be an object`)
  }
  for (const key of Object.keys(options)) {
    if (Object.hasOwn(known, key)) continue
    throw new InvalidRequestError(
      `Cannot use option "${key}": ${what} has no such option: the options are ${Object.keys(known).join(', ')}`,
    )
  }
}

function checkSources(sources: ClientOptions['streamSources']): void {
  if (sources?.length === 0) throw invalid('streamSources', 'it must hold at least one source', '[]')
  for (const [at, source] of (sources ?? []).entries()) {
    const known = Object.hasOwn(sourceKeys, source.kind) ? sourceKeys[source.kind] : undefined
    if (!known) {
      const kinds = 'the kind of a source must be native, invoke, direct or simulated'
      throw invalid('streamSources', kinds, (source as { kind: unknown }).kind)
    }
    checkKeys(`a source of kind "${source.kind}"`, source, known)
    if (source.kind === 'invoke' && !/^[^/?#]+$/.test(source.appId)) {
      throw invalid('streamSources', 'appId must be the id of an application', source.appId)
    }
    if (source.kind === 'direct' && !URL.canParse(source.baseURL)) {
      throw invalid('streamSources', 'baseURL must be an address such as https://api.openai.com/v1', source.baseURL)
    }
    if (source.kind !== 'simulated') continue
    if (!['word', 'grapheme', 'whole'].includes(source.chunk ?? 'whole')) {
      throw invalid('streamSources', 'chunk must be word, grapheme or whole', source.chunk)
    }
    if (at + 1 !== sources?.length) {
      throw invalid('streamSources', 'a source of kind simulated must be the last one', `at place ${at + 1}`)
    }
  }
}

function checkRetry(retry: CallOptions['retry']): void {
  if (retry === undefined || retry === false) return
  checkKeys('retry', retry, retryKeys)
  checkRetryValues(retry)
}

function checkHeaders(headers: CallOptions['headers']): void {
  try {
    new Headers(headers)
  } catch (cause) {
    // The values may be secrets, so they are not shown.
    throw new InvalidRequestError('Cannot use option "headers": names and values must be fit for HTTP', { cause })
  }
}

function checkTimeout(timeoutMs: number | undefined): void {
  // A longer delay makes timers fire at once.
  if (timeoutMs !== undefined && !(timeoutMs > 0 && timeoutMs < 2 ** 31)) {
    throw invalid('timeoutMs', 'it must be above 0 and below 2147483648', timeoutMs)
  }
}

function invalid(name: string, rule: string, value: unknown): InvalidRequestError {
  return new InvalidRequestError(`Cannot use option "${name}": ${rule}: current value is ${String(value)}`)
}
