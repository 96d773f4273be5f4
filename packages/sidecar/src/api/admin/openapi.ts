/** The description of the HTTP API that `/openapi.json` answers with. */
import type { DescMessage } from '@bufbuild/protobuf'
import {
  ConversationRequestAlpha1Schema,
  ConversationRequestAlpha2Schema,
  ConversationResponseAlpha1Schema,
  ConversationResponseAlpha2Schema,
  ConversationStreamResponseAlpha1Schema,
  ConversationStreamResponseAlpha2Schema,
} from '@dapr-chat/protocol/dapr'
import { VERSION } from '../../version.ts'
import { consolePaths } from '../console/openapi.ts'
import { failure, json, named, object, plain, stream } from './openapi-parts.ts'
import { protoSchemas, reference } from './proto-schema.ts'

const caller = { name: 'dapr-caller-app-id', in: 'header', schema: { type: 'string' } }
const conversationKey = [
  ...['component', 'contextId'].map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
  caller,
]
const summaryProperties = {
  component: { type: 'string' },
  contextId: { type: 'string' },
  updated: { type: 'string', format: 'date-time' },
}

function conversation(summary: string, request: DescMessage, response: DescMessage, frame: DescMessage): object {
  return {
    post: {
      tags: ['conversation'],
      summary,
      description:
        'With `Accept: text/event-stream` the answer streams: each `data` is one JSON frame, a failure is an event named `error`, and `[DONE]` comes only after a complete answer.',
      parameters: [
        { name: 'name', in: 'path', required: true, description: "The component's name.", schema: { type: 'string' } },
      ],
      requestBody: { required: true, content: json(reference(request)) },
      responses: {
        200: { description: 'The answer.', content: { ...json(reference(response)), ...stream(reference(frame)) } },
        400: failure('The request or the component is not known.', 'DaprError'),
        401: plain('The token is missing or wrong.'),
        500: failure('The provider failed.', 'DaprError'),
      },
    },
  }
}

const paths = {
  '/v1.0-alpha1/conversation/{name}/converse': conversation(
    'Converse, first version of the wire',
    ConversationRequestAlpha1Schema,
    ConversationResponseAlpha1Schema,
    ConversationStreamResponseAlpha1Schema,
  ),
  '/v1.0-alpha2/conversation/{name}/converse': conversation(
    'Converse',
    ConversationRequestAlpha2Schema,
    ConversationResponseAlpha2Schema,
    ConversationStreamResponseAlpha2Schema,
  ),
  '/v1/chat/completions': {
    post: {
      tags: ['openai'],
      summary: 'Chat completion, OpenAI-compatible',
      description: '`model` is the name of a component, or `component/model`. Other parameters go to the provider.',
      requestBody: { required: true, content: json(named('ChatCompletionRequest')) },
      responses: {
        200: { description: 'The completion, or its chunks.', content: { ...json(object), ...stream(object) } },
        '4XX': failure('The request cannot be served.', 'OpenAiError'),
        '5XX': failure('The provider failed.', 'OpenAiError'),
      },
    },
  },
  '/v1/models': {
    get: {
      tags: ['openai'],
      summary: 'The components',
      responses: { 200: { description: 'A list.', content: json(object) } },
    },
  },
  '/v1/models/{model}': {
    get: {
      tags: ['openai'],
      summary: 'A component, or a model of one',
      parameters: [{ name: 'model', in: 'path', required: true, schema: { type: 'string' } }],
      responses: {
        200: { description: 'The model.', content: json(object) },
        404: { description: 'There is none.', content: json(object) },
      },
    },
  },
  '/api/conversations': {
    get: {
      tags: ['history'],
      summary: "The caller's remembered conversations",
      description:
        'The newest first, 1,000 at most. Who calls is said by `dapr-caller-app-id`; without it, nobody in particular.',
      parameters: [caller],
      responses: { 200: { description: 'The list.', content: json(named('ConversationList')) } },
    },
  },
  '/api/conversations/{component}/{contextId}': {
    get: {
      tags: ['history'],
      summary: 'A remembered conversation',
      description: 'The newest 100 turns, in order; `before` asks for those before one.',
      parameters: [
        ...conversationKey,
        { name: 'before', in: 'query', description: 'The sequence of a turn.', schema: { type: 'integer' } },
      ],
      responses: {
        200: { description: 'The conversation.', content: json(named('RememberedConversation')) },
        404: failure('The caller has no such conversation.', 'DaprError'),
      },
    },
    delete: {
      tags: ['history'],
      summary: 'Forgets a conversation',
      parameters: conversationKey,
      responses: { 204: plain('Forgotten.'), 404: failure('The caller has no such conversation.', 'DaprError') },
    },
  },
  ...consolePaths,
  '/v1.0/healthz': {
    get: {
      tags: ['operations'],
      summary: 'Whether the sidecar is ready',
      parameters: [{ name: 'appid', in: 'query', schema: { type: 'string' } }],
      responses: { 204: plain('Ready.'), 500: failure('Not ready.', 'DaprError') },
    },
  },
  '/v1.0/healthz/outbound': {
    get: {
      tags: ['operations'],
      summary: 'Whether conversations can be had',
      responses: { 204: plain('Ready.'), 500: failure('Not ready.', 'DaprError') },
    },
  },
  '/v1.0/metadata': {
    get: {
      tags: ['operations'],
      summary: 'What the sidecar says about itself',
      responses: { 200: { description: 'Id, version, components and extended entries.', content: json(object) } },
    },
  },
  '/v1.0/metadata/{key}': {
    put: {
      tags: ['operations'],
      summary: 'Sets an extended entry to the body',
      parameters: [{ name: 'key', in: 'path', required: true, schema: { type: 'string' } }],
      requestBody: { content: { 'text/plain': { schema: { type: 'string' } } } },
      responses: { 204: plain('Set.') },
    },
  },
  '/v1.0/shutdown': {
    post: { tags: ['operations'], summary: 'Ends the sidecar gracefully', responses: { 204: plain('It will end.') } },
  },
  '/metrics': {
    get: {
      tags: ['operations'],
      summary: 'The figures, as on the metrics port',
      responses: {
        200: { description: "Prometheus' text format.", content: { 'text/plain': { schema: { type: 'string' } } } },
      },
    },
  },
  '/openapi.json': {
    get: {
      tags: ['operations'],
      summary: 'This description',
      responses: { 200: { description: 'An OpenAPI document.', content: json(object) } },
    },
  },
}

