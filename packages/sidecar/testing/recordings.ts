/**
 * Answers that vendors really sent, each with what an independent reader made of it, in one vocabulary whatever the
 * vendor calls things. The recordings are no part of the project: `DAPR_CHAT_FIXTURES` names their folder, and where there
 * is none the tests that read them say so.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ErrorCode, FinishReason } from '@dapr-chat/protocol'
import type { NetworkContract } from './contract/contract.ts'
import { contracts } from './contracts/index.ts'

/** The folders of recordings, each with the provider that reads them. */
export const recordedVendors = {
  openai: contracts.openai,
  azure: contracts.openai,
  compat: contracts.openai,
  anthropic: contracts.anthropic,
  google: contracts.googleai,
  mistral: contracts.mistral,
  deepseek: contracts.deepseek,
  huggingface: contracts.huggingface,
  ollama: contracts.ollama,
  bedrock: contracts.bedrock,
} as const satisfies Readonly<Record<string, NetworkContract>>

/** A folder of recordings. */
export type RecordedVendor = keyof typeof recordedVendors

/** One recorded answer. */
export interface Recording {
  readonly vendor: RecordedVendor
  /** `FOLDER/FILE`. */
  readonly name: string
  /** What to serve it with. */
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly expected: RecordedAnswer
}

/** What a correct reader makes of a recording. */
export interface RecordedAnswer {
  readonly text: string
  readonly reasoning: string
  readonly refusal: string
  readonly toolCalls: readonly RecordedCall[]
  /** Null where the answer fails before it is over. */
  readonly finishReason: FinishReason | null
  /** The vendor's word for it, where it differs; otherwise null. */
  readonly rawFinishReason: string | null
  /** Prompt, completion and total tokens, the cached and the thinking ones among them. */
  readonly usage: readonly number[] | null
  readonly error?: RecordedError
}

/** How an answer failed. */
export interface RecordedError {
  readonly message: string
  readonly code: ErrorCode
  /** How long the vendor asks to wait, in milliseconds, where it says so in the body. */
  readonly retryAfterMs?: number
}

/** A tool call as recorded. */
export interface RecordedCall {
  /** Null where the vendor gives none. */
  readonly id: string | null
  readonly name: string
  /** JSON text as the vendor wrote it, or ours where its wire has an object; an empty one where it gave nothing. */
  readonly args: string
}

/** Where the recordings are. */
export const recordingsFolder: string =
  process.env.DAPR_CHAT_FIXTURES ?? fileURLToPath(new URL('../../../../shared/fixtures', import.meta.url))

/** The recordings of these folders, all by default; none where there is no such folder. */
export function readRecordings(
  vendors: readonly RecordedVendor[] = Object.keys(recordedVendors) as RecordedVendor[],
): Recording[] {
  return vendors
    .filter((vendor) => existsSync(join(recordingsFolder, vendor)))
    .flatMap((vendor) => {
      const files = readdirSync(join(recordingsFolder, vendor))
      return files.filter((file) => !file.endsWith('.expected.json')).map((file) => readRecording(vendor, file))
    })
}

/** `FILE.expected.json`, in the vendor's words. */
interface Expectation {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  readonly reasoning: string
  readonly refusal: string
  readonly toolCalls: readonly RecordedCall[]
  readonly finishReason: string | null
  readonly usage: Readonly<Record<string, number>> | null
  readonly errors: readonly Report[]
}

interface Report {
  readonly message?: string
  readonly error?: { readonly message: string; readonly details?: readonly { readonly retryDelay?: string }[] }
  readonly status_code?: number
}

function readRecording(vendor: RecordedVendor, file: string): Recording {
  const path = join(recordingsFolder, vendor, file)
  const expectation: Expectation = JSON.parse(readFileSync(path.replace(/\.\w+$/, '.expected.json'), 'utf8'))
  const { status, headers, text, reasoning, refusal, toolCalls, finishReason, usage, errors } = expectation
  const reason = finishReason === null ? null : (reasons[finishReason.toLowerCase()] ?? 'unknown')
  const fitting = reason === 'stop' && toolCalls.length > 0 ? 'tool_calls' : reason
  const [report] = errors
  return {
    vendor,
    name: `${vendor}/${file}`,
    status,
    headers,
    body: readFileSync(path),
    expected: {
      text,
      reasoning,
      refusal,
      toolCalls: toolCalls.map((call) => ({ ...call, args: argumentsOf(call, vendor, file) })),
      finishReason: fitting,
      rawFinishReason: fitting === finishReason ? null : finishReason,
      usage: usage && tokensOf(usage),
      ...(report && { error: errorOf(report, status) }),
    },
  }
}

function argumentsOf({ args }: RecordedCall, vendor: RecordedVendor, file: string): string {
  const isWhole = file.endsWith('.json') && (vendor === 'anthropic' || vendor === 'bedrock')
  return vendor === 'google' || isWhole ? JSON.stringify(JSON.parse(args || '{}')) : args || '{}'
}

/** The vendors' words in lower case, by what they mean. */
const reasons: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  end_turn: 'stop',
  length: 'length',
  max_tokens: 'length',
  tool_calls: 'tool_calls',
  tool_use: 'tool_calls',
}

function errorOf({ error, message, status_code }: Report, status: number): RecordedError {
  const codes: Readonly<Record<number, ErrorCode>> = { 401: 'auth', 403: 'auth', 429: 'rate_limit' }
  const said = status_code ?? status
  const code = codes[said] ?? (said < 500 ? 'provider_invalid_request' : 'unavailable')
  const delay = Number.parseFloat(error?.details?.find(({ retryDelay }) => retryDelay)?.retryDelay ?? '')
  return { message: error?.message ?? message ?? '', code, ...(delay >= 0 && { retryAfterMs: delay * 1_000 }) }
}

function tokensOf(counts: Readonly<Record<string, number>>): readonly number[] {
  const first = (...names: readonly string[]) => counts[names.find((name) => name in counts) ?? ''] ?? 0
  const cached = first('cache_read_input_tokens') + first('cache_creation_input_tokens')
  const prompt = first('prompt_tokens', 'input_tokens', 'promptTokenCount', 'inputTokens') + cached
  const answer = first('completion_tokens', 'output_tokens', 'candidatesTokenCount', 'outputTokens')
  const completion = answer + first('thoughtsTokenCount')
  return [prompt, completion, prompt + completion]
}
