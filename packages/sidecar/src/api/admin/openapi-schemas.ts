/** The schemas of the description that no protobuf message stands behind: OpenAI's shapes, errors, metadata. */
import { named, object } from './openapi-parts.ts'
import type { Schema } from './proto-schema.ts'

const text = { type: 'string' }
const count = { type: 'integer', minimum: 0 }
const orNull = { type: ['string', 'null'] }
const texts = { type: 'array', items: text }

/** Properties that are all there, and those that may be. */
function members(required: Schema, optional: Schema = {}): Schema {
  return { type: 'object', required: Object.keys(required), properties: { ...required, ...optional } }
}

const finish = {
  native_finish_reason: { type: 'string', description: "The provider's own word, where it differs." },
  finish_reason_known: { const: false, description: 'Present where the provider gave no reason with a common name.' },
}

const reasons = ['stop', 'length', 'tool_calls', 'content_filter']

const called = { name: text, arguments: text }

const signature = { type: 'string', description: 'To be sent back as it came.' }

const thinking = { reasoning_content: text, reasoning_signature: signature }

/** A completion or a chunk of one, whose choices have one member of their own. */
function answer(kind: string, usage: Schema, ends: readonly unknown[], own: Schema): Schema {
  const choice = members({ index: count, ...own, logprobs: { type: 'null' }, finish_reason: { enum: ends } }, finish)
  return members(
    {
      id: text,
      object: { const: kind },
      created: { type: 'integer' },
      model: text,
      choices: { type: 'array', items: choice },
    },
    usage,
  )
}

const model = members({ id: text, object: { const: 'model' }, created: { type: 'integer' }, owned_by: text })

/** One entry of the list of remembered conversations, and the head of one that is read. */
const summary = { component: text, contextId: text, updated: { type: 'string', format: 'date-time' }, turns: count }

/** By the names that the description gives them. */
export const ownSchemas: Readonly<Record<string, Schema>> = {
  DaprError: members({ errorCode: text, message: text }),
  StreamError: {
    ...members({ errorCode: text, message: text, details: { type: 'array', items: object } }),
    description: 'The data of an event named `error`: the failure of an answer that had begun.',
  },
  OpenAiError: members({
    error: members({
      message: text,
      type: text,
      param: orNull,
      code: orNull,
    }),
  }),
  ChatCompletionRequest: {
    ...members(
      { model: text, messages: { type: 'array', items: object } },
      {
        stream: { type: 'boolean' },
        stream_options: { type: 'object', properties: { include_usage: { type: 'boolean' } } },
        scrub_pii: {
          oneOf: [
            { type: 'boolean' },
            { type: 'object', properties: { input: { type: 'boolean' }, output: { type: 'boolean' } } },
          ],
        },
        temperature: { type: 'number' },
        max_tokens: { type: 'integer' },
        max_completion_tokens: { type: 'integer' },
        tools: { type: 'array', items: object },
        tool_choice: {},
        response_format: object,
      },
    ),
    additionalProperties: true,
  },
  ChatUsage: members(
    { prompt_tokens: count, completion_tokens: count, total_tokens: count },
    {
      prompt_tokens_details: { type: 'object', properties: { cached_tokens: count, audio_tokens: count } },
      completion_tokens_details: {
        type: 'object',
        properties: {
          reasoning_tokens: count,
          audio_tokens: count,
          accepted_prediction_tokens: count,
          rejected_prediction_tokens: count,
        },
      },
    },
  ),
  ChatCompletion: answer('chat.completion', { usage: named('ChatUsage') }, reasons, {
    message: members(
      { role: { const: 'assistant' }, content: orNull, refusal: orNull },
      {
        ...thinking,
        tool_calls: {
          type: 'array',
          items: members({ id: text, type: { const: 'function' }, function: members(called) }, { signature }),
        },
      },
    ),
  }),
  ChatCompletionChunk: answer(
    'chat.completion.chunk',
    { usage: { anyOf: [named('ChatUsage'), { type: 'null' }] } },
    [...reasons, null],
    {
      delta: members(
        {},
        {
          role: { const: 'assistant' },
          content: text,
          refusal: text,
          ...thinking,
          tool_calls: {
            type: 'array',
            items: members(
              { index: count },
              { id: text, type: { const: 'function' }, function: { type: 'object', properties: called }, signature },
            ),
          },
        },
      ),
    },
  ),
  Model: model,
  ModelList: members({ object: { const: 'list' }, data: { type: 'array', items: named('Model') } }),
  ConversationList: members({ conversations: { type: 'array', items: members(summary) } }),
  RememberedConversation: members({
    ...summary,
    instructions: { type: 'array', items: object, description: 'The system and developer messages that hold.' },
    turns: {
      type: 'array',
      items: members({
        sequence: count,
        created: { type: 'string', format: 'date-time' },
        messages: { type: 'array', items: object },
      }),
    },
  }),
  Metadata: members(
    {
      id: text,
      appConnectionProperties: members(
        { protocol: text, channelAddress: text },
        { port: { type: 'integer' }, maxConcurrency: { type: 'integer' } },
      ),
      actorRuntime: members({ runtimeStatus: text, hostReady: { type: 'boolean' } }),
    },
    {
      runtimeVersion: text,
      enabledFeatures: texts,
      components: { type: 'array', items: members({ name: text, type: text, version: text }, { capabilities: texts }) },
      extended: { type: 'object', additionalProperties: text },
      resiliencies: { type: 'array', items: members({ name: text }) },
    },
  ),
}
