/**
 * What a program can ask for, on the client and on each call, and the one check that refuses everything else: an option
 * that is misspelt or misplaced must not be ignored in silence.
 */
import type { JsonObject, JsonValue } from '@dapr-chat/protocol'
import { InvalidRequestError } from './errors.ts'
import type { ChatTool, ChatToolChoice } from './tool.ts'
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
export interface GenerateOptions extends CallOptions {
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
  readonly tools?: readonly ChatTool[]
  readonly toolChoice?: ChatToolChoice
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
  /** The `timeoutMs` of calls that give none. */
  readonly timeoutMs?: number
  /** Options of every question, where the question does not say otherwise. */
  readonly defaults?: GenerateOptions
}

type Keys<T> = Readonly<Record<keyof T, true>>

const callKeys: Keys<CallOptions> = { signal: true, timeoutMs: true, headers: true }

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
  responseFormat: true,
  promptCacheRetentionMs: true,
  parameters: true,
  scrubPii: true,
  streaming: true,
}

const clientKeys: Keys<ClientOptions> = {
  component: true,
  endpoint: true,
  apiToken: true,
  transport: true,
  streamSources: true,
  timeoutMs: true,
  defaults: true,
}

/** @throws InvalidRequestError for an option that does not exist or has an impossible value. */
export function checkClientOptions(options: ClientOptions): void {
  checkKeys('a client', options, clientKeys)
  checkKeys('endpoint', options.endpoint ?? {}, { http: true })
  checkTimeout(options.timeoutMs)
  for (const name of ['endpoint', 'apiToken'] as const) {
    if (!options.transport || options[name] === undefined) continue
    throw new InvalidRequestError(`Cannot use option "${name}" beside "transport": give it to the transport instead`)
  }
  checkSources(options.streamSources)
  if (options.defaults) checkGenerateOptions(options.defaults)
}

/** @throws InvalidRequestError for an option that does not exist or has an impossible value. */
export function checkCallOptions(options: CallOptions): void {
  checkKeys('this call', options, callKeys)
  checkTimeout(options.timeoutMs)
  checkHeaders(options.headers)
}

/** @throws InvalidRequestError for an option that does not exist or has an impossible value. */
export function checkGenerateOptions(options: GenerateOptions): void {
  if (options !== null && typeof options === 'object' && 'stream' in options) {
    throw new InvalidRequestError('Cannot use option "stream": call generateStream to get a stream')
  }
  checkKeys('a question', options, generateKeys)
  checkTimeout(options.timeoutMs)
  checkHeaders(options.headers)
  const { temperature, maxTokens, streaming } = options
  if (temperature !== undefined && !Number.isFinite(temperature)) {
    throw invalid('temperature', 'it must be a number', temperature)
  }
  if (maxTokens !== undefined && !(Number.isInteger(maxTokens) && maxTokens > 0)) {
    throw invalid('maxTokens', 'it must be a whole number above 0', maxTokens)
  }
  if (streaming !== undefined && !['auto', 'require', 'off'].includes(streaming)) {
    throw invalid('streaming', 'it must be auto, require or off', streaming)
  }
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
  for (const source of sources ?? []) {
    if (source.kind !== 'native' && source.kind !== 'direct') {
      throw invalid(
        'streamSources',
        'the kind of a source must be native or direct',
        (source as { kind: unknown }).kind,
      )
    }
    if (source.kind === 'direct' && !URL.canParse(source.baseURL)) {
      throw invalid('streamSources', 'baseURL must be an address such as https://api.openai.com/v1', source.baseURL)
    }
  }
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
