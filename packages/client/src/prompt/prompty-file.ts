/** Reads Prompty files, in the present format of the front matter and the former one. Called by `Prompt`. */
import { PromptTemplateError } from '../errors.ts'
import { isObject } from '../schema/json-object.ts'
import { type Environment, resolveEnvironment } from './environment-references.ts'
import { splitFrontMatter } from './front-matter.ts'
import { type PromptInput, readInputs } from './inputs.ts'
import { type PromptPart, splitMessages } from './message-template.ts'
import { type PromptOptions, readOptions } from './prompt-options.ts'

/** How a file is read. */
export interface ParseOptions {
  /**
   * What `${env:NAME}` stands for.
   * @default process.env
   */
  readonly environment?: Environment
}

/** What a prompt of the program's own says beside its messages. */
export interface PromptSettings {
  readonly name?: string
  readonly description?: string
  /** Inputs about which more is to be said than that the templates use them. */
  readonly inputs?: readonly PromptInput[]
}

/** All that makes a prompt. */
export interface PromptContent extends PromptSettings {
  readonly parts: readonly PromptPart[]
  readonly options?: PromptOptions
  readonly sample?: Readonly<Record<string, unknown>>
}

/**
 * What a Prompty file says, with its references to the environment resolved.
 * @param what the file, for errors.
 * @throws PromptTemplateError for what cannot be read.
 */
export function readPrompty(
  text: string,
  { environment = globalThis.process?.env ?? {} }: ParseOptions,
  what: string,
): PromptContent {
  const { settings, body } = splitFrontMatter(text, what)
  checkTemplate(settings.template, what)
  const inputs = readInputs(resolveEnvironment(settings.inputs, environment, what), what)
  const histories = new Set(inputs.flatMap(({ name, kind }) => (kind === 'thread' ? [name] : [])))
  const sample = resolveEnvironment(settings.sample, environment, what) ?? {}
  if (!isObject(sample)) {
    throw new PromptTemplateError(`Cannot read ${what}: sample must be a mapping from inputs to values`)
  }
  const declared = new Set(inputs.map(({ name }) => name))
  const sampled = Object.keys(sample).filter((name) => !declared.has(name))
  const { name, description } = settings
  return {
    ...(typeof name === 'string' && { name }),
    ...(typeof description === 'string' && { description }),
    inputs: [...inputs, ...sampled.map((input) => ({ name: input }))],
    parts: splitMessages(body, histories, what),
    options: readOptions(settings, environment, what),
    sample,
  }
}

/** The formats of template and text that are read: Jinja, with Prompty's lines for roles. Both are the default. */
function checkTemplate(template: unknown, what: string): void {
  const { format, type, parser }: Readonly<Record<string, unknown>> = isObject(template)
    ? template
    : { format: template }
  const kinds = [
    [format ?? type, 'jinja2'],
    [parser, 'prompty'],
  ] as const
  for (const [given, known] of kinds) {
    const kind = isObject(given) ? given.kind : given
    if (kind === undefined || kind === null || kind === known) continue
    throw new PromptTemplateError(
      `Cannot read ${what}: its template must be ${known}: current value is ${String(kind)}`,
    )
  }
}
