/** The console's routes in the description of the HTTP API. The types in `@dapr-chat/protocol/console` say the rest. */
import { failure, json, line, object, type PathItem, plain, stream } from '../admin/openapi-parts.ts'

const filter = (name: string, description: string) => ({
  name,
  in: 'query',
  description,
  schema: { type: 'string', maxLength: 1_000 },
})

const read = (summary: string, parameters: readonly object[] = []) => ({
  tags: ['console'],
  summary,
  ...(parameters.length > 0 && { parameters }),
  responses: {
    200: { description: 'As JSON.', content: json(object) },
    ...(parameters.length > 0 && { 400: failure('A parameter is none that there is.', 'DaprError') }),
  },
})

const html = { description: 'The page.', content: { 'text/html': { schema: { type: 'string' } } } }

/** The paths. */
export const consolePaths: Readonly<Record<string, PathItem>> = {
  '/console': {
    get: {
      tags: ['console'],
      summary: 'The page',
      responses: { 200: html, 503: { ...html, description: 'It is not built.' } },
    },
  },
  '/console/{file}': {
    get: {
      tags: ['console'],
      summary: 'A file of the page',
      parameters: [{ name: 'file', in: 'path', required: true, schema: { type: 'string' } }],
      responses: { 200: plain('The file.'), 304: plain('As the browser has it.'), 404: line('There is none.') },
    },
  },
  '/api/console/session': { get: read('Who the page talks to, and what it may show') },
  '/api/console/login': {
    post: {
      tags: ['console'],
      summary: 'Exchanges the token for the cookie of a session',
      requestBody: {
        required: true,
        content: json({ type: 'object', required: ['token'], properties: { token: { type: 'string' } } }),
      },
      responses: {
        204: plain('Logged in; or no token is asked for.'),
        400: failure('The body has no token.', 'DaprError'),
        401: line('The token is wrong.'),
        429: line('Too many wrong tokens came from this address.'),
      },
    },
  },
  '/api/console/logout': {
    post: { tags: ['console'], summary: 'Ends the session', responses: { 204: plain('Ended.') } },
  },
  '/api/console/overview': {
    get: read('The figures of a window of time', [
      { name: 'window', in: 'query', schema: { enum: ['5m', '1h', '24h'], default: '1h' } },
    ]),
  },
  '/api/console/calls': {
    get: read('Calls: those in progress, then those that have ended, each the newest first', [
      { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 500, default: 100 } },
      filter('before', 'The id of a call: only those after it in the list.'),
      filter('component', "The component's name."),
      filter('state', 'running, succeeded, failed, interrupted or cancelled.'),
      filter('model', 'The model.'),
      filter('caller', 'The id of the calling app.'),
      filter('contextId', "The caller's name for the conversation."),
      filter('code', "The error's code."),
      filter('q', "A part of an id, a name or an error's message."),
    ]),
  },
  '/api/console/calls/{id}': {
    get: {
      tags: ['console'],
      summary: 'All that is known of one call',
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
      responses: {
        200: { description: 'The call.', content: json(object) },
        404: failure('There is none.', 'DaprError'),
      },
    },
  },
  '/api/console/components': { get: read('The components with their settings, without secrets') },
  '/api/console/events': {
    get: {
      tags: ['console'],
      summary: 'Calls that begin, move on and end',
      responses: {
        200: { description: 'A stream without an end.', content: stream(object) },
        503: line('Too many pages are open.'),
      },
    },
  },
}
