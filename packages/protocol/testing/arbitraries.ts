/**
 * Arbitrary conversations for property tests: requests, whole answers and streams of events that keep the rules of the
 * vocabulary. Every wire's round-trip tests draw from here.
 */
import type {
  ContentPart,
  ConversationChoice,
  ConversationEvent,
  ConversationRequest,
  ConversationResult,
  FinishReason,
  JsonObject,
  JsonValue,
  MediaSource,
  Message,
  ToolCall,
  ToolDefinition,
  Usage,
} from '@dapr-chat/protocol'
import fc from 'fast-check'

/** fast-check makes some objects without a prototype, which a comparison takes for different. */
function plain<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return arbitrary.map((value) => structuredClone(value))
}

/** Well-formed text of any script. */
export const text: fc.Arbitrary<string> = fc.string({ unit: 'grapheme' })

const word = text.filter((value) => value !== '')

const finishReason = fc.constantFrom<FinishReason[]>('stop', 'length', 'tool_calls', 'content_filter', 'unknown')

/** JSON without -0, which no wire keeps. */
const json: fc.Arbitrary<JsonValue> = fc
  .jsonValue({ maxDepth: 3 })
  .map((value): JsonValue => JSON.parse(JSON.stringify(value)))

const jsonObject: fc.Arbitrary<JsonObject> = fc.dictionary(fc.string(), json)

const source: fc.Arbitrary<MediaSource> = fc.oneof(
  fc.record({ url: fc.webUrl(), mediaType: fc.constant('image/png') }, { requiredKeys: ['url'] }),
  fc.record({ data: fc.uint8Array({ minLength: 1 }), mediaType: fc.constant('audio/wav') }),
)

const part: fc.Arbitrary<ContentPart> = fc.oneof(
  fc.record({ type: fc.constant('text' as const), text }),
  fc.record(
    {
      type: fc.constant('image' as const),
      source,
      detail: fc.constantFrom<('auto' | 'low' | 'high')[]>('auto', 'low', 'high'),
    },
    { requiredKeys: ['type', 'source'] },
  ),
  fc.record({ type: fc.constant('audio' as const), source }),
  fc.record({ type: fc.constant('file' as const), source, filename: word }, { requiredKeys: ['type', 'source'] }),
)

const content = fc.array(part, { maxLength: 3 })

const toolCall: fc.Arbitrary<ToolCall> = fc.record(
  { id: text, name: text, arguments: text, signature: word },
  { requiredKeys: ['id', 'name', 'arguments'] },
)

const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record(
    { role: fc.constantFrom<('system' | 'developer' | 'user')[]>('system', 'developer', 'user'), content, name: word },
    { requiredKeys: ['role', 'content'] },
  ),
  fc.record(
    {
      role: fc.constant('assistant' as const),
      content,
      toolCalls: fc.array(toolCall, { maxLength: 3 }),
      name: word,
      reasoning: word,
      reasoningSignature: word,
      refusal: word,
    },
    { requiredKeys: ['role', 'content', 'toolCalls'] },
  ),
  fc.record({ role: fc.constant('tool' as const), content, toolCallId: text, name: text }),
)

const tool: fc.Arbitrary<ToolDefinition> = fc.record(
  { name: word, description: word, parameters: jsonObject, strict: fc.boolean() },
  { requiredKeys: ['name'] },
)

const anyRequest = fc
  .record(
    {
      messages: fc.array(message, { maxLength: 4 }),
      contextId: word,
      model: word,
      temperature: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
      maxTokens: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      tools: fc.array(tool, { minLength: 1, maxLength: 3 }),
      marks: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
      output: fc.boolean(),
      choice: fc.constantFrom('auto', 'none', 'required', 'first'),
      responseFormat: fc.oneof(
        fc.constant({ type: 'json_object' as const }),
        fc.record(
          {
            type: fc.constant('json_schema' as const),
            name: word,
            schema: fc.dictionary(fc.string({ minLength: 12 }), json).map((more) => ({ type: 'object', ...more })),
            description: text,
            strict: fc.boolean(),
          },
          { requiredKeys: ['type', 'name', 'schema'] },
        ),
      ),
      promptCacheRetentionMs: fc.nat(),
      parameters: fc.dictionary(word, json, { minKeys: 1 }),
      metadata: fc.dictionary(text, text, { minKeys: 1 }),
    },
    { requiredKeys: ['messages', 'marks', 'output'] },
  )
  .map(({ choice, marks, output, ...given }) => {
    const marked = [...given.messages.keys()].filter((index) => marks[index])
    const rest = { ...given, ...((output || marked.length > 0) && { scrub: { messages: marked, output } }) }
    const first = rest.tools?.[0]?.name
    if (choice === undefined || first === undefined) return rest
    return { ...rest, toolChoice: choice === 'first' && !isKeyword(first) ? { name: first } : keyword(choice) }
  })

/** Any request. A schema of a response format has a type, and none of the names that alpha2 gives another meaning. */
export const request: fc.Arbitrary<ConversationRequest> = plain(anyRequest)

function isKeyword(name: string): boolean {
  return name === 'auto' || name === 'none' || name === 'required'
}

