/**
 * The APIs behind routes and methods: what a Configuration's lists call them, and what the log calls them where it is
 * not to show paths.
 */
import type { Api } from '../configuration/configuration.ts'

/** One API. */
export interface Endpoint {
  /** The name of the call, as in gRPC. */
  readonly call: string
  /** As rules know it; absent for health, which is always open. */
  readonly api?: Api
}

const alpha1: Api = { name: 'conversation', version: 'v1alpha1' }
const alpha2: Api = { name: 'conversation', version: 'v1alpha2' }
const metadata: Api = { name: 'metadata', version: 'v1' }
/** The console, the page and what it reads. */
export const consoleApi: Api = { name: 'console', version: 'v1' }
const shutdown: Api = { name: 'shutdown', version: 'v1' }

/** By route. What is ours alone is open and closed with Dapr's newest way to the same: it must not be a way around. */
const routes: Readonly<Record<string, Endpoint>> = {
  '/v1.0-alpha1/conversation/:name/converse': { call: 'ConverseAlpha1', api: alpha1 },
  '/v1.0-alpha2/conversation/:name/converse': { call: 'ConverseAlpha2', api: alpha2 },
  '/v1/chat/completions': { call: 'ChatCompletions', api: alpha2 },
  '/v1/models': { call: 'Models', api: alpha2 },
  '/v1/models/:model': { call: 'Model', api: alpha2 },
  '/api/conversations': { call: 'Conversations', api: alpha2 },
  '/api/conversations/:component/:contextId': { call: 'Conversation', api: alpha2 },
  '/console': { call: 'ConsolePage', api: consoleApi },
  '/console/*': { call: 'ConsoleFile', api: consoleApi },
  '/api/console/session': { call: 'ConsoleSession', api: consoleApi },
  '/api/console/login': { call: 'ConsoleLogin', api: consoleApi },
  '/api/console/logout': { call: 'ConsoleLogout', api: consoleApi },
  '/api/console/overview': { call: 'ConsoleOverview', api: consoleApi },
  '/api/console/calls': { call: 'ConsoleCalls', api: consoleApi },
  '/api/console/calls/:id': { call: 'ConsoleCall', api: consoleApi },
  '/api/console/components': { call: 'ConsoleComponents', api: consoleApi },
  '/api/console/events': { call: 'ConsoleEvents', api: consoleApi },
  '/v1.0/metadata': { call: 'GetMetadata', api: metadata },
  '/v1.0/metadata/:key': { call: 'SetMetadata', api: metadata },
  '/metrics': { call: 'Metrics', api: metadata },
  '/openapi.json': { call: 'OpenApi', api: metadata },
  '/v1.0/shutdown': { call: 'Shutdown', api: shutdown },
  '/v1.0/healthz': { call: 'Healthz' },
  '/v1.0/healthz/outbound': { call: 'HealthzOutbound' },
}

/** By the name of the gRPC method. */
const methods: Readonly<Record<string, Api>> = {
  ConverseAlpha1: alpha1,
  ConverseStreamAlpha1: alpha1,
  ConverseAlpha2: alpha2,
  ConverseStreamAlpha2: alpha2,
  GetMetadata: metadata,
  SetMetadata: metadata,
  Shutdown: shutdown,
}

/** What stands behind a route of the HTTP API. */
export function endpointOfRoute(route: string | undefined): Endpoint | undefined {
  return route !== undefined && Object.hasOwn(routes, route) ? routes[route] : undefined
}

/** Whether a route is one of the console's. */
export function isConsoleRoute(route: string | undefined): boolean {
  return endpointOfRoute(route)?.api === consoleApi
}

/** Whether a route is one of the health routes. */
export function isHealthRoute(route: string | undefined): boolean {
  return route?.startsWith('/v1.0/healthz') ?? false
}

/** What stands behind the path of a gRPC method, `/SERVICE/METHOD`. */
export function endpointOfMethod(path: string): Endpoint {
  const call = path.slice(path.lastIndexOf('/') + 1)
  const api = Object.hasOwn(methods, call) ? methods[call] : undefined
  return { call, ...(api && { api }) }
}