/** The document. */
export const openApi = {
  openapi: '3.1.0',
  info: {
    title: 'dapr-chat',
    version: VERSION,
    description: "Dapr's conversation API with streaming, and an OpenAI-compatible one beside it.",
  },
  paths,
  security: [{ daprApiToken: [] }, { bearer: [] }, {}],
  components: {
    securitySchemes: {
      daprApiToken: { type: 'apiKey', in: 'header', name: 'dapr-api-token' },
      bearer: { type: 'http', scheme: 'bearer', description: 'For the OpenAI-compatible routes: the same token.' },
    },
    schemas: {
      ...protoSchemas([
        ConversationRequestAlpha1Schema,
        ConversationRequestAlpha2Schema,
        ConversationResponseAlpha1Schema,
        ConversationResponseAlpha2Schema,
        ConversationStreamResponseAlpha1Schema,
        ConversationStreamResponseAlpha2Schema,
      ]),
      DaprError: {
        type: 'object',
        required: ['errorCode', 'message'],
        properties: { errorCode: { type: 'string' }, message: { type: 'string' } },
      },
      ConversationList: {
        type: 'object',
        required: ['conversations'],
        properties: {
          conversations: {
            type: 'array',
            items: { type: 'object', properties: { ...summaryProperties, turns: { type: 'integer' } } },
          },
        },
      },
      RememberedConversation: {
        type: 'object',
        properties: {
          ...summaryProperties,
          instructions: { type: 'array', items: object, description: 'The system and developer messages that hold.' },
          turns: {
            type: 'array',
            items: {
              type: 'object',
              properties: {
                sequence: { type: 'integer' },
                created: { type: 'string', format: 'date-time' },
                messages: { type: 'array', items: object },
              },
            },
          },
        },
      },
      OpenAiError: {
        type: 'object',
        required: ['error'],
        properties: {
          error: {
            type: 'object',
            properties: {
              message: { type: 'string' },
              type: { type: 'string' },
              param: { type: ['string', 'null'] },
              code: { type: ['string', 'null'] },
            },
          },
        },
      },
      ChatCompletionRequest: {
        type: 'object',
        required: ['model', 'messages'],
        properties: {
          model: { type: 'string' },
          messages: { type: 'array', items: object },
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
        additionalProperties: true,
      },
    },
  },
}