function keyword(choice: string): 'auto' | 'none' | 'required' {
  return choice === 'none' || choice === 'required' ? choice : 'auto'
}

/** Any token counts. Details are above zero: Dapr's wire cannot tell zero from absent. */
export const usage: fc.Arbitrary<Usage> = plain(
  fc.record(
    {
      promptTokens: fc.nat(),
      completionTokens: fc.nat(),
      totalTokens: fc.nat(),
      cachedTokens: fc.integer({ min: 1 }),
      promptAudioTokens: fc.integer({ min: 1 }),
      reasoningTokens: fc.integer({ min: 1 }),
      completionAudioTokens: fc.integer({ min: 1 }),
      acceptedPredictionTokens: fc.integer({ min: 1 }),
      rejectedPredictionTokens: fc.integer({ min: 1 }),
    },
    { requiredKeys: ['promptTokens', 'completionTokens', 'totalTokens'] },
  ),
)

const choice: fc.Arbitrary<Omit<ConversationChoice, 'index'>> = fc.record(
  {
    text,
    reasoning: text,
    reasoningSignature: word,
    refusal: text,
    toolCalls: fc.array(toolCall, { maxLength: 3 }),
    finishReason,
    rawFinishReason: word,
  },
  { requiredKeys: ['text', 'reasoning', 'refusal', 'toolCalls', 'finishReason'] },
)

/** Any whole answer, without the provider's id. */
export const result: fc.Arbitrary<ConversationResult> = plain(
  fc.record(
    {
      choices: fc
        .array(choice, { minLength: 1, maxLength: 3 })
        .map((choices) => choices.map((choice, index) => ({ index, ...choice }))),
      model: word,
      usage,
    },
    { requiredKeys: ['choices'] },
  ),
)

type Step =
  | { readonly type: 'text-delta' | 'refusal-delta'; readonly text: string }
  | { readonly type: 'reasoning-delta'; readonly text: string; readonly signature?: string }
  | {
      readonly type: 'call'
      readonly start: { readonly id: string; readonly name: string; readonly signature?: string }
      readonly deltas: readonly string[]
      /** Where the start has none. */
      readonly lateSignature?: string
    }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ type: fc.constantFrom<('text-delta' | 'refusal-delta')[]>('text-delta', 'refusal-delta'), text }),
  fc.record(
    { type: fc.constant('reasoning-delta' as const), text, signature: word },
    { requiredKeys: ['type', 'text'] },
  ),
  fc.record(
    {
      type: fc.constant('call' as const),
      start: fc.record({ id: text, name: text, signature: word }, { requiredKeys: ['id', 'name'] }),
      deltas: fc.array(text, { maxLength: 3 }),
      lateSignature: word,
    },
    { requiredKeys: ['type', 'start', 'deltas'] },
  ),
)

const anyBatches = fc
  .record(
    {
      id: word,
      model: word,
      choices: fc.array(
        fc.record({ steps: fc.array(step, { maxLength: 4 }), reason: finishReason, raw: fc.option(word) }),
        { minLength: 1, maxLength: 3 },
      ),
      interleave: fc.boolean(),
      usage,
      cuts: fc.infiniteStream(fc.nat(3)),
    },
    { requiredKeys: ['choices', 'interleave', 'cuts'] },
  )
  .map(({ id, model, choices, interleave, usage, cuts }) => {
    const lanes = choices.map(({ steps, reason, raw }, choice) => {
      const lane = eventsOf(steps, choice)
      lane.push({ type: 'finish', choice, reason, ...(raw !== null && { raw }) })
      return lane
    })
    const events: ConversationEvent[] = [
      { type: 'message-start', ...(id !== undefined && { id }), ...(model !== undefined && { model }) },
      ...(interleave ? takeTurns(lanes) : lanes.flat()),
      ...(usage ? [{ type: 'usage' as const, usage }] : []),
    ]
    const cut: ConversationEvent[][] = []
    while (events.length > 0) cut.push(events.splice(0, 1 + (cuts.next().value ?? 0)))
    return cut
  })

/** Batches of a successful stream: choices one after another or turn by turn, every call ended, usage last. */
export const batches: fc.Arbitrary<ConversationEvent[][]> = plain(anyBatches)

function eventsOf(steps: readonly Step[], choice: number): ConversationEvent[] {
  let calls = 0
  return steps.flatMap((step): ConversationEvent[] => {
    if (step.type !== 'call') return [{ choice, ...step }]
    const index = calls++
    const late = step.start.signature === undefined ? step.lateSignature : undefined
    return [
      { type: 'tool-call-start', choice, index, ...step.start },
      ...step.deltas.map((text) => ({ type: 'tool-call-delta' as const, choice, index, arguments: text })),
      { type: 'tool-call-end', choice, index, ...(late !== undefined && { signature: late }) },
    ]
  })
}

function takeTurns(lanes: readonly ConversationEvent[][]): ConversationEvent[] {
  const longest = Math.max(...lanes.map((lane) => lane.length))
  return Array.from({ length: longest }, (_, turn) => lanes.flatMap((lane) => lane[turn] ?? [])).flat()
}
