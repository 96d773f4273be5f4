/**
 * The options of a question by name and text: `-o temperature 0.2` of `ask` and `chat`, `/set temperature 0.2` in a chat.
 * The names are the client's own, which may be written as in OpenAI's requests (`max_tokens` for `maxTokens`).
 */
import type { GenerateOptions } from '@dapr-chat/client'
import { nearest } from '@dapr-chat/sidecar/nearest'
import { ExitError, exitCodes } from '../exit-code.ts'

type JsonValue = NonNullable<GenerateOptions['parameters']>[string]

interface Setting {
  /** What it does and what it may be, for the list. */
  readonly meaning: string
  /** The option, or nothing where the text is no such value. */
  read(text: string): GenerateOptions | undefined
}

const settings = {
  temperature: {
    meaning: 'how freely the model chooses its words, such as 0.2',
    read: (text) => ifNumber(text, (temperature) => ({ temperature })),
  },
  max_tokens: {
    meaning: 'the most tokens that an answer may have',
    read: (text) => ifCount(text, (maxTokens) => ({ maxTokens })),
  },
  timeout_ms: {
    meaning: 'how long an answer may take, in milliseconds',
    read: (text) => ifCount(text, (timeoutMs) => ({ timeoutMs })),
  },
  streaming: {
    meaning: 'auto, require or off',
    read: (text) => ifOneOf(text, ['auto', 'require', 'off'], (streaming) => ({ streaming })),
  },
  scrub_pii: {
    meaning: 'true, false, input or output: takes personal data out',
    read: (text) =>
      ifOneOf(text, ['true', 'false', 'input', 'output'], (where) => ({
        scrubPii: { input: where === 'true' || where === 'input', output: where === 'true' || where === 'output' },
      })),
  },
  max_steps: {
    meaning: 'how often the model is asked at most while it calls tools',
    read: (text) => ifCount(text, (maxSteps) => ({ maxSteps })),
  },
  tool_choice: {
    meaning: 'auto, none, required, or the name of a tool',
    read: (text) =>
      text === 'auto' || text === 'none' || text === 'required' ? { toolChoice: text } : { toolChoice: { tool: text } },
  },
  tool_execution: {
    meaning: 'parallel or sequential',
    read: (text) => ifOneOf(text, ['parallel', 'sequential'], (toolExecution) => ({ toolExecution })),
  },
  prompt_cache_retention_ms: {
    meaning: 'how long the provider should keep the prompt in its cache, in milliseconds',
    read: (text) => ifCount(text, (promptCacheRetentionMs) => ({ promptCacheRetentionMs })),
  },
  on_unsupported: {
    meaning: 'throw or warn, where the runtime does not carry something',
    read: (text) => ifOneOf(text, ['throw', 'warn'], (onUnsupported) => ({ onUnsupported })),
  },
} as const satisfies Readonly<Record<string, Setting>>

/** Begins the name of an option that goes to the provider as it is. */
const PARAMETER = 'parameters.'

/** The names of the options, with what each is. */
export const settingRows: readonly (readonly [string, string])[] = [
  ...Object.entries(settings).map(([name, { meaning }]) => [name, meaning] as const),
  [`${PARAMETER}NAME`, "a parameter in the provider's own words, such as parameters.top_p"],
]

/** Options that were set, by name; each can be taken back. */
export class QuestionOptions {
  readonly #given = new Map<string, { readonly text: string; readonly options: GenerateOptions }>()

  /**
   * Sets an option.
   * @returns its name, as it is listed.
   * @throws ExitError for a name that does not exist and for text that is no value of it.
   */
  set(given: string, text: string): string {
    const name = listedName(given)
    this.#given.set(name, { text, options: readSetting(name, text) })
    return name
  }

  /** Takes an option back; `false` where it was not set. */
  unset(given: string): boolean {
    return this.#given.delete(listedName(given))
  }

  /** What is set, as it was written. */
  get entries(): readonly (readonly [string, string])[] {
    return [...this.#given].map(([name, { text }]) => [name, text] as const)
  }

  /** What is set, for the client. */
  get options(): GenerateOptions {
    const all = [...this.#given.values()].map(({ options }) => options)
    const parameters = Object.assign({}, ...all.map((options) => options.parameters ?? {}))
    return Object.assign({}, ...all, Object.keys(parameters).length > 0 && { parameters })
  }
}

/**
 * The options of a command line, `NAME=VALUE` each.
 * @throws ExitError for a name that does not exist and for text that is no value of it.
 */
export function readOptions(pairs: readonly string[] = []): QuestionOptions {
  const options = new QuestionOptions()
  for (const pair of pairs) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(pair) ?? []
    if (name === undefined || value === undefined) {
      throw wrong(
        `Cannot read --option: it must be a name and a value, as in temperature 0.2: current value is "${pair}"`,
      )
    }
    options.set(name, value)
  }
  return options
}

function readSetting(name: string, text: string): GenerateOptions {
  if (name.startsWith(PARAMETER)) return { parameters: { [name.slice(PARAMETER.length)]: jsonOrText(text) } }
  const setting: Setting | undefined = Object.hasOwn(settings, name)
    ? settings[name as keyof typeof settings]
    : undefined
  if (!setting) {
    const names = Object.keys(settings)
    const meant = nearest(name, names)
    throw wrong(
      `Unknown option "${name}": ${meant === undefined ? `it must be one of ${names.join(', ')}` : `did you mean ${meant}?`} A parameter of the provider is written ${PARAMETER}${name}`,
    )
  }
  const options = setting.read(text)
  if (options) return options
  throw wrong(`Cannot set ${name}: it must be ${setting.meaning}: current value is "${text}"`)
}

/** `maxTokens` is listed as `max_tokens`; a provider's own names stay as they are. */
function listedName(given: string): string {
  if (given.startsWith(PARAMETER)) return given
  return given.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replaceAll('-', '_')
}

function jsonOrText(text: string): JsonValue {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function ifNumber(text: string, options: (value: number) => GenerateOptions): GenerateOptions | undefined {
  return text.trim() !== '' && Number.isFinite(Number(text)) ? options(Number(text)) : undefined
}

function ifCount(text: string, options: (value: number) => GenerateOptions): GenerateOptions | undefined {
  return /^[1-9]\d{0,8}$/.test(text) ? options(Number(text)) : undefined
}

function ifOneOf<const T extends string>(
  text: string,
  words: readonly T[],
  options: (word: T) => GenerateOptions,
): GenerateOptions | undefined {
  const word = words.find((known) => known === text)
  return word === undefined ? undefined : options(word)
}

function wrong(message: string): ExitError {
  return new ExitError(exitCodes.usage, message)
}
