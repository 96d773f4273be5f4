/**
 * A prompt with places for values: a Prompty file, or messages with `{{variables}}` written in the program. Rendered, it
 * gives the messages for `generate`; a file also brings options.
 */
import { PromptTemplateError } from '../errors.ts'
import type { ChatMessage } from '../message.ts'
import { checkValue, type PromptInput } from './inputs.ts'
import { type CompiledPart, compile, type PromptPart, partVariables } from './message-template.ts'
import type { PromptOptions } from './prompt-options.ts'
import { type ParseOptions, type PromptContent, type PromptSettings, readPrompty } from './prompty-file.ts'
import { readTextFile } from './read-text-file.ts'

/** How a prompt is rendered. */
export interface RenderOptions {
  /**
   * Called for each input that must be given and is not; what it returns stands in for it, and nothing is nothing.
   * Without it, rendering fails.
   */
  readonly onMissing?: (name: string) => unknown
}

/** A prompt, read and checked once and rendered as often as wanted. */
export class Prompt {
  readonly name: string | undefined
  readonly description: string | undefined
  /** What it wants, declared or used by a template. */
  readonly inputs: readonly PromptInput[]
  /** The options that it brings, for the second argument of `generate`. */
  readonly options: PromptOptions
  /** Values to try it with, as `prompt.render(prompt.sample)`; never used otherwise. */
  readonly sample: Readonly<Record<string, unknown>>
  readonly #parts: readonly CompiledPart[]
  /** What the templates use and do not cope without. */
  readonly #wanted: ReadonlySet<string>

  private constructor(
    { name, description, inputs = [], parts, options = {}, sample = {} }: PromptContent,
    what: string,
  ) {
    this.name = name
    this.description = description
    this.options = options
    this.#parts = parts.map((part) => compile(part, what))
    const variables = this.#parts.flatMap(partVariables)
    const used = new Set(variables.flatMap((one) => [...one.used]))
    const optional = new Set(variables.flatMap((one) => [...one.optional]))
    this.#wanted = new Set([...used].filter((one) => !optional.has(one)))
    const histories = this.#parts.flatMap((part) => ('history' in part ? [part.history] : []))
    this.inputs = declare(inputs, used, histories)
    for (const { name: input, kind } of this.inputs) {
      if (kind !== 'thread' || !used.has(input)) continue
      throw new PromptTemplateError(
        `Cannot read ${what}: {{${input}}} holds messages: it must stand on a line of its own`,
      )
    }
    const samples = this.inputs.flatMap((input) =>
      input.sample === undefined ? [] : [[input.name, input.sample] as const],
    )
    this.sample = { ...Object.fromEntries(samples), ...sample }
  }

  /**
   * The prompt in the text of a Prompty file, in the present format or the former one.
   * @throws PromptTemplateError for what cannot be read.
   */
  static parse(text: string, options: ParseOptions = {}): Prompt {
    return new Prompt(readPrompty(text, options, 'the prompt'), 'the prompt')
  }

  /**
   * The prompt in a Prompty file. Needs a file system.
   * @throws PromptTemplateError for what cannot be read.
   */
  static async load(path: string | URL, options: ParseOptions = {}): Promise<Prompt> {
    const what = `the prompt ${path}`
    return new Prompt(readPrompty(await readTextFile(path), options, what), what)
  }

  /**
   * A prompt written in the program; text alone is what the user says.
   * @throws PromptTemplateError for a template that is not valid.
   */
  static from(template: string | readonly PromptPart[], settings: PromptSettings = {}): Prompt {
    const parts = typeof template === 'string' ? [{ role: 'user' as const, content: template }] : template
    return new Prompt({ ...settings, parts }, 'the prompt')
  }

  /**
   * The messages, with the values in their places. Values are text to the model and never templates or roles.
   * @throws PromptTemplateError for a value that no input wants, one that is missing, and one of the wrong kind.
   */
  render(values: Readonly<Record<string, unknown>> = {}, { onMissing }: RenderOptions = {}): ChatMessage[] {
    const what = this.name === undefined ? 'the prompt' : `the prompt "${this.name}"`
    const unknown = Object.keys(values).filter((name) => !this.inputs.some((input) => input.name === name))
    if (unknown.length > 0) {
      throw new PromptTemplateError(
        `Cannot render ${what}: it has no input ${unknown.map((name) => `"${name}"`).join(', ')}: the inputs are ${this.inputs.map(({ name }) => name).join(', ') || 'none'}`,
      )
    }
    const ready = new Map<string, unknown>()
    const missing: string[] = []
    for (const input of this.inputs) {
      const given = Object.hasOwn(values, input.name) ? values[input.name] : undefined
      const value = given ?? input.default ?? (this.#wants(input) ? onMissing?.(input.name) : undefined)
      if (value !== undefined) {
        checkValue(input, value, what)
        ready.set(input.name, value)
      } else if (this.#wants(input) && !onMissing) missing.push(input.name)
    }
    if (missing.length > 0) {
      throw new PromptTemplateError(
        `Cannot render ${what}: input ${missing.map((name) => `"${name}"`).join(', ')} must be given, or be declared with a default or with required: false`,
      )
    }
    return this.#parts.flatMap((part) => renderPart(part, ready, what))
  }

  #wants({ name, required }: PromptInput): boolean {
    return required ?? this.#wanted.has(name)
  }
}

/** The inputs that were declared and those that the templates use beside them. */
function declare(
  inputs: readonly PromptInput[],
  used: ReadonlySet<string>,
  histories: readonly string[],
): PromptInput[] {
  const declared = new Map(inputs.map((input) => [input.name, input]))
  for (const name of used) if (!declared.has(name)) declared.set(name, { name })
  for (const name of histories) declared.set(name, { ...declared.get(name), name, kind: 'thread' })
  return [...declared.values()]
}

function renderPart(part: CompiledPart, values: ReadonlyMap<string, unknown>, what: string): ChatMessage[] {
  if ('history' in part) return [...((values.get(part.history) ?? []) as readonly ChatMessage[])]
  const { role, content, name } = part
  const items = Object.fromEntries(values)
  try {
    return [{ role, content: content.render(items), ...(name && { name: name.render(items) }) }]
  } catch (cause) {
    throw new PromptTemplateError(`Cannot render ${what}: its ${role} message fails: ${(cause as Error).message}`, {
      cause,
    })
  }
}
