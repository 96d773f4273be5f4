/**
 * Failures, both ways: what providers of any wire report in a status and a body or in the middle of a stream, and the
 * body that our own OpenAI-compatible routes answer with.
 */
import { ConversationError, type ErrorCode, errorCodes, errorRow } from '../error.ts'
import { codeOfFailure } from '../failure-words.ts'
import { requestIdIn } from '../request-id.ts'
import { asFields, asList, asNumber, asText, type Fields } from './lenient.ts'

/** The body of a failed call, as the `openai` packages read it. */
export interface ChatErrorBody {
  error: { message: string; type: string; param: string | null; code: string | null }
}

/** The body for a failure. */
export function writeChatError(error: ConversationError): ChatErrorBody {
  const { openaiType, openaiCode } = errorRow(error.code)
  return { error: { message: error.message, type: openaiType, param: null, code: openaiCode } }
}

/** What a provider answered instead of a completion. */
export interface ProviderFailure {
  readonly status: number
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** The longest text of a provider that is passed on, in UTF-16 code units. */
const MAX_MESSAGE_CHARS = 2_000

/**
 * Failures of a provider by their name on this wire, so that they keep their kind on the way through another sidecar.
 * What that sidecar, or a provider with the same words, says about its caller is about us, and not about ours.
 */
const ownCodes = new Map<string, ErrorCode>(
  errorCodes.flatMap((code) => {
    const { dapr, openaiCode } = errorRow(code)
    return openaiCode !== null && dapr === 'ERR_CONVERSATION_INVOKE' ? [[openaiCode, code]] : []
  }),
)

/** A typed error from an HTTP answer that is none of success. */
export function readChatError(failure: ProviderFailure): ConversationError {
  const { status } = failure
  const body = parse(failure.body)
  const report = body === undefined ? undefined : named(reportOf(body), failure.headers)
  const text = report?.message ?? (body === undefined ? plainText(failure.body) : '')
  const retryAfterMs = retryHint(failure.headers, report)
  const message = clean(`API returned unexpected status code: ${status}${text === '' ? '' : `: ${text}`}`)
  return new ConversationError(classify(status, report, text, retryAfterMs !== undefined), message, {
    status,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...requestIdIn((name) => textOf(failure.headers[name])),
  })
}

/** A typed error from a report in the middle of a stream, or in a body with status 200. */
export function providerError(body: Fields): ConversationError {
  const report = reportOf(body)
  const retryAfterMs = retryHint({}, report)
  const code = classify(report.status, report, report.message, retryAfterMs !== undefined)
  const message = report.message === '' ? 'the provider reported an error without a message' : report.message
  return new ConversationError(code, clean(message), {
    ...(report.status !== undefined && { status: report.status }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  })
}

interface Report {
  readonly message: string
  readonly type: string
  readonly code: string
  readonly status: number | undefined
  readonly fields: Fields
}

function parse(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text)
    // Google wraps the one object in a list.
    return asFields(value) ?? asFields(asList(value)[0])
  } catch {
    return undefined
  }
}

/** AWS names the error in a header, followed by an address: `ThrottlingException:http://…`. */
function named(report: Report, headers: ProviderFailure['headers']): Report {
  const name = headers['x-amzn-errortype']
  return report.type === '' && typeof name === 'string' ? { ...report, type: name.split(':', 1)[0] ?? '' } : report
}

function reportOf(body: Fields): Report {
  const fields = asFields(body.error) ?? body
  const { code } = fields
  const numeric = [asNumber(fields.status_code), asNumber(code), asNumber(Number(asText(code)))]
  return {
    message: asText(body.error) ?? asText(fields.message) ?? asText(fields.Message) ?? detailOf(fields) ?? '',
    type: asText(fields.type) ?? asText(fields.status) ?? '',
    code: asText(code) ?? '',
    status: numeric.find((value) => value !== undefined && value >= 400 && value < 600),
    fields,
  }
}

/** FastAPI's servers, Mistral's among them, put a text or a list of complaints here, some of them inside `message`. */
function detailOf(fields: Fields): string | undefined {
  const detail = fields.detail ?? asFields(fields.message)?.detail
  return asText(detail) ?? asText(asFields(asList(detail)[0])?.msg)
}

/** A page of HTML says nothing to a caller; a line of plain text may. */
function plainText(body: string): string {
  const text = body.trim()
  return text.startsWith('<') ? '' : text
}

function classify(
  status: number | undefined,
  report: Report | undefined,
  text: string,
  hasRetryHint: boolean,
): ErrorCode {
  const own = report && ownCodes.get(report.code)
  if (own !== undefined) return own
  return codeOfFailure({ status, text: `${report?.code} ${report?.type} ${text}`, hasRetryHint })
}

/** How long to wait, from whichever place the vendor puts it, in milliseconds. */
function retryHint(headers: ProviderFailure['headers'], report: Report | undefined): number | undefined {
  const header = (name: string) => textOf(headers[name])
  const ms = Number(header('retry-after-ms') ?? Number.NaN)
  if (ms >= 0) return ms
  const after = header('retry-after')
  if (after !== undefined) return secondsOrDate(after)
  // Google: a RetryInfo among the details. OpenRouter: the moment of the reset, in milliseconds since 1970.
  for (const detail of asList(report?.fields.details)) {
    const delay = asText(asFields(detail)?.retryDelay)
    if (delay !== undefined && /^[\d.]+s$/.test(delay)) return Math.round(Number.parseFloat(delay) * 1_000)
  }
  const nested = asFields(asFields(report?.fields.metadata)?.headers)
  const reset = Number(header('x-ratelimit-reset') ?? asText(nested?.['X-RateLimit-Reset']) ?? Number.NaN)
  return reset > 1e12 ? Math.max(0, Math.round(reset - Date.now())) : undefined
}

function textOf(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0]
}

function secondsOrDate(value: string): number | undefined {
  const seconds = Number(value)
  if (seconds >= 0) return Math.round(seconds * 1_000)
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}

/** Providers quote the key that they refuse. No key leaves, not even half of one. */
function clean(message: string): string {
  const safe = message
    .replace(/\b(Bearer\s+|api[_-]?key[=:]\s*)[^\s"',;]{4,}/gi, '$1***')
    // With a digit or an asterisk in it: names of parameters have neither.
    .replace(/\b((sk|pk|rk|gsk|xai|hf|key)[-_](?=[\w*.-]*[\d*])|AIza)[\w*.-]{12,}/g, '***')
  if (safe.length <= MAX_MESSAGE_CHARS) return safe.toWellFormed()
  // The limit may fall between the halves of a character.
  const end = safe.slice(0, MAX_MESSAGE_CHARS).replace(/[\ud800-\udbff]$/, '')
  return `${end.toWellFormed()}…`
}
