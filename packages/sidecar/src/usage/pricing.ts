/**
 * What a call cost. The prices are those of `@pydantic/genai-prices` as they were when it was published: nothing is
 * fetched. An operator's own prices win. A price that is not known stays unknown; it is never taken for zero.
 */
import type { Usage } from '@dapr-chat/protocol'
import type { calcPrice, findProvider } from '@pydantic/genai-prices'
import { LRUCache } from 'lru-cache'

/** What a model costs, in US dollars for a million tokens. */
export interface ModelPrice {
  readonly input: number
  readonly output: number
  /** For input that the provider's own cache served; absent means as much as other input. */
  readonly cached?: number
}

/** What of a call its price depends on. */
export interface PricedCall {
  readonly component: {
    /** By OpenTelemetry's names. */
    readonly provider: string
    /** The address of the API, where that is not the vendor's own. */
    readonly endpoint: string | undefined
  }
  readonly askedModel: string | undefined
  readonly answeringModel: string | undefined
  /** Whether our own cache answered. */
  readonly cached: boolean
  readonly usage: Usage | undefined
  /** In milliseconds since 1970: some prices depend on the day, and some on the hour. */
  readonly startedAt: number
}

interface Table {
  readonly calcPrice: typeof calcPrice
  readonly findProvider: typeof findProvider
}

/** A model of the table. */
interface Entry {
  readonly modelPrice: ModelPrice
  /** The length of the input, in tokens, beyond which the prices are others. */
  readonly upTo: number
  /** The exact price, which is slow. */
  exactly(usage: Usage): number | undefined
}

/** The table's names for those who run models. */
const vendors: Readonly<Record<string, string>> = {
  openai: 'openai',
  'azure.ai.openai': 'azure',
  anthropic: 'anthropic',
  'aws.bedrock': 'aws',
  'gcp.gemini': 'google',
  mistral_ai: 'mistral',
  deepseek: 'deepseek',
}

/** Those whose endpoint is always the customer's own. */
const OWN_ENDPOINTS: ReadonlySet<string> = new Set(['azure.ai.openai'])

/** Makes its answers itself. */
const FREE = 'echo'

/** The table is asked again for a model after this time, in milliseconds; asking takes a tenth of a millisecond. */
const ENTRY_MS = 60_000

const MAX_ENTRIES = 1_000

const MILLION = 1_000_000

/** The prices that a sidecar knows. */
export class Pricing {
  readonly #own: ReadonlyMap<string, ModelPrice>
  readonly #entries = new LRUCache<string, { readonly entry: Entry | undefined }>({ max: MAX_ENTRIES, ttl: ENTRY_MS })
  #table: Table | undefined
  #loading: Promise<void> | undefined

  /** @param own the operator's prices, by model. */
  constructor(own: ReadonlyMap<string, ModelPrice> = new Map()) {
    this.#own = own
  }

  /** Loads the table, which is large: only a sidecar with a component that costs something needs it. */
  load(): Promise<void> {
    this.#loading ??= import('@pydantic/genai-prices').then((table) => {
      this.#table = table
      // What was looked up without the table was not found.
      this.#entries.clear()
    })
    return this.#loading
  }

  /** What a call cost in US dollars; nothing where that is not known. */
  cost(call: PricedCall): number | undefined {
    const { cached, usage, component } = call
    if (cached || component.provider === FREE) return 0
    if (!usage) return undefined
    for (const model of [call.answeringModel, call.askedModel]) {
      if (model === undefined) continue
      const own = this.#own.get(model)
      if (own) return linear(own, usage)
      const entry = this.#entryOf(model, call)
      if (!entry) continue
      const { promptTokens, promptAudioTokens = 0, cacheWriteTokens = 0 } = usage
      const unusual = promptTokens > entry.upTo || promptAudioTokens + cacheWriteTokens > 0
      return unusual ? entry.exactly(usage) : linear(entry.modelPrice, usage)
    }
    return undefined
  }

  #entryOf(model: string, { component, startedAt }: PricedCall): Entry | undefined {
    const { provider, endpoint } = component
    const key = `${provider} ${endpoint ?? ''} ${model}`
    const known = this.#entries.get(key)
    if (known) return known.entry
    const entry = this.#lookUp(model, provider, endpoint, startedAt)
    this.#entries.set(key, { entry })
    return entry
  }

  #lookUp(model: string, provider: string, endpoint: string | undefined, startedAt: number): Entry | undefined {
    const table = this.#table
    if (!table) return undefined
    // Whoever runs a server that speaks a vendor's wire has prices of their own.
    const foreign = endpoint !== undefined && !OWN_ENDPOINTS.has(provider)
    const vendor = foreign ? table.findProvider({ providerApiUrl: endpoint })?.id : vendors[provider]
    if (vendor === undefined) return undefined
    const timestamp = new Date(startedAt)
    const price = table.calcPrice({ input_tokens: 0, output_tokens: 0 }, model, { providerId: vendor, timestamp })
    if (!price) return undefined
    const [input, output, cached] = ['input_mtok', 'output_mtok', 'cache_read_mtok'].map((name) => {
      const value = price.model_price[name]
      return typeof value === 'object'
        ? { base: value.base, upTo: Math.min(...value.tiers.map(({ start }) => start)) }
        : { base: value, upTo: Number.POSITIVE_INFINITY }
    })
    if (input?.base === undefined || output?.base === undefined) return undefined
    return {
      modelPrice: {
        input: input.base,
        output: output.base,
        ...(cached?.base !== undefined && { cached: cached.base }),
      },
      upTo: Math.min(input.upTo, output.upTo, cached?.upTo ?? Number.POSITIVE_INFINITY),
      exactly: (usage) => table.calcPrice(inTheirWords(usage), model, { providerId: vendor, timestamp })?.total_price,
    }
  }
}

function linear({ input, output, cached = input }: ModelPrice, usage: Usage): number {
  const { promptTokens, completionTokens } = usage
  const cachedTokens = Math.min(usage.cachedTokens ?? 0, promptTokens)
  const sum = (promptTokens - cachedTokens) * input + cachedTokens * cached + completionTokens * output
  return sum / MILLION
}

/** They refuse counts of parts that are larger than the whole. */
function inTheirWords(usage: Usage) {
  const { promptTokens, completionTokens, cachedTokens = 0, cacheWriteTokens = 0, promptAudioTokens = 0 } = usage
  const cached = Math.min(cachedTokens, promptTokens)
  const written = Math.min(cacheWriteTokens, promptTokens - cached)
  return {
    input_tokens: promptTokens,
    output_tokens: completionTokens,
    cache_read_tokens: cached,
    cache_write_tokens: written,
    input_audio_tokens: Math.min(promptAudioTokens, promptTokens - cached - written),
  }
}
