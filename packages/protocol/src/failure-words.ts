/**
 * What kind of failure a provider means by its words and its status: the one place where such text is understood. The
 * OpenAI wire asks here about bodies, Dapr's about the texts that a stock daprd passes on.
 */
import type { ErrorCode } from './error.ts'

/** From the narrow word to the wide one: the first that fits tells. All are matched against lower case. */
const patterns: readonly (readonly [ErrorCode, RegExp])[] = [
  [
    'context_length',
    /context_length|context length|maximum context|context window|prompt is too long|input is too long|input token count|max_new_tokens. must be <=/,
  ],
  [
    'content_filter',
    /content_filter|content filter|content management policy|responsibleai|content_policy|safety system|content exists risk/,
  ],
  // Google names its quota where it means the rate of requests, and says so in this way.
  ['rate_limit', /resource has been exhausted/],
  [
    'quota',
    /insufficient_quota|insufficient (balance|credit|funds)|exceeded your current quota|billing|credit balance|servicequotaexceeded/,
  ],
  ['rate_limit', /rate.?limit|too many requests|resource_exhausted|throttl/],
  [
    'auth',
    /invalid.{0,10}api.?key|incorrect api key|api key (not (valid|found)|expired)|api_key_invalid|authentication|unauthori[sz]ed|permission_(denied|error)|accessdenied|unrecognizedclient|security token/,
  ],
]

/** What is known of a failure. */
export interface FailureWords {
  /** The provider's HTTP status, where it is known. */
  readonly status: number | undefined
  /** Its codes, types and messages. */
  readonly text: string
  /** Whether it said when to come back. */
  readonly hasRetryHint?: boolean
}

/** The kind of a provider's failure. */
export function codeOfFailure({ status, text, hasRetryHint = false }: FailureWords): ErrorCode {
  const haystack = text.toLowerCase()
  const named = patterns.find(([, pattern]) => pattern.test(haystack))?.[0]
  // A quota that says when to come back is a rate limit by another name.
  if (named === 'quota' && hasRetryHint) return 'rate_limit'
  if (named !== undefined) return named
  if (status === 401 || status === 403) return 'auth'
  if (status === 402) return 'quota'
  if (status === 429) return 'rate_limit'
  // 424 is what Bedrock says when the model itself has failed.
  if (status !== undefined && status !== 408 && status !== 424 && status < 500) return 'provider_invalid_request'
  return /invalid_request|invalid_argument|bad_request|validationexception/.test(haystack)
    ? 'provider_invalid_request'
    : 'unavailable'
}

const named = /(?:status(?: ?code)?|error|http)[\s:=(]*([45]\d\d)\b/i
const alone = /(?:^|[\s(])([45]\d\d)(?=$|[\s:,;.)])(?!\s*(?:ms|s|seconds|tokens|characters)\b)/

/**
 * The HTTP status that a text tells of, in the ways in which the Go libraries of daprd's components write it: "status
 * code: 429", "StatusCode: 403", "googleapi: Error 429:", "HTTP Error 401", "HTTP 503", or "401" or "failed to …: 429"
 * on its own.
 */
export function statusInText(text: string): number | undefined {
  const [, said] = named.exec(text) ?? alone.exec(text) ?? []
  return said === undefined ? undefined : Number(said)
}
