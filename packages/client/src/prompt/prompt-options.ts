/** What a Prompty file says about the model, as options of a question. */
import type { JsonObject, JsonValue } from '@dapr-chat/protocol'
import { PromptTemplateError } from '../errors.ts'
import type { ChatResponseFormat, GenerateOptions } from '../options.ts'
import { flatten } from '../schema/flatten.ts'
import { isObject } from '../schema/json-object.ts'
import type { ChatToolChoice, ChatToolFunction } from '../tools/chat-tool.ts'
import { type Environment, resolveEnvironment } from './environment-references.ts'
import { propertiesSchema } from './property-schema.ts'

/** The options that a prompt can bring. */
export type PromptOptions = Pick<
  GenerateOptions,
  'component' | 'model' | 'temperature' | 'maxTokens' | 'tools' | 'toolChoice' | 'responseFormat' | 'parameters'
>

/** Prompty's words for parameters, and those of OpenAI's API, in which sidecars take them. */
const names: Readonly<Record<string, string>> = {
  topP: 'top_p',
  topK: 'top_k',
  frequencyPenalty: 'frequency_penalty',
  presencePenalty: 'presence_penalty',
  stopSequences: 'stop',
  allowMultipleToolCalls: 'parallel_tool_calls',
}

/**
 * The options in a front matter, of the present format (`model.id`, `model.options`, `tools`, `outputs`) and the former
 * one (`model.configuration`, `model.parameters`). How the model is reached is the component's matter, so that
 * `connection`, `provider` and `apiType` say nothing here, and whether the answer is streamed is the program's.
 * @throws PromptTemplateError for a parameter of the wrong type, and for a tool that is not a function.
 */
export function readOptions(
  settings: Readonly<Record<string, unknown>>,
  environment: Environment,
  what: string,
): PromptOptions {
  const resolved = (value: unknown) => resolveEnvironment(value, environment, what)
  const model: Readonly<Record<string, unknown>> = isObject(settings.model) ? settings.model : { id: settings.model }
  const configuration = isObject(model.configuration) ? model.configuration : {}
  const id = resolved(model.id)
  const component = configuration.type === 'dapr' ? resolved(configuration.name) : undefined
  const given = resolved(model.options ?? model.parameters)
  if (given !== undefined && given !== null && !isObject(given)) {
    throw new PromptTemplateError(`Cannot read ${what}: the options of the model must be a mapping`)
  }
  const { temperature, tools, tool_choice, response_format, additionalProperties, stream: _, ...others } = given ?? {}
  const { max_tokens, maxTokens, max_completion_tokens, maxOutputTokens, ...rest } = others
  const most = maxOutputTokens ?? maxTokens ?? max_completion_tokens ?? max_tokens
  const format = response_format ?? readOutputs(resolved(settings.outputs), settings.name, what)
  const functions = [...readTools(tools, what), ...readTools(resolved(settings.tools), what)]
  const parameters = {
    ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [names[name] ?? name, value])),
    ...(isObject(additionalProperties) && additionalProperties),
  }
  return {
    ...(typeof component === 'string' && { component }),
    ...(typeof id === 'string' && { model: id }),
    ...(isGiven(temperature) && { temperature: readNumber('temperature', temperature, what) }),
    ...(isGiven(most) && { maxTokens: readNumber('maxOutputTokens', most, what) }),
    ...(functions.length > 0 && { tools: functions }),
    ...(isGiven(tool_choice) && { toolChoice: readToolChoice(tool_choice, what) }),
    // Its type is checked with all other options, when the question is put.
    ...(isGiven(format) && { responseFormat: format as unknown as ChatResponseFormat }),
    ...(Object.keys(parameters).length > 0 && { parameters }),
  }
}

function isGiven(value: JsonValue | undefined): value is Exclude<JsonValue, null> {
  return value !== undefined && value !== null
}

/** Environment variables are text, so text that is a number counts as one. */
function readNumber(name: string, value: JsonValue, what: string): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number === 'number' && Number.isFinite(number)) return number
  throw new PromptTemplateError(`Cannot read ${what}: ${name} must be a number: current value is ${String(value)}`)
}

/** Functions in Prompty's form or in OpenAI's. */
function readTools(tools: unknown, what: string): ChatToolFunction[] {
  if (tools === undefined || tools === null) return []
  if (!Array.isArray(tools)) throw new PromptTemplateError(`Cannot read ${what}: tools must be a list`)
  return tools.map((tool: JsonValue) => {
    const { kind, type, ...described }: JsonObject = isObject(tool) ? tool : {}
    if ((kind ?? type) !== 'function') {
      throw new PromptTemplateError(
        `Cannot read ${what}: the kind of a tool must be function: current value is ${String(kind ?? type)}`,
      )
    }
    const { name, description, strict, parameters } = isObject(described.function) ? described.function : described
    if (typeof name !== 'string') throw new PromptTemplateError(`Cannot read ${what}: every tool must have a name`)
    const schema =
      isObject(parameters) && 'type' in parameters
        ? parameters
        : parameters && propertiesSchema(parameters, `${what}, tool "${name}"`)
    return {
      name,
      ...(typeof description === 'string' && { description }),
      ...(typeof strict === 'boolean' && { strict }),
      ...(isObject(schema) && { parameters: schema }),
    }
  })
}

function readToolChoice(choice: Exclude<JsonValue, null>, what: string): ChatToolChoice {
  if (choice === 'auto' || choice === 'none' || choice === 'required') return choice
  const named = isObject(choice) && isObject(choice.function) ? choice.function.name : undefined
  if (typeof named === 'string') return { tool: named }
  throw new PromptTemplateError(
    `Cannot read ${what}: tool_choice must be auto, none, required or a function: current value is ${JSON.stringify(choice)}`,
  )
}

/** Outputs ask for an answer of that shape, in the present format; in the former they are only a description. */
function readOutputs(outputs: unknown, name: unknown, what: string): JsonObject | undefined {
  const list = Array.isArray(outputs) ? outputs : isObject(outputs) ? Object.values(outputs) : []
  if (!list.some((output) => isObject(output) && 'kind' in output)) return undefined
  const title = typeof name === 'string' ? name.replace(/[^A-Za-z0-9_-]+/g, '_').slice(0, 64) : 'answer'
  const { schema } = flatten(propertiesSchema(outputs as JsonValue, `${what}, outputs`))
  return { type: 'json_schema', json_schema: { name: title, schema } }
}
