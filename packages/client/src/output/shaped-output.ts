/** The one way in which shapes are asked for and read; `shapes.ts` says what each of them is. */
import type { ConversationChoice, JsonObject, JsonValue, Message } from '@dapr-chat/protocol'
import { InvalidRequestError } from '../errors.ts'
import { flatten } from '../schema/flatten.ts'
import { askFor } from './ask.ts'
import { findJson, findPartialJson } from './find-json.ts'
import type { OutputMode, OutputOptions, OutputReading, OutputSpec } from './output-spec.ts'

/** What makes one shape different from another. */
export interface Shape<T> {
  /** The schema of what the model writes; absent for any JSON value. */
  readonly schema: JsonObject | undefined
  /** What the model has to write, in words for it. */
  readonly kind: string
  /** Whether what the model wrote is of that kind. */
  accepts(written: JsonValue): boolean
  /** The part of what the model wrote, or has written so far, that is the value; undefined where it has none. */
  unwrap(written: unknown): unknown
  /** The value, or what is wrong with it. Asked only about what is accepted. */
  check(unwrapped: unknown): Promise<OutputReading<T>>
  /** The value of an answer in bare words, where the shape has one. */
  bare?(text: string): T | undefined
}

/**
 * A shape, ready to be asked for.
 * @throws InvalidRequestError for impossible options, and for a schema that no provider could be given.
 */
export function shapedOutput<T>(shape: Shape<T>, options: OutputOptions): OutputSpec<T> {
  const { name = 'answer', description, maxAttempts = 2, strict } = options
  const mode = readMode(options.mode)
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) throw invalid('name', '1 to 64 letters, digits, "_" or "-"', name)
  if (!(Number.isInteger(maxAttempts) && maxAttempts > 0))
    throw invalid('maxAttempts', 'a whole number above 0', maxAttempts)
  const flat = shape.schema && mode !== 'prompt' ? flatten(shape.schema, { strict: strict ?? false }) : undefined
  const type = flat ? flat.schema.type : (shape.schema?.type ?? 'object')
  if (type !== 'object') {
    throw new InvalidRequestError(
      `Cannot use the schema of an output: it must be that of an object: current type is ${String(type)}: use array or choice`,
    )
  }
  const wire = { name, description, flat: flat?.schema, full: shape.schema, strict }

  const written = ({ text, toolCalls }: ConversationChoice): string =>
    mode === 'tool' ? (toolCalls.find((call) => call.name === name)?.arguments ?? text) : text

  return {
    maxAttempts,
    mode,
    ...(mode === 'tool' && { answerTool: name }),
    ask: (request) => askFor(request, mode, wire),
    partial(choice) {
      return shape.unwrap(findPartialJson(written(choice)))
    },
    async read(choice) {
      const text = written(choice)
      const absent = absence(choice, text, mode)
      if (absent !== undefined) return { issues: [absent] }
      const bare = shape.bare?.(text.trim())
      if (bare !== undefined) return { value: bare }
      const found = findJson(text, shape.accepts)
      if (!found) {
        const cut = choice.finishReason === 'length' ? ', and it was cut off at the most tokens that it may have' : ''
        return { issues: [`the answer must be ${shape.kind}${cut}`] }
      }
      return await shape.check(shape.unwrap(flat ? flat.restore(found.value) : found.value))
    },
    correction: (choice, issues) => correction(choice, issues, mode === 'tool' ? name : undefined),
  }
}

function readMode(mode: OutputOptions['mode'] = 'auto'): OutputMode {
  if (mode === 'auto') return 'schema'
  if (mode === 'schema' || mode === 'tool' || mode === 'prompt') return mode
  throw invalid('mode', 'auto, schema, tool or prompt', mode)
}

/** Why there is nothing to read. */
function absence({ refusal, toolCalls }: ConversationChoice, text: string, mode: OutputMode) {
  if (refusal !== '') return `the model refused to answer: ${refusal}`
  if (text.trim() !== '') return undefined
  const called = toolCalls.map((call) => call.name).join(', ')
  if (called !== '') return `there is no answer: the model called tools instead (${called})`
  return mode === 'tool' ? 'the tool with the answer was not called' : 'the answer is empty'
}

function correction(
  { text, reasoning, reasoningSignature, refusal, toolCalls, finishReason }: ConversationChoice,
  issues: readonly string[],
  answerTool: string | undefined,
): readonly Message[] {
  if (refusal !== '' || finishReason === 'content_filter') return []
  // A call must be answered before anything else is said, and only the answer's own call can be answered here.
  if (toolCalls.some((call) => call.name !== answerTool)) return []
  const wrong = `The answer cannot be used:\n${issues.map((issue) => `- ${issue}`).join('\n')}\nGive the whole answer again, in the form that was asked for.`
  const content = (said: string): Message['content'] => (said === '' ? [] : [{ type: 'text', text: said }])
  const said: Message = {
    role: 'assistant',
    content: content(text),
    toolCalls,
    ...(reasoning !== '' && { reasoning }),
    ...(reasoningSignature !== undefined && { reasoningSignature }),
  }
  if (toolCalls.length > 0) {
    const results = toolCalls.map(
      ({ id, name }): Message => ({ role: 'tool', content: content(wrong), toolCallId: id, name }),
    )
    return [said, ...results]
  }
  return [...(text === '' ? [] : [said]), { role: 'user', content: content(wrong) }]
}

function invalid(option: string, rule: string, value: unknown): InvalidRequestError {
  return new InvalidRequestError(
    `Cannot use option "${option}" of an output: it must be ${rule}: current value is ${String(value)}`,
  )
}
