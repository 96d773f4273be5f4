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
import { isOpen } from '../guard.ts'
import { failure, json, line, named, object, type PathItem, plain, stream } from './openapi-parts.ts'
import { ownSchemas } from './openapi-schemas.ts'
import { protoSchemas, reference } from './proto-schema.ts'

const caller = { name: 'dapr-caller-app-id', in: 'header', schema: { type: 'string' } }
const conversationKey = [
  ...['component', 'contextId'].map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
  caller,
]

function conversation(summary: string, request: DescMessage, response: DescMessage, frame: DescMessage): PathItem {
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
        200: {
          description: 'The answer.',
          content: { ...json(reference(response)), ...stream({ anyOf: [reference(frame), named('StreamError')] }) },
        },
        400: failure('The request or the component is not known.', 'DaprError'),
        500: failure('The provider failed.', 'DaprError'),
        503: failure('The sidecar goes down.', 'DaprError'),
      },
    },
  }
}

const described: Readonly<Record<string, PathItem>> = {
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
        200: {
          description: 'The completion, or its chunks.',
          content: {
            ...json(named('ChatCompletion')),
            ...stream({ anyOf: [named('ChatCompletionChunk'), named('OpenAiError')] }),
          },
        },
        '4XX': failure('The request cannot be served.', 'OpenAiError'),
        '5XX': failure('The provider failed.', 'OpenAiError'),
      },
    },
  },
  '/v1/models': {
    get: {
      tags: ['openai'],
      summary: 'The components',
      responses: { 200: { description: 'A list.', content: json(named('ModelList')) } },
    },
  },
  '/v1/models/{model}': {
    get: {
      tags: ['openai'],
      summary: 'A component, or a model of one',
      parameters: [{ name: 'model', in: 'path', required: true, schema: { type: 'string' } }],
      responses: {
        200: { description: 'The model.', content: json(named('Model')) },
        404: failure('There is none.', 'OpenAiError'),
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
      responses: {
        200: { description: 'Id, version, components and extended entries.', content: json(named('Metadata')) },
      },
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

/** Every route as `described`, with the answers that the guard gives in front of it. */
const paths = Object.fromEntries(
  Object.entries(described).map(([path, item]) => [
    path,
    Object.fromEntries(
      Object.entries(item).map(([method, operation]) => [
        method,
        { ...operation, responses: { ...guardAnswers(path), ...operation.responses } },
      ]),
    ),
  ]),
)

/** What the guard answers: OpenAI's routes have OpenAI's body, all others a line of text. */
function guardAnswers(path: string): Readonly<Record<string, object>> {
  const answer = (description: string) =>
    path.startsWith('/v1/') ? failure(description, 'OpenAiError') : line(description)
  return {
    ...(!isOpen(path) && { 401: answer('The token is missing or wrong.') }),
    403: answer('On loopback, Host or Origin is not of this machine; or a page asks that is not the console.'),
    // Health is always open.
    ...(!path.startsWith('/v1.0/healthz') && {
      404: path.startsWith('/v1/')
        ? failure('The model is not known, or a Configuration closes the route.', 'OpenAiError')
        : failure('A Configuration closes the route.', 'DaprError'),
    }),
  }
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
      ...ownSchemas,
    },
  },
}
