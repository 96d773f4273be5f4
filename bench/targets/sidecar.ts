/** The sidecar, by each of its surfaces. */
import type { Caller } from '../load/caller.ts'
import { grpcCaller } from '../load/grpc-caller.ts'
import { type HttpDialect, httpCaller, openAiDialect } from '../load/http-caller.ts'
import { SERVER_CORE } from '../processes/cores.ts'
import { ServerProcess } from '../processes/server-process.ts'
import { runningTarget, type Target } from './target.ts'

const COMPONENT = 'bench'

const daprDialect: HttpDialect = {
  path: `/v1.0-alpha2/conversation/${COMPONENT}/converse`,
  body: (prompt) => ({ inputs: [{ messages: [{ ofUser: { content: [{ text: prompt }] } }] }] }),
}

/** A component that asks the mock provider. */
interface BenchComponent {
  readonly type: string
  /** @param provider scheme, host and port of the mock provider. */
  metadata(provider: string): Readonly<Record<string, string>>
}

const openAiComponent: BenchComponent = {
  type: 'conversation.openai',
  metadata: (provider) => ({ key: 'bench', endpoint: `${provider}/v1` }),
}

function surface(
  identity: Pick<Target, 'name' | 'title' | 'budgets'>,
  { type, metadata }: BenchComponent,
  call: (http: string, grpc: string) => Caller,
): Target {
  return {
    ...identity,
    start: async ({ provider, profileFolder }) => {
      const items = Object.entries(metadata(provider)).map(([name, value]) => ({ name, value }))
      const component = {
        apiVersion: 'dapr.io/v1alpha1',
        kind: 'Component',
        metadata: { name: COMPONENT },
        spec: { type, version: 'v1', metadata: items },
      }
      const server = new ServerProcess({
        file: 'bench/targets/sidecar-server.ts',
        args: [JSON.stringify(component)],
        core: SERVER_CORE,
        profileFolder,
      })
      const [http = '', grpc = ''] = (await server.ready).split(' ')
      return runningTarget(server, call(http, grpc))
    },
  }
}

/** Dapr's HTTP API: alpha2, whole or as an event stream. */
export const daprSurface: Target = surface(
  { name: 'dapr', title: 'sidecar, Dapr HTTP', budgets: 'sse' },
  openAiComponent,
  (http) => httpCaller(http, daprDialect),
)

/** OpenAI's API. */
export const openAiSurface: Target = surface(
  { name: 'openai', title: 'sidecar, OpenAI HTTP', budgets: 'sse' },
  openAiComponent,
  (http) => httpCaller(http, openAiDialect(COMPONENT)),
)

/** Dapr's gRPC API: alpha2, whole or as a stream of messages. */
export const grpcSurface: Target = surface(
  { name: 'grpc', title: 'sidecar, gRPC', budgets: 'grpc' },
  openAiComponent,
  (_http, grpc) => grpcCaller(grpc, COMPONENT),
)

/** Dapr's HTTP API in front of another provider, named after it. */
export function providerTarget(name: string, component: BenchComponent): Target {
  return surface({ name, title: name }, component, (http) => httpCaller(http, daprDialect))
}
