/**
 * Parameters of OpenAI's chat API that the other vendors do not know. A caller may send them to any component, so they are
 * neither passed on, which most vendors refuse, nor dropped in silence: what would change the answer is refused, and of
 * a hint that is left out the operator is told.
 */

import { ConversationError, type JsonObject, type JsonValue } from '@dapr-chat/protocol'
import { leftOut } from '../left-out.ts'
import type { ProviderContext } from '../provider.ts'
import { notSupported } from './failure.ts'

interface Foreign {
  /** Values that ask for nothing but what happens anyway. */
  readonly neutral?: readonly JsonValue[]
  /** Whether the answer would be another one without it. */
  readonly refused?: true
}

const foreign: Readonly<Record<string, Foreign>> = {
  audio: { refused: true },
  function_call: { refused: true },
  functions: { refused: true, neutral: [[]] },
  logit_bias: { neutral: [{}] },
  logprobs: { refused: true, neutral: [false] },
  modalities: { refused: true, neutral: [['text']] },
  parallel_tool_calls: { refused: true, neutral: [true] },
  prediction: {},
  prompt_cache_key: {},
  prompt_cache_retention: {},
  safety_identifier: {},
  service_tier: { neutral: ['auto'] },
  store: { neutral: [false] },
  top_logprobs: { refused: true, neutral: [0] },
  user: {},
  verbosity: { neutral: ['medium'] },
  web_search_options: { refused: true },
}

/**
 * The parameters that are the vendor's own.
 * @throws ConversationError `invalid_params` for one of OpenAI's without which the answer would be another one.
 */
export function withoutForeign(parameters: JsonObject, warn: ProviderContext['warn']): JsonObject {
  const own = Object.entries(parameters).filter(([name, value]) => {
    const rule = Object.hasOwn(foreign, name) ? foreign[name] : undefined
    if (!rule) return true
    const given = JSON.stringify(value)
    if (value === null || rule.neutral?.some((neutral) => JSON.stringify(neutral) === given)) return false
    if (rule.refused) throw notSupported(`the parameter "${name}"`)
    leftOut(name, warn)
    return false
  })
  return Object.fromEntries(own)
}

/** The vendor's word for OpenAI's `service_tier`; `undefined` where it has none, of which the operator is told. */
export function readServiceTier(
  value: JsonValue | undefined,
  words: Readonly<Record<string, string>>,
  warn: ProviderContext['warn'],
): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string' && Object.hasOwn(words, value)) return words[value]
  if (value !== 'auto') leftOut('service_tier', warn)
  return undefined
}

/**
 * A parameter that must be a number.
 * @throws ConversationError `invalid_params` where it is something else.
 */
export function readNumber(parameters: JsonObject, name: string): number | undefined {
  const value = parameters[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw wrongParameter(name, 'a number', value)
}

/** The error for a parameter of the wrong kind. */
export function wrongParameter(name: string, must: string, value: JsonValue): ConversationError {
  const shown = JSON.stringify(value).slice(0, 40)
  return new ConversationError('invalid_params', `invalid params: "${name}" must be ${must}: current value is ${shown}`)
}
