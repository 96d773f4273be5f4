/** Paths and methods, limits, and what stands around an answer: trace context and the headers of another application. */
import type { Case, CaseGroup, HttpRequest } from '../case.ts'
import { hello, helloAnswer, pathOf, refusal } from './make.ts'

const unknownRoute = refusal(
  'ERR_DIRECT_INVOKE',
  'failed getting app id either from the URL path or the header dapr-app-id',
  404,
)
const answer = { status: 200, contentType: 'application/json', body: helloAnswer }
const path = pathOf('alpha2')
const ask = (name: string, http: Partial<HttpRequest>): Case => ({
  name: `routing: ${name}`,
  request: { http: { path, json: hello, ...http } },
  answer,
})

const unknown: readonly (readonly [method: string, path: string])[] = [
  ['GET', path],
  ['PUT', path],
  ['DELETE', path],
  ['PATCH', path],
  ['OPTIONS', path],
  ['HEAD', path],
  ['GET', pathOf('alpha1')],
  ['POST', '/v1.0-alpha3/conversation/echo/converse'],
  ['POST', '/v1.0/conversation/echo/converse'],
  ['POST', '/v1.0-alpha2/conversation/echo'],
  ['POST', '/v1.0-alpha2/conversation/echo/converse/more'],
  ['POST', '/v1.0-alpha2/conversation//converse'],
  ['POST', '/V1.0-alpha2/conversation/echo/converse'],
  ['POST', '/v1.0-alpha2/conversation/echo/Converse'],
  ['POST', '/v1.0/healthz'],
  ['POST', '/v1.0/metadata'],
  ['GET', '/v1.0/shutdown'],
  ['GET', '/'],
  ['GET', '/nothing'],
  ['POST', '/nothing'],
]

/** Which paths lead where. */
export const routing: CaseGroup = {
  title: 'Paths and methods',
  cases: [
    ask('slashes doubled', { path: '//v1.0-alpha2//conversation///echo//converse' }),
    ask('a slash at the end', { path: `${path}/` }),
    ask('a query', { path: `${path}?metadata.key=value` }),
    ask('a letter of the name escaped', { path: pathOf('alpha2', '%65cho') }),
    ask('an application named in a header', { headers: { 'dapr-caller-app-id': 'other' } }),
    ...['a b', 'a+b', 'grüße'].map(
      (component): Case => ({
        name: `routing: the component "${component}", which is not there`,
        request: { http: { path: pathOf('alpha2', encodeURIComponent(component)), json: hello } },
        answer: refusal('ERR_CONVERSATION_NOT_FOUND', `failed finding conversation component ${component}`),
      }),
    ),
    {
      name: 'routing: a plus in a path is a space',
      request: { http: { path: pathOf('alpha2', 'a+b'), json: hello } },
      answer: refusal('ERR_CONVERSATION_NOT_FOUND', 'failed finding conversation component a b'),
    },
    {
      name: 'routing: an escape that is none',
      request: { http: { path: pathOf('alpha2', '%zz'), json: hello } },
      answer: { status: 400, contentType: 'text/plain', body: '' },
      only: ['status'],
    },
    ...unknown.map(
      ([method, unknownPath]): Case => ({
        name: `routing: ${method} ${unknownPath}`,
        request: { http: { method, path: unknownPath, ...(method === 'POST' && { json: {} }) } },
        answer: method === 'HEAD' ? { ...unknownRoute, body: '' } : unknownRoute,
        ...(method === 'HEAD' && { only: ['status'] }),
      }),
    ),
  ],
}

const large = { inputs: [{ messages: [{ ofUser: { content: [{ text: 'x'.repeat(4 * 1024 * 1024) }] } }] }] }
const nearly = { inputs: [{ content: 'x'.repeat(1024 * 1024) }] }

/** What is too large; the sidecar's limits must be the defaults. */
export const limits: CaseGroup = {
  title: 'Limits',
  cases: [
    {
      name: 'limits: a body over 4 MiB, over HTTP',
      request: { http: { path, json: large } },
      answer: refusal('ERR_BODY_READ', 'failed to read request body: stream too large'),
    },
    {
      name: 'limits: a message over 4 MiB, over gRPC',
      request: { grpc: { method: 'ConverseAlpha2', message: { name: 'echo', ...large } } },
      only: ['code'],
      answer: { code: 8 },
    },
    {
      name: 'limits: a text of 1 MiB, over HTTP',
      request: { http: { path: pathOf('alpha1'), json: nearly } },
      only: ['status'],
      answer: { status: 200, body: '' },
    },
    {
      name: 'limits: a text of 1 MiB, over gRPC',
      request: { grpc: { method: 'ConverseAlpha1', message: { name: 'echo', ...nearly } } },
      only: ['code'],
      answer: { code: 0 },
    },
    {
      name: 'limits: headers of 20 KB, over HTTP',
      request: { http: { path: '/v1.0/healthz', headers: { 'x-large': 'x'.repeat(20_000) } } },
      only: ['status'],
      answer: { status: 431, body: '' },
    },
  ],
}

const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const binary = Buffer.from('00000af7651916cd43dd8448eb211c80319c01b7ad6b71692033310201', 'hex')
const sameTrace = /^00-0af7651916cd43dd8448eb211c80319c-/

/** Trace context, given and got back. */
export const tracing: CaseGroup = {
  title: 'Trace context',
  cases: [
    {
      name: 'trace: traceparent, over HTTP',
      request: { http: { path, json: hello, headers: { traceparent: trace, tracestate: 'a=b' } } },
      headers: ['traceparent', 'tracestate'],
      cut: { 'headers.traceparent': sameTrace },
      only: ['status', 'headers'],
      answer: { status: 200, body: '', headers: { traceparent: trace, tracestate: 'a=b' } },
    },
    {
      name: 'trace: a traceparent that is none, over HTTP',
      request: { http: { path, json: hello, headers: { traceparent: 'nonsense' } } },
      answer,
    },
    {
      name: 'trace: grpc-trace-bin, over gRPC',
      request: {
        grpc: { method: 'ConverseAlpha2', message: { name: 'echo', ...hello }, metadata: { 'grpc-trace-bin': binary } },
      },
      headers: ['grpc-trace-bin'],
      cut: { 'headers.grpc-trace-bin': /^00000af7651916cd43dd8448eb211c80319c/ },
      only: ['code', 'headers'],
      answer: { code: 0, headers: { 'grpc-trace-bin': binary.toString('hex') } },
    },
  ],
}
